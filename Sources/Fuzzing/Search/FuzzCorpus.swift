import Foundation

/// Inputs on disk that meet different features, one file each, for one block in one configuration.
///
///     DIGEST.input          an input; the file appears whole or not at all
///     running-PID.inputs    what a process is executing; it stays where the process dies
///     deadly/DIGEST.input   an input under which a process died, twice
///
/// Any of it may be deleted at any time.
struct FuzzCorpus {
  let folder: String
  /// What this process writes.
  private var running: String { "\(folder)/running-\(getpid()).inputs" }

  /// - Throws: ``FuzzingError/file(path:attempt:reason:)``.
  init(_ folder: String) throws(FuzzingError) {
    self.folder = folder
    do {
      try FileManager.default.createDirectory(
        atPath: folder + "/deadly", withIntermediateDirectories: true)
    } catch {
      throw .file(path: folder, attempt: "make", reason: error.localizedDescription)
    }
  }

  /// Every whole input, small ones first.
  func inputs() -> [FuzzInput] { FuzzCorpus.inputs(in: folder) }

  /// Inputs that ended a process.
  func deadly() -> [FuzzInput] { FuzzCorpus.inputs(in: folder + "/deadly") }

  private static func inputs(in folder: String) -> [FuzzInput] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    var found: [FuzzInput] = []
    for name in names where name.hasSuffix(".input") {
      guard let data = FileManager.default.contents(atPath: "\(folder)/\(name)"),
        let input = FuzzInput(bytes: Array(data))
      else { continue }
      found.append(input)
    }
    return found.sorted { ($0.size, $0.digest) < ($1.size, $1.digest) }
  }

  func add(_ input: FuzzInput) throws(FuzzingError) {
    try write(Data(input.bytes), "\(folder)/\(input.digest).input")
  }

  /// Removes an input that meets nothing which smaller ones do not meet.
  func remove(_ input: FuzzInput) {
    try? FileManager.default.removeItem(atPath: "\(folder)/\(input.digest).input")
  }

  // MARK: - Processes that die

  /// Says what is about to be executed.
  func begin(_ inputs: [FuzzInput]) throws(FuzzingError) {
    var data = Data()
    for input in inputs {
      let bytes = input.bytes
      withUnsafeBytes(of: UInt32(bytes.count).littleEndian) { data.append(contentsOf: $0) }
      data.append(contentsOf: bytes)
    }
    try write(data, running)
  }

  /// Nothing is being executed any more.
  func end() { try? FileManager.default.removeItem(atPath: running) }

  /// What processes that are gone were executing when they ended, each once; what one of them was executing
  /// alone is filed as deadly.
  ///
  /// - Returns: those that have to be tried one at a time.
  func abandoned() throws(FuzzingError) -> [FuzzInput] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    var suspects: Set<FuzzInput> = []
    for name in names.sorted() where name.hasPrefix("running-") && name.hasSuffix(".inputs") {
      guard let process = pid_t(name.dropFirst(8).dropLast(7)), kill(process, 0) != 0,
        errno == ESRCH
      else { continue }
      let path = "\(folder)/\(name)"
      let inputs = FuzzCorpus.split(FileManager.default.contents(atPath: path) ?? Data())
      if inputs.count == 1, let input = inputs.first {
        try write(Data(input.bytes), "\(folder)/deadly/\(input.digest).input")
      } else {
        suspects.formUnion(inputs)
      }
      try? FileManager.default.removeItem(atPath: path)
    }
    return suspects.sorted { ($0.size, $0.digest) < ($1.size, $1.digest) }
  }

  private static func split(_ data: Data) -> [FuzzInput] {
    let bytes = Array(data)
    var inputs: [FuzzInput] = []
    var place = 0
    while place + 4 <= bytes.count {
      let count = (0..<4).reduce(0) { $0 | Int(bytes[place + $1]) << ($1 * 8) }
      guard place + 4 + count <= bytes.count else { break }
      if let input = FuzzInput(bytes: Array(bytes[place + 4..<place + 4 + count])) {
        inputs.append(input)
      }
      place += 4 + count
    }
    return inputs
  }

  private func write(_ data: Data, _ path: String) throws(FuzzingError) {
    do {
      try data.write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw .file(path: path, attempt: "write", reason: error.localizedDescription)
    }
  }
}
