import Devices

/// What a smaller case must show to count as the same failure: the kind of finding and its stream or tap,
/// not its place or its values.
struct Symptom: Hashable, Sendable {
  private enum Kind: Hashable {
    case mismatch, unexpectedBeat, hang
    case divergence(TapDifference.Part)
    case rule(StreamRuleBreak.Kind)
    case device(DeviceFailure.Kind, scope: String, file: String, line: Int)
  }

  private let kind: Kind
  private let stream: String

  /// An assertion, a crash, or another end that the device itself came to.
  var isDeviceFailure: Bool { if case .device = kind { true } else { false } }

  /// - Returns: nil for findings that no single simulation shows.
  init?(_ finding: Finding) {
    switch finding {
    case .divergence(let divergence):
      (kind, stream) = (.divergence(divergence.first.part), divergence.first.tap)
    case .mismatch(let mismatch):
      (kind, stream) = (.mismatch, mismatch.stream)
    case .unexpectedBeat(let name, _, _):
      (kind, stream) = (.unexpectedBeat, name)
    case .hang:
      // Which stream stands first in a hang depends on how much was sent.
      (kind, stream) = (.hang, "")
    case .streamRule(let rule):
      (kind, stream) = (.rule(rule.kind), rule.stream)
    case .deviceFailure(let failure, _, _):
      kind = .device(failure.kind, scope: failure.scope, file: failure.file, line: failure.line)
      stream = ""
    default:
      return nil
    }
  }

  /// What to look for in smaller cases: the first of these findings that a stream shows; a stage inside
  /// the device that differs where nothing else does.
  static func telling(of findings: [Finding]) -> Finding? {
    let shown = findings.filter { Symptom($0) != nil }
    return shown.first { if case .divergence = $0 { false } else { true } } ?? shown.first
  }

  /// The first finding that shows it.
  func finding(in findings: [Finding]) -> Finding? { findings.first { Symptom($0) == self } }
}

extension Finding {
  /// The transaction at which it was seen, counted from the beginning of the simulation's first one;
  /// nil where it names none.
  var transaction: Int? {
    switch self {
    case .divergence(let divergence): divergence.first.transaction
    case .mismatch(let mismatch): mismatch.transaction
    case .unexpectedBeat(_, _, let after): max(after, 0)
    case .hang(let hang): hang.transaction
    case .streamRule(let rule): rule.transaction
    default: nil
    }
  }

  /// The cycle of its simulation in which it was seen.
  public var cycle: Int? {
    switch self {
    case .divergence(let divergence): divergence.first.cycle
    case .mismatch(let mismatch): mismatch.cycle
    case .unexpectedBeat(_, let cycle, _): cycle
    case .hang(let hang): hang.cycle - hang.waited
    case .streamRule(let rule): rule.cycle
    case .deviceFailure(_, let cycle, _): cycle
    default: nil
    }
  }

  /// The stream on which it was seen.
  public var stream: String? {
    switch self {
    case .mismatch(let mismatch): mismatch.stream
    case .unexpectedBeat(let stream, _, _): stream
    case .hang(let hang): hang.stream
    case .streamRule(let rule): rule.stream
    default: nil
    }
  }
}
