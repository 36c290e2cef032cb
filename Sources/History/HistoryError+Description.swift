extension HistoryError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .damaged(let path, let reason):
      "the history \(path) is damaged (\(reason)); move it away, and the next run of the gate begins a new "
        + "one; reports that were kept come back with cosim history import"
    case .foreign(let path):
      "\(path) is a database of another program; name another file for the history"
    case .newer(let path, let form):
      "the history \(path) was written by a newer cosim (form '\(form)'); use that one, or name another file"
    case .cannotOpen(let path, let reason):
      "cannot open the history \(path): \(reason)"
    case .cannotWrite(let path, let reason):
      "cannot write to the history \(path): \(reason); it is as it was"
    case .busy(let path, let seconds):
      "cannot write to the history \(path): another process has held it for \(seconds) seconds; it is as it "
        + "was"
    case .missing(let path):
      "there is no history \(path) yet; cosim gate begins one"
    }
  }
}
