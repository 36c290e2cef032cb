public import Signals

extension DyadicRequantizer {
  /// One element: every operand.
  private struct Element {
    var x: Int64
    var multiplier: Int64
    var exponent: Int64
    var identity: Int64 = 0
    var identityMultiplier: Int64 = 0
    var identityExponent: Int64 = 0
  }

  public func corners(in configuration: Configuration) -> [Batch] {
    let range = Signals.IntegerFormat.signed(configuration["InputBits"]).range
    let output = Signals.IntegerFormat.signed(configuration["OutputBits"]).range
    var corners = [
      ("extremes", extremes(range)),
      ("ties", ties(offset: 0)),
      ("just above ties", ties(offset: 1)),
      ("just below ties", ties(offset: -1)),
      ("edges of saturation", saturation(output)),
      ("residual", residuals(range, output)),
    ]
    let lanes = configuration["Lanes"]
    for length in Set([1, lanes - 1, lanes, lanes + 1, 256]).sorted() where length > 0 {
      let ramp = (0..<length).map {
        Element(x: Int64($0 - length / 2) * 3, multiplier: 1 << 30, exponent: 31)
      }
      corners.append(("length \(length)", ramp))
    }
    return [batch(corners, range)]
  }

  public func transactionCount(
    seed: UInt64, index: Int, in configuration: Configuration
  ) -> Int {
    CounterGenerator.batchSize(seed: seed, index: index)
  }

  public func stimulus(seed: UInt64, index: Int, in configuration: Configuration) -> Batch {
    var generator = CounterGenerator.settings(seed: seed, index: index)
    return stimulus(
      seed: seed, index: index, count: generator.count(in: 16...64), in: configuration)
  }

  /// The first `count` transactions of stimulus `index`.
  func stimulus(seed: UInt64, index: Int, count: Int, in configuration: Configuration) -> Batch {
    var generator = CounterGenerator.settings(seed: seed, index: index)
    _ = generator.next()
    let style = Style(configuration, &generator)
    var lengths: [Int] = []
    var elements: [Element] = []
    for transaction in 0..<count {
      var generator = CounterGenerator.transaction(
        seed: seed, index: index, transaction: transaction)
      let length = generator.chunkLength(lanes: configuration["Lanes"])
      lengths.append(length)
      for _ in 0..<length { elements.append(style.element(&generator)) }
    }
    return batch(elements, lengths: lengths, hasResidual: style.hasResidual)
  }

  /// What the elements of a batch have in common.
  private struct Style {
    let range: ClosedRange<Int64>
    /// Binary logarithm of a ratio that takes the whole input range to the whole output range.
    let fit: Int
    let hasResidual: Bool
    let channel: (multiplier: Int64, exponent: Int64)
    let kind: Int

    init(_ configuration: Configuration, _ generator: inout CounterGenerator) {
      range = Signals.IntegerFormat.signed(configuration["InputBits"]).range
      fit = configuration["InputBits"] - configuration["OutputBits"]
      hasResidual = generator.oneIn(2)
      kind = generator.count(in: 0...3)
      channel = Style.scale(fit: fit, powerOfTwo: generator.oneIn(3), &generator)
    }

    /// A 31-bit multiplier, now and then a power of two, whose products are full of ties.
    static func scale(
      fit: Int, powerOfTwo: Bool, _ generator: inout CounterGenerator
    ) -> (multiplier: Int64, exponent: Int64) {
      let exponent = Int64(min(max(31 + fit + generator.count(in: -6...6), 0), 127))
      return (powerOfTwo ? 1 << 30 : generator.value(in: (1 << 30)...(1 << 31)), exponent)
    }

    func element(_ generator: inout CounterGenerator) -> Element {
      let scale: (multiplier: Int64, exponent: Int64) =
        switch kind {
        case 0: channel
        case 1, 2: Style.scale(fit: fit, powerOfTwo: generator.oneIn(3), &generator)
        default:
          (generator.value(in: 0...0xFFFF_FFFF), generator.value(in: 0...127))
        }
      var element = Element(
        x: value(&generator, exponent: scale.exponent), multiplier: scale.multiplier,
        exponent: scale.exponent)
      if hasResidual {
        let other = Style.scale(fit: fit, powerOfTwo: generator.oneIn(3), &generator)
        element.identity = value(&generator, exponent: other.exponent)
        element.identityMultiplier = other.multiplier
        element.identityExponent = other.exponent
      }
      return element
    }

    /// Uniform, small, or near the end of the range.
    private func value(_ generator: inout CounterGenerator, exponent: Int64) -> Int64 {
      switch generator.count(in: 0...7) {
      case 0: return generator.choice([range.lowerBound, range.upperBound, 0, -1, 1])
      case 1, 2:
        return generator.value(in: max(-300, range.lowerBound)...min(300, range.upperBound))
      case 3, 4:
        // Odd multiples of half the step of a power-of-two multiplier: exact ties.
        let half: Int64 = 1 << min(max(exponent - 31, 0), 40)
        let (product, overflow) = half.multipliedReportingOverflow(
          by: 2 * generator.value(in: -200...200) + 1)
        return overflow || !range.contains(product) ? generator.value(in: range) : product
      default: return generator.value(in: range)
      }
    }
  }
}

// MARK: - Directed elements

extension DyadicRequantizer {
  private func extremes(_ range: ClosedRange<Int64>) -> [Element] {
    let scales: [(Int64, Int64)] = [
      (0, 0), (1, 0), (0xFFFF_FFFF, 0), (1 << 30, 31), (1 << 31, 31), (0xFFFF_FFFF, 32),
      (0xFFFF_FFFF, 63), (0xFFFF_FFFF, 64), (0xFFFF_FFFF, 95), (0xFFFF_FFFF, 96), (1, 127),
      (0xFFFF_FFFF, 127),
    ]
    let (low, high) = (range.lowerBound, range.upperBound)
    return scales.flatMap { multiplier, exponent in
      [low, low + 1, -1, 0, 1, high - 1, high].map {
        Element(x: $0, multiplier: multiplier, exponent: exponent)
      }
    }
  }

  /// x times 2^(e - 1) / 2^e: a tie wherever x is odd. The multiplier is off by `offset`.
  private func ties(offset: Int64) -> [Element] {
    [1, 2, 8, 16, 31, 32].flatMap { exponent in
      (-9...9).map {
        Element(
          x: Int64($0), multiplier: max(0, (1 << (exponent - 1)) + offset), exponent: exponent)
      }
    }
  }

  /// Results around both ends of the output, in steps of one half.
  private func saturation(_ output: ClosedRange<Int64>) -> [Element] {
    [output.lowerBound, output.upperBound].flatMap { end in
      (-4...4).map { Element(x: 2 * end + $0, multiplier: 1, exponent: 1) }
    }
  }

  /// Two ties that one rounding would add up, terms that cancel beyond 64 bits, and a residual that
  /// brings a sum back into range.
  private func residuals(
    _ range: ClosedRange<Int64>, _ output: ClosedRange<Int64>
  ) -> [Element] {
    let ties: [Element] = (-4...4).flatMap { x in
      [-3, -2, -1, 1, 2, 3].map {
        Element(
          x: x, multiplier: 1 << 30, exponent: 31, identity: $0, identityMultiplier: 1 << 30,
          identityExponent: 31)
      }
    }
    let pairs: [(Int64, Int64)] = [
      (range.lowerBound, range.upperBound), (range.upperBound, range.lowerBound),
      (range.upperBound, -range.upperBound), (range.upperBound, range.upperBound),
      (range.lowerBound, range.lowerBound),
    ]
    let cancelling = pairs.map {
      Element(
        x: $0, multiplier: 0xFFFF_FFFF, exponent: 0, identity: $1,
        identityMultiplier: 0xFFFF_FFFF, identityExponent: 0)
    }
    let returning = (0...4).map { step in
      Element(
        x: output.upperBound, multiplier: 2, exponent: 0, identity: output.lowerBound + step,
        identityMultiplier: 1, identityExponent: 0)
    }
    return ties + cancelling + returning
  }

  private func batch(
    _ corners: [(label: String, elements: [Element])], _ range: ClosedRange<Int64>
  ) -> Batch {
    var result = batch(
      corners.flatMap(\.elements).map { element in
        // The narrowest inputs cannot hold every directed value.
        var clamped = element
        clamped.x = min(max(element.x, range.lowerBound), range.upperBound)
        clamped.identity = min(max(element.identity, range.lowerBound), range.upperBound)
        return clamped
      }, lengths: corners.map(\.elements.count), hasResidual: true)
    result.labels = corners.map(\.label)
    return result
  }

  private func batch(_ elements: [Element], lengths: [Int], hasResidual: Bool) -> Batch {
    func item(_ operand: (Element) -> Int64) -> RaggedTensor {
      RaggedTensor(rows: lengths, values: elements.map(operand))
    }
    var batch = Batch(
      count: lengths.count,
      items: [
        "x": item(\.x), "multiplier": item(\.multiplier), "exponent": item(\.exponent),
      ])
    if hasResidual {
      batch.items["identity"] = item(\.identity)
      batch.items["identity_multiplier"] = item(\.identityMultiplier)
      batch.items["identity_exponent"] = item(\.identityExponent)
    } else {
      for name in ["identity", "identity_multiplier", "identity_exponent"] {
        batch.shared[name] = Tensor(0)
      }
    }
    return batch
  }
}
