public import Lockstep

extension Finding {
  /// A short name of the kind, the same in every rendering.
  public var kind: String {
    switch self {
    case .divergence: "first divergence"
    case .mismatch: "mismatch"
    case .unexpectedBeat: "unexpected beat"
    case .hang: "hang"
    case .streamRule: "stream rule broken"
    case .deviceFailure: "device failure"
    case .vacuous: "vacuous"
    case .dependsOnTiming: "depends on timing"
    case .dependsOnInitialState: "depends on initial state"
    case .survivesReset: "state survives reset"
    case .dependsOnHistory: "depends on history"
    case .throughputLost: "throughput lost"
    case .goldenMismatch: "golden mismatch"
    }
  }

  /// What was found, in one sentence or a few.
  public var sentence: String {
    switch self {
    case .divergence(let divergence):
      divergence.sentence
    case .mismatch(let mismatch):
      mismatch.sentence
    case .unexpectedBeat(let stream, let cycle, let after):
      "\(stream) offers a beat at cycle \(cycle), "
        + (after < 0 ? "before anything was sent" : "after transaction \(after)")
        + ", when nothing more is expected"
    case .hang(let hang):
      "nothing moved for \(hang.waited) cycles up to cycle \(hang.cycle), at transaction "
        + "\(hang.transaction): " + hang.waiting.joined(separator: "; ")
    case .streamRule(let rule):
      "\(rule.stream) "
        + rule.kind.words
        + " at cycle \(rule.cycle), transaction \(rule.transaction)"
    case .deviceFailure(let failure, let cycle, let shard):
      "\(failure) at cycle \(cycle) of shard \(shard)"
    case .vacuous(let vacuity):
      vacuity.sentence
    case .dependsOnTiming(let agreeing, let differing):
      "right with stalls '\(agreeing.rawValue)', wrong with stalls '\(differing.rawValue)': what the "
        + "device does depends on timing"
    case .dependsOnInitialState(let profile, let seeds):
      "with stalls '\(profile.rawValue)', initial values of seeds "
        + seeds.map(String.init).joined(separator: " and ")
        + " give different results: some register that matters is not reset"
    case .survivesReset(let profile):
      "with stalls '\(profile.rawValue)', right after a quiet start and wrong after a reset in the "
        + "middle of traffic: some register that matters is not reset"
    case .throughputLost(let cycles, let pauses, let length):
      "right, but slower behind back-pressure: with \(pauses) pauses of \(length) cycles on the outputs "
        + "it took \(cycles) cycles more than these last: what waits is not made good, or lost for ever"
    case .dependsOnHistory(let transactions):
      "a transaction that is right by itself is wrong behind "
        + (transactions == 1 ? "another one" : "\(transactions) others")
        + ", without any stall: something is carried over from one transaction to the next"
    case .goldenMismatch(let mismatch):
      "the golden model differs from the file at \(mismatch.array)\(mismatch.index): file "
        + "\(mismatch.expected), golden \(mismatch.golden) (\(mismatch.differing) elements differ)"
    }
  }
}

extension Mismatch {
  /// `probs.data, transaction 12 (one hot), element 53 (beat 3, lane 5): expected 17, observed 18`.
  public var sentence: String {
    let name = label.map { " (\($0))" } ?? ""
    let place =
      element.map { "element \($0) (beat \(beat), lane \(lane))" } ?? "beat \(beat), lane \(lane)"
    return "\(stream).\(field), transaction \(transaction)\(name), \(place): expected \(expected), "
      + "observed \(observed), at cycle \(cycle) of shard \(shard)"
  }
}

extension Divergence {
  /// `tap exp16 (q), transaction 3 (one hot), beat 1, lane 4: expected 17, observed 16, at cycle 120 of shard
  /// 0; then sum at cycle 140; outputs follow at cycle 160`.
  public var sentence: String {
    let name = first.label.map { " (\($0))" } ?? ""
    let signal = first.part == .value ? first.signal : "\(first.part.rawValue), \(first.signal)"
    let then = following.map { " then \($0.tap) at cycle \($0.cycle);" }.joined()
    let outputs =
      outputCycle.map { "outputs follow at cycle \($0)" }
      ?? (isCutShort == true ? "the run ended before outputs could differ" : "the outputs agree")
    return "tap \(first.tap) (\(signal)), transaction \(first.transaction)\(name), \(first.place): "
      + "\(first.values), at cycle \(first.cycle) of shard \(first.shard);\(then) \(outputs)"
  }
}

extension TapDifference {
  fileprivate var place: String {
    element.map { "element \($0) (beat \(beat), lane \(lane))" } ?? "beat \(beat), lane \(lane)"
  }

  fileprivate var values: String {
    switch (expected, observed) {
    case (let expected?, let observed?): "expected \(expected), observed \(observed)"
    case (let expected?, nil): "expected \(expected), which never came"
    case (nil, let observed): "observed \(observed ?? 0), when nothing more is expected"
    }
  }
}

extension Vacuity {
  public var sentence: String {
    switch self {
    case .nothingCompared:
      "nothing was compared: the run proves nothing"
    case .inputNeverConsumed(let stream):
      "not one beat of input '\(stream)' was consumed"
    case .expectationNeverMet(let stream, let missing):
      "\(missing) expected \(missing == 1 ? "beat" : "beats") of '\(stream)' never came"
    case .streamNeverMoved(let stream):
      "output '\(stream)' never moved"
    case .nothingStalled(let profile):
      "nothing stalled under the stall profile '\(profile.rawValue)'"
    case .tapNeverMoved(let tap, let signal):
      "tap '\(tap)' (\(signal)) never had a value: what its manifest calls valid never held"
    }
  }
}

extension StreamRuleBreak.Kind {
  fileprivate var words: String {
    switch self {
    case .validWithdrawn: "withdrew valid before the beat was taken"
    case .payloadChanged: "changed its payload while it waited"
    case .creditsExceeded: "sent a beat without a credit for it"
    }
  }
}
