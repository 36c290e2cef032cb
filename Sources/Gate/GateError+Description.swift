extension GateError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .plan(let file, let line, let reason):
      "reading the plan \(file)\(line.map { ":\($0)" } ?? ""): \(reason)"
    case .nothingPlanned(let level, let root):
      "planning the level '\(level)': there is nothing to check in \(root); no block has RTL there, or the "
        + "plan switches every check off"
    case .git(let attempt, let reason):
      "asking git \(attempt): \(reason). Fetch the base with its history (fetch-depth: 0), or leave "
        + "--base out to run everything."
    case .staleExecutable(let executable, let source):
      "\(source) is newer than \(executable), so that its golden models may not be those of the sources; "
        + "build it first (swift build -c release --product cosim)"
    case .report(let path, let reason):
      "reading the report \(path): \(reason)"
    case .otherRuns(let first, let second, let difference):
      "merging \(first) with \(second): they are not shards of one run; \(difference) differs"
    case .cannotWrite(let path, let reason):
      "cannot write \(path): \(reason)"
    case .worker(let reason):
      "starting a worker: \(reason)"
    }
  }
}
