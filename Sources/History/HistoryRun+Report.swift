import Foundation
public import Gate
import Verilation

extension HistoryRun {
  /// A run from its report.
  ///
  /// Without a `run.json` beside it, the run is known by the bytes of the report, and dated by its file.
  ///
  /// - Parameter path: of the folder, or of the `report.json`.
  /// - Throws: ``GateError/report(path:reason:)``.
  public init(reportAt path: String) throws(GateError) {
    let result = try GateResult(contentsOf: path)
    var isFolder: ObjCBool = false
    _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    let file = isFolder.boolValue ? path + "/report.json" : path
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
    self.init(
      result, times: GateTimes(besideReportsIn: [folder]),
      facts: RunFacts(besideReportIn: folder) ?? HistoryRun.facts(of: file))
  }

  private static func facts(of file: String) -> RunFacts {
    let attributes = try? FileManager.default.attributesOfItem(atPath: file)
    let bytes = FileManager.default.contents(atPath: file) ?? Data()
    return RunFacts(
      part: "report-" + KeyBuilder.digest(Array(bytes)).prefix(32),
      began: attributes?[.modificationDate] as? Date ?? Date(timeIntervalSince1970: 0))
  }
}

extension GateTimes {
  /// Times that lie beside reports, all together.
  public init(besideReportsIn folders: [String]) {
    self.init()
    for folder in folders {
      seconds.merge(Sharding.times("\(folder)/times.json").seconds) { max($0, $1) }
    }
  }
}
