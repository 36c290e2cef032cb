import Foundation
import Yams

/// `coverage.yaml` beside a manifest: lines of RTL that need not run, each with a reason and a last day.
///
///     - {file: ibert_softmax.sv, lines: [41, 42], reason: only with Octaves 31, expires: 2026-12-31}
///
/// Files are relative to the folder. After its last day a waiver counts no more, and is a failure until it is
/// removed or somebody gives it another day.
package struct CoverageWaivers {
  /// Those that count today.
  package var valid: [CoverageFigures.Waiver] = []
  /// Those that do not any more.
  package var expired: [Failure] = []

  /// - Parameters:
  ///   - folder: of the manifest, below the project's folder.
  ///   - today: `2026-01-31`.
  /// - Throws: ``GateError/plan(file:line:reason:)``; none if there is no such file.
  package init(root: String, folder: String, today: String = CoverageWaivers.today)
    throws(GateError)
  {
    let file = "\(root)/\(folder)/coverage.yaml"
    guard FileManager.default.fileExists(atPath: file) else { return }
    let node: Node?
    do {
      node = try Yams.compose(yaml: String(contentsOfFile: file, encoding: .utf8))
    } catch {
      throw .plan(file: file, line: nil, reason: "it is no YAML: \(error)")
    }
    guard let node else { return }
    let root = PlanNode(node: node, key: "the file", file: file)
    for entry in try root.list("a list of waivers") {
      var (name, lines, reason, expires) = ("", [Int](), "", "")
      for (key, value) in try entry.mapping(
        "a waiver", allowed: ["file", "lines", "reason", "expires"])
      {
        switch key {
        case "file": name = try value.text("a file")
        case "lines":
          for line in try value.list("a list of lines") { lines.append(try line.integer(from: 1)) }
        case "reason": reason = try value.text("a reason")
        default: expires = try value.text("a day")
        }
      }
      guard !name.isEmpty, !lines.isEmpty, !reason.isEmpty,
        expires.wholeMatch(of: /\d{4}-\d\d-\d\d/) != nil
      else {
        throw entry.problem("a waiver needs file, lines, reason and expires (2026-12-31)")
      }
      let path = Failure.path(name, in: folder)
      if expires < today {
        let places = lines.map(String.init).joined(separator: ", ")
        expired.append(
          Failure(
            "expired waiver", place: path,
            "the waiver of \(path):\(places) expired on \(expires): \(reason)",
            file: "\(folder)/coverage.yaml", line: entry.node.mark?.line))
      } else {
        valid += lines.map {
          CoverageFigures.Waiver(file: path, line: $0, reason: reason, expires: expires)
        }
      }
    }
  }

  /// Today's date in UTC.
  package static var today: String { Date.now.formatted(.iso8601.year().month().day()) }
}
