public import Foundation
public import Lockstep

/// Renders what replaying a bundle came to.
public struct ReplayReport {
  public init() {}

  /// The verdict first, then what was found, then what has changed since.
  ///
  /// - Parameter wave: the waveform that was written.
  public func render(_ result: Replay.Result, of record: BundleRecord, wave: String? = nil)
    -> String
  {
    let runs = "\(result.runs) \(result.runs == 1 ? "run" : "runs")"
    var lines: [String] = []
    let place = "\(record.block)  \(record.configuration)"
    if result.agrees {
      lines.append("AGREES  \(place)")
      lines += wrapped("  - the failure is gone in \(runs); it was: \(record.finding.sentence)")
    } else if result.repeating == result.runs {
      lines.append("DIFFERS  \(place)")
      lines += wrapped("  - as recorded, in \(runs) of \(result.runs)")
    } else {
      lines.append("DIFFERS  \(place)")
      lines += wrapped(
        "  - of \(runs), \(result.repeating) as recorded, \(result.differing) otherwise, "
          + "\(result.agreeing) without a finding; recorded was: \(record.finding.sentence)")
    }
    for finding in result.findings.prefix(8) {
      lines += wrapped("  - \(finding.kind): \(finding.sentence)")
    }
    for difference in result.differences { lines += wrapped("  - note: \(difference.sentence)") }
    if let wave {
      lines.append("  waves: \(wave)")
      if let view = result.waveView { lines.append("  view:  gtkwave \(view)") }
    }
    return lines.joined(separator: "\n")
  }

  /// The result as JSON.
  public static func encoded(_ result: Replay.Result) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(result)
  }
}
