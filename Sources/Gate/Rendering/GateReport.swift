public import Foundation

/// The files of a report, all made from one result.
public struct GateReport: Sendable {
  public let result: GateResult

  public init(_ result: GateResult) { self.result = result }

  /// Names of all files, in the order of writing. `report.json` comes last: where it is, all are.
  public static let names = [
    "junit.xml", "summary.md", "annotations.txt", "coverage.lcov", "report.html", "report.json",
  ]

  /// The contents of every file.
  public func files() throws -> [(name: String, data: Data)] {
    let texts = [
      GateJUnit().render(result), GateMarkdown().render(result),
      GateAnnotations().render(result), GateCoverage().render(result), GatePage().render(result),
    ]
    return zip(GateReport.names, texts.map { Data($0.utf8) } + [try result.encoded()]).map {
      ($0, $1)
    }
  }

  /// Makes a folder ready: a report of an earlier run is removed, lest it be taken for this one's.
  ///
  /// - Throws: ``GateError/cannotWrite(path:reason:)``.
  public static func prepare(_ folder: String) throws(GateError) {
    do {
      let manager = FileManager.default
      try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
      for name in names.reversed() + ["times.json", "run.json"] {
        let path = "\(folder)/\(name)"
        if manager.fileExists(atPath: path) { try manager.removeItem(atPath: path) }
      }
    } catch {
      throw .cannotWrite(path: folder, reason: error.localizedDescription)
    }
  }

  /// Writes every file, each whole or not at all.
  ///
  /// - Throws: ``GateError/cannotWrite(path:reason:)``; `report.json` is not there then.
  public func write(to folder: String, times: GateTimes? = nil) throws(GateError) {
    var path = folder
    do {
      if let times {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        path = "\(folder)/times.json"
        try encoder.encode(times).write(to: URL(fileURLWithPath: path), options: .atomic)
      }
      for (name, data) in try files() {
        path = "\(folder)/\(name)"
        try data.write(to: URL(fileURLWithPath: path), options: .atomic)
      }
    } catch {
      throw .cannotWrite(path: path, reason: error.localizedDescription)
    }
  }
}
