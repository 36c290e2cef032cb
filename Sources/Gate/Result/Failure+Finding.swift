import Devices
import Foundation
import Lockstep
import Reports

extension Failure {
  /// What lockstep found, the cause before its consequences.
  ///
  /// - Parameters:
  ///   - outcome: that disagrees.
  ///   - folder: of the manifest, below the project's folder: where paths of RTL begin.
  static func all(of outcome: Outcome, folder: String) -> [Failure] {
    let classification = outcome.explanation?.classification?.kind.rawValue
    var failures: [Failure] = []
    for finding in outcome.allFindings {
      var failure = Failure(finding, folder: folder)
      failure.classification = failure.isAboutValues ? classification : nil
      // Runs of other stall profiles mostly say the same again.
      if !failures.contains(where: { $0.isLike(failure) }) { failures.append(failure) }
    }
    return failures
  }

  private var isAboutValues: Bool { kind == "mismatch" || kind == "first divergence" }

  private func isLike(_ other: Failure) -> Bool {
    kind == other.kind && place == other.place && position == other.position && file == other.file
      && line == other.line
  }

  init(_ finding: Finding, folder: String) {
    self.init(finding.kind, finding.sentence)
    switch finding {
    case .divergence(let divergence):
      place = "tap \(divergence.first.tap)"
      position = Failure.position(divergence.first.beat)
    case .mismatch(let mismatch):
      place = "\(mismatch.stream).\(mismatch.field)"
      position = Failure.position(mismatch.beat)
    case .unexpectedBeat(let stream, _, _): place = stream
    case .hang(let hang): place = hang.stream
    case .streamRule(let rule): (place, position) = (rule.stream, rule.kind.rawValue)
    case .deviceFailure(let failure, _, _):
      if !failure.file.isEmpty {
        file = Failure.path(failure.file, in: folder)
        line = failure.line > 0 ? failure.line : nil
        place = [file ?? "", line.map(String.init) ?? ""].joined(separator: ":")
      }
    case .goldenMismatch(let mismatch): place = mismatch.array
    case .vacuous, .dependsOnTiming, .dependsOnInitialState, .survivesReset, .dependsOnHistory,
      .throughputLost:
      break
    }
  }

  private static func position(_ beat: Int) -> String { beat == 0 ? "first beat" : "later beats" }

  /// `../common/x.sv` seen from `rtl/block` is `rtl/common/x.sv`.
  static func path(_ name: String, in folder: String) -> String {
    var parts = name.hasPrefix("/") ? [] : folder.split(separator: "/")
    for part in name.split(separator: "/") where part != "." {
      if part == "..", !parts.isEmpty { parts.removeLast() } else { parts.append(part) }
    }
    return (name.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
  }
}
