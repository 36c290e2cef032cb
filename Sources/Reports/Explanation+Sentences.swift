public import Lockstep

extension Explanation {
  /// For a terminal: how it fails, how small it is, what kind of mistake it is, and what to do.
  public var lines: [String] {
    var lines = ["explained: \(proof)"]
    lines.append("  minimal case: \(minimal.words)")
    if minimal != original { lines.append("  from: \(original.words)") }
    for finding in [stage, finding].compactMap(\.self) {
      lines.append("  \(finding.kind): \(finding.sentence)")
    }
    lines += stimulus.map { "  \($0.words)" }
    if let classification {
      lines.append("  looks like: \(classification.words)")
      lines.append("    \(classification.evidence)")
    }
    if let files {
      lines.append("  replay: cosim replay \(files.bundle)")
      if let view = files.waveView { lines.append("  waves: gtkwave \(view)") }
    }
    return lines
  }

  /// Where the minimal case leaves the golden model inside the device, if its own finding says less.
  var stage: Finding? {
    findings.first { if case .divergence = $0 { $0 != finding } else { false } }
  }

  /// Whether it repeats, and what it needs.
  public var proof: String {
    let count = "reproduced \(reproduced) of \(repetitions)"
    if reproduced == 0 {
      return
        "\(count): it did not happen again. Suspect the machine, or RTL that draws from $urandom."
    }
    let need: String
    switch isolation {
    case .alone: need = "one transaction right after reset shows it"
    case .needsHistory(let transactions):
      need =
        "needs \(transactions) \(transactions == 1 ? "transaction" : "transactions") before the "
        + "failing one"
    case nil: need = "no smaller case was tried"
    }
    return "\(count); \(need)\(minimising.words)"
  }
}

extension Minimising {
  fileprivate var words: String {
    switch end {
    case .minimal, .off: ""
    case .outOfTime: "; a smaller case may exist (time was up after \(tries) tries)"
    case .outOfTries: "; a smaller case may exist (gave up after \(tries) tries)"
    case .interrupted: "; a smaller case may exist (interrupted)"
    }
  }
}

extension CaseSize {
  /// `2 transactions, 3 beats, 9 elements (2 not simple), 4 stalled cycles`.
  public var words: String {
    func count(_ number: Int, _ noun: String) -> String {
      "\(grouped(number)) \(noun)\(number == 1 ? "" : "s")"
    }
    let stalled =
      switch stalls {
      case nil: "random stalls"
      case 0: "no stalls"
      case let number?: count(number, "stall")
      }
    return [
      count(transactions, "transaction"), count(beats, "input beat"),
      "\(count(elements, "element")) (\(grouped(significantElements)) not simple)", stalled,
    ].joined(separator: ", ")
  }
}

extension Explanation.Content {
  /// `x[1] = [0, -7, 3]`.
  public var words: String {
    let place = transaction.map { "[\($0)]" } ?? ""
    let list = values.map(String.init).joined(separator: ", ")
    return "\(array)\(place) = " + (shape.isEmpty ? list : "[\(list)]")
      + (shape.count > 1 ? " of shape \(shape.map(String.init).joined(separator: " x "))" : "")
  }
}

extension Classification {
  /// What it is called, and where it was seen if not at an output.
  public var words: String { kind.words + (tap.map { ", at tap \($0)" } ?? "") }
}

extension Classification.Kind {
  /// What it is called.
  public var words: String {
    switch self {
    case .beatLate: "output late by a beat"
    case .beatEarly: "a beat lost, the output early from there on"
    case .lanesReversed: "lanes reversed"
    case .saturationMissing: "saturation missing"
    case .ties: "off by one on ties only: another rounding"
    case .signLost: "sign lost"
    case .negated: "sign inverted"
    case .previousTransaction: "the previous transaction's value"
    case .constant: "constant"
    case .stuckBit: "a bit stuck"
    case .beatsLost: "beats lost here and there"
    case .lanesExchanged: "lanes exchanged"
    case .laneRepeated: "one lane's value in another lane"
    case .neighbour: "the neighbouring element's value"
    case .rounding: "rounded in another direction"
    case .offset: "a constant too much or too little"
    case .scaled: "shifted by a wrong number of bits"
    case .highBitsLost: "high bits lost"
    case .lowBitsLost: "low bits lost"
    case .notCleared: "a sum that goes on from the one before"
    case .ignored: "an input ignored"
    case .staleSetting: "a setting of before"
    case .otherValue: "another value in its place"
    case .otherAdded: "a value added or left out"
    case .oneLane: "wrong in one lane alone"
    case .onlyWhere: "wrong under one condition alone"
    case .offByOne: "off by one"
    }
  }
}
