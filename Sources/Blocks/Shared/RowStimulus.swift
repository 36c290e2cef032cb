import Signals

/// Makes random rows in the lengths and styles in which row blocks go wrong.
struct RowStimulus {
  /// Values of an element.
  var range: ClosedRange<Int64>
  var lanes: Int
  var maxLength: Int

  /// A row with the label of no corner.
  enum Style: CaseIterable { case bell, uniform, plateau, fewValues, oneHot, ramp }

  /// Mostly short, some long, some whole beats, now and then as long as possible (up to 4096).
  func length(_ generator: inout CounterGenerator) -> Int {
    let length: Int =
      switch generator.count(in: 0...9) {
      case 0...3: generator.count(in: 1...(2 * lanes + 2))
      case 4, 5: lanes * generator.count(in: 1...8)
      case 6, 7: generator.count(in: 1...192)
      case 8: generator.count(in: 1...1024)
      default: generator.oneIn(3) ? min(maxLength, 4096) : generator.count(in: 1...320)
      }
    return min(length, maxLength)
  }

  /// Appends a row of a random style.
  ///
  /// - Parameter spread: a typical standard deviation; rows vary around it by a factor of 4 either
  ///   way.
  func append(
    to values: inout [Int64], length: Int, spread: Double, _ generator: inout CounterGenerator
  ) {
    let centre = generator.value(in: range)
    switch generator.choice(Style.allCases + [.bell, .bell, .uniform]) {
    case .bell:
      let sigma = spread * generator.scale(exponents: -2...1)
      let offset = generator.oneIn(2) ? 0 : centre
      for _ in 0..<length {
        let value = generator.bell(sigma: sigma, in: -(1 << 62)...(1 << 62)) + offset
        values.append(clamp(value))
      }
    case .uniform:
      for _ in 0..<length { values.append(generator.value(in: range)) }
    case .plateau:
      for _ in 0..<length {
        values.append(generator.oneIn(8) ? clamp(centre &+ generator.value(in: -2...2)) : centre)
      }
    case .fewValues:
      let palette = (0..<3).map { _ in generator.value(in: range) }
      for _ in 0..<length { values.append(generator.choice(palette)) }
    case .oneHot:
      let hot = generator.count(in: 0...(length - 1))
      let low = min(centre, clamp(generator.value(in: range)))
      for index in 0..<length { values.append(index == hot ? range.upperBound : low) }
    case .ramp:
      let step = generator.value(in: -9...9)
      for index in 0..<length { values.append(clamp(centre &+ step &* Int64(index))) }
    }
  }

  /// Rows of one batch: as many as `count`, each from a generator of its own.
  func rows(seed: UInt64, index: Int, count: Int, spread: Double) -> RaggedTensor {
    var lengths: [Int] = []
    var values: [Int64] = []
    for transaction in 0..<count {
      var generator = CounterGenerator.transaction(
        seed: seed, index: index, transaction: transaction)
      let length = self.length(&generator)
      lengths.append(length)
      append(to: &values, length: length, spread: spread, &generator)
    }
    return RaggedTensor(rows: lengths, values: values)
  }

  private func clamp(_ value: Int64) -> Int64 {
    min(max(value, range.lowerBound), range.upperBound)
  }
}
