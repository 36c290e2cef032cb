public import Signals

// What holds of which softmax. Streaming ones (ITA, Softermax) sum group after group with truncating
// shifts in between, so that the order of elements matters; shifts matter to those that round a maximum.

extension IBERTSoftmax {
  public func relations(in configuration: Configuration) -> [Relation] {
    let range = IntegerFormat.signed(configuration["ScoreBits"]).range
    return [
      .shift(of: "scores", range: range, ["probs"]),
      .permutation(of: "scores", ["probs"]),
      .bounds(of: "probs", each: 0...256, sum: 0...256),
      .padding(
        of: "scores", "probs", probability: 0, lowest: range.lowerBound
      ) { batch, configuration, distance in
        // Past the last octave the exponential is c; it must be below one half of the requantiser's unit.
        let product = Double(batch.scalar("c")) * Double(batch.scalar("exp_multiplier"))
        return distance >= Int64(-configuration["Octaves"]) * batch.scalar("x0")
          && product * 4
            < Double(sign: .plus, exponent: Int(batch.scalar("exp_exponent")), significand: 1)
      },
    ]
  }
}

extension Log2Softmax {
  public func relations(in configuration: Configuration) -> [Relation] {
    [
      .shift(
        of: "scores", range: IntegerFormat.signed(configuration["ScoreBits"]).range,
        ["codes", "zero"]),
      .permutation(of: "scores", ["codes", "zero"]),
    ]
  }
}

extension Shiftmax {
  public func relations(in configuration: Configuration) -> [Relation] {
    [
      .shift(
        of: "scores", range: IntegerFormat.signed(configuration["ScoreBits"]).range, ["probs"]),
      .permutation(of: "scores", ["probs"]),
      .order(of: "scores", "probs"),
    ]
  }
}

extension ITASoftmax {
  public func relations(in configuration: Configuration) -> [Relation] {
    let shift = Relation.shift(of: "scores", range: -128...127, ["probs"])
    // Longer rows can overflow the sum's 19 bits, and probabilities wrap with it.
    guard configuration["MaxLength"] < 2048 else { return [shift] }
    return [shift, .order(of: "scores", "probs")]
  }
}

extension Softermax {
  public func relations(in configuration: Configuration) -> [Relation] {
    // The unit of scores is 1/4, and maxima are integers.
    [
      .shift(of: "scores", by: 4, range: -128...127, ["probs"]),
      .order(of: "scores", "probs"),
    ]
  }
}

extension GemmlowpSoftmax {
  public func relations(in configuration: Configuration) -> [Relation] {
    [
      .shift(of: "scores", range: -128...127, ["probs"]),
      .permutation(of: "scores", ["probs"]),
      .order(of: "scores", "probs"),
      .padding(of: "scores", "probs", probability: -128, lowest: -128) { batch, _, distance in
        -distance < batch.scalar("diff_min")
      },
    ]
  }
}

extension LUTSoftmax {
  public func relations(in configuration: Configuration) -> [Relation] {
    [
      .shift(of: "scores", range: -32768...32767, ["probs"]),
      .permutation(of: "scores", ["probs"]),
      .bounds(of: "probs", each: 0...32767),
    ]
  }
}

extension Relation {
  /// Elements far below the maximum, put behind a row, have the probability 0 and change no other one.
  ///
  /// - Parameters:
  ///   - probability: the code of 0.
  ///   - lowest: what is put there.
  ///   - isMasked: whether an element so far below the maximum does not count.
  static func padding(
    of input: String, _ output: String, probability: Int64, lowest: Int64,
    _ isMasked: @escaping @Sendable (Batch, Configuration, _ distance: Int64) -> Bool
  ) -> Relation {
    Relation(
      "padding", "elements far below the maximum have probability 0 and change no other one",
      follow: { batch, configuration, _ in
        guard let item = batch.items[input] else { return nil }
        let rows = (0..<item.count).map { row -> [Int64] in
          let values = item[row].values
          let most = values.max() ?? lowest
          guard values.count + 3 <= configuration["MaxLength"],
            isMasked(batch, configuration, most - lowest)
          else { return values }
          return values + [lowest, lowest, lowest]
        }
        var result = batch
        result.items[input] = RaggedTensor(rows: rows.map(\.count), values: rows.flatMap { $0 })
        return result.items == batch.items ? nil : result
      },
      violation: { found in
        guard let was = found.answer.items[output], let new = found.relatedAnswer.items[output]
        else { return nil }
        for row in 0..<was.count {
          let (one, other) = (was[row].values, new[row].values)
          let expected =
            one + [Int64](repeating: probability, count: max(0, other.count - one.count))
          if let place = expected.firstDifference(from: other) {
            return RelationViolation(
              transaction: row, element: place,
              "\(output) should be \(expected[place]) with padding, but is \(other[place])")
          }
        }
        return nil
      })
  }
}
