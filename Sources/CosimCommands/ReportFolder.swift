import Foundation
import Lockstep
import Reports

/// The folder that `--report` names.
struct ReportFolder {
  private let url: URL

  /// Makes the folder if it is not there.
  init(path: String) throws {
    url = URL(fileURLWithPath: path, isDirectory: true)
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    } catch {
      throw CommandError.cannotWrite(path: path, reason: error.localizedDescription)
    }
  }

  /// The page to open.
  var page: String { url.appendingPathComponent("report.html").path }

  /// Writes the outcomes so far; each file is replaced as a whole.
  func write(_ outcomes: [Outcome], planned: Int) throws {
    try write(try JSONReport(outcomes, planned: planned).encoded(), "report.json")
    try write(Data(HTMLReport().render(outcomes, planned: planned).utf8), "report.html")
  }

  private func write(_ data: Data, _ name: String) throws {
    let file = url.appendingPathComponent(name)
    do {
      try data.write(to: file, options: .atomic)
    } catch {
      throw CommandError.cannotWrite(path: file.path, reason: error.localizedDescription)
    }
  }
}
