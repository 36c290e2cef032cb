public import Foundation

extension GateResult {
  /// The result of two parts of one run. The order of merging makes no difference.
  ///
  /// - Parameters:
  ///   - other: shards that are not here, or the same ones once more.
  ///   - names: what the two are called in complaints.
  /// - Throws: ``GateError/otherRuns(first:second:difference:)`` for parts of different runs.
  public func merged(
    with other: GateResult, names: (String, String) = ("one report", "another one")
  ) throws(GateError) -> GateResult {
    func require(_ isSame: Bool, _ difference: String) throws(GateError) {
      if !isSame { throw .otherRuns(first: names.0, second: names.1, difference: difference) }
    }
    try require(version == other.version, "the version of the form")
    try require(level == other.level, "the level")
    try require(commit == other.commit, "the commit")
    try require(base == other.base, "the base")
    try require(shards.count == other.shards.count, "the number of shards")
    try require(planned == other.planned, "the list of tasks")
    try require(leftOut == other.leftOut, "the list of what was left out")
    var result = self
    var known: [String: TaskResult] = [:]
    for task in results { known[task.task.id] = task }
    for task in other.results {
      guard let mine = known[task.task.id] else {
        result.results.append(task)
        continue
      }
      try require(GateResult.bytes(mine) == GateResult.bytes(task), "'\(task.task.id)'")
    }
    result.shards.present += other.shards.present
    result.remarks += other.remarks
    result.known += other.known
    result.wasInterrupted = wasInterrupted || other.wasInterrupted
    result.sort()
    return result
  }

  private static func bytes(_ result: TaskResult) -> Data? {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return try? encoder.encode(result)
  }

  /// As JSON: keys in order, the same bytes for the same result.
  public func encoded() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self)
  }

  /// Reads a report.
  ///
  /// - Parameter path: of the file, or of the folder with a `report.json`.
  /// - Throws: ``GateError/report(path:reason:)`` for what is no whole report of this version.
  public init(contentsOf path: String) throws(GateError) {
    struct Version: Decodable { var version: Int }
    var isFolder: ObjCBool = false
    _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    let file = isFolder.boolValue ? path + "/report.json" : path
    do {
      let data = try Data(contentsOf: URL(fileURLWithPath: file))
      let version = try JSONDecoder().decode(Version.self, from: data).version
      guard version == GateResult.current else {
        throw GateError.report(
          path: file,
          reason: "it has version \(version), and this program reads \(GateResult.current)")
      }
      self = try JSONDecoder().decode(GateResult.self, from: data)
    } catch let error as GateError {
      throw error
    } catch is DecodingError {
      throw .report(path: file, reason: "it is no whole report of a gate")
    } catch {
      throw .report(path: file, reason: error.localizedDescription)
    }
  }
}
