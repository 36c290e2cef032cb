public import Signals

// Normalisations, requantisers and activations.

extension IBERTLayerNorm {
  public func relations(in configuration: Configuration) -> [Relation] {
    [
      // An even constant keeps ties of the mean where they were.
      .shift(
        of: "x", by: 2, range: IntegerFormat.signed(configuration["InputBits"]).range, ["y"]),
      .permutation(of: "x", ["y"], weights: ["bias"]),
    ]
  }
}

extension IViTLayerNorm {
  public func relations(in configuration: Configuration) -> [Relation] {
    [
      .shift(
        of: "x", by: 2, range: IntegerFormat.signed(configuration["InputBits"]).range, ["y"]),
      .permutation(of: "x", ["y"], weights: ["bias"]),
    ]
  }
}

extension TFLiteLayerNorm {
  public func relations(in configuration: Configuration) -> [Relation] {
    [.permutation(of: "x", ["y"], weights: ["weight", "bias"])]
  }
}

extension DyadicRequantizer {
  public func relations(in configuration: Configuration) -> [Relation] {
    let others = [
      "multiplier", "exponent", "identity", "identity_multiplier", "identity_exponent",
    ]
    return [
      .permutation(of: "x", ["y"], with: others),
      .order(of: "x", "y", with: others),
      .sameScale(multiplier: "multiplier", 0...0xFFFF_FFFF, shift: "exponent", 0...127, "y"),
    ]
  }
}

extension ITARequantizer {
  public func relations(in configuration: Configuration) -> [Relation] {
    let others = ["multiplier", "shift", "add"]
    return [
      .permutation(of: "x", ["y"], with: others),
      .order(of: "x", "y", with: others),
      .sameScale(multiplier: "multiplier", 0...255, shift: "shift", 0...255, "y"),
    ]
  }
}

extension GemmlowpRequantizer {
  public func relations(in configuration: Configuration) -> [Relation] {
    [
      .permutation(of: "x", ["y"], with: ["multiplier", "shift"]),
      .order(of: "x", "y", with: ["multiplier", "shift"]),
    ]
  }
}

extension IBERTGELU {
  public func relations(in configuration: Configuration) -> [Relation] {
    [.permutation(of: "x", ["y"]), reflection]
  }

  /// gelu(x) - gelu(-x) is x, but for the floor of the error function: y(x) - y(-x) is 2 k x, or x less.
  private var reflection: Relation {
    Relation(
      "reflection", "y(x) - y(-x) is 2 k x or (2 k - 1) x",
      follow: { batch, _, _ in
        var result = batch
        result.items["x"]?.values = batch.item("x").values.map { -$0 }
        return result
      },
      violation: { found in
        let k = found.batch.scalar("c") >> Int64(found.configuration["ErfShift"])
        let (x, y, mirrored) = (
          found.batch.item("x"), found.answer.item("y").values, found.relatedAnswer.item("y").values
        )
        for row in 0..<x.count {
          for place in x.range(of: row) {
            let rest = y[place] - mirrored[place] - 2 * k * x.values[place]
            if rest != 0 && rest != -x.values[place] {
              return RelationViolation(
                transaction: row, element: place - x.range(of: row).lowerBound,
                "y is \(y[place]) of x = \(x.values[place]) and \(mirrored[place]) of -x, k is \(k)"
              )
            }
          }
        }
        return nil
      }
    ).preparing { batch, configuration in
      let most = IntegerFormat.signed(configuration["InputBits"]).range.upperBound
      var result = batch
      result.items["x"]?.values = batch.item("x").values.map { max($0, -most) }
      return result
    }
  }
}

extension ITAGELU {
  public func relations(in configuration: Configuration) -> [Relation] {
    [
      .permutation(of: "x", ["y"]),
      .sameScale(multiplier: "multiplier", 0...255, shift: "shift", 0...255, "y"),
    ]
  }
}

extension ShiftGELU {
  public func relations(in configuration: Configuration) -> [Relation] {
    [.permutation(of: "x", ["y"])]
  }
}

extension LUTActivation {
  public func relations(in configuration: Configuration) -> [Relation] {
    [
      .permutation(of: "x", ["y"]),
      Relation(
        "complement", "the complement of the table has the complement of the answers",
        follow: { batch, _, _ in
          var result = batch
          guard let values = batch.shared["table"]?.values else { return nil }
          result.shared["table"]?.values = values.map { ~$0 }
          return result
        },
        violation: { found in
          var was = found.answer.item("y")
          was.values = was.values.map { ~$0 }
          return was.violation(against: found.relatedAnswer.item("y"), "y")
        }),
    ]
  }
}

extension PWLUnit {
  public func relations(in configuration: Configuration) -> [Relation] {
    [
      .permutation(of: "x", ["y"]),
      Relation(
        "offset", "one more in every intercept is one more in every answer that is not saturated",
        follow: { batch, _, _ in
          let step = Int64(1) << batch.scalar("shift")
          guard let values = batch.shared["intercept"]?.values,
            values.allSatisfy({ IntegerFormat.signed(36).range.contains($0 + step) })
          else { return nil }
          var result = batch
          result.shared["intercept"]?.values = values.map { $0 + step }
          return result
        },
        violation: { found in
          var (was, new) = (found.answer.item("y"), found.relatedAnswer.item("y"))
          for index in was.values.indices {
            if was.values[index] == -32768 && new.values[index] == -32768 {
              new.values[index] = -32767
            }
            was.values[index] = min(was.values[index] + 1, 32767)
          }
          return was.violation(against: new, "y")
        }),
    ]
  }
}

extension Relation {
  /// Multiplier and divisor of a scale, both doubled, give the same answers.
  static func sameScale(
    multiplier: String, _ multipliers: ClosedRange<Int64>, shift: String,
    _ shifts: ClosedRange<Int64>, _ output: String
  ) -> Relation {
    invariance(
      "scaling by two", "multiplier and divisor, both doubled, give the same answers", of: [output]
    ) { batch, _, _ in
      var result = batch
      func double(_ m: Int64, _ s: Int64) -> (Int64, Int64) {
        multipliers.contains(2 * m) && shifts.contains(s + 1) ? (2 * m, s + 1) : (m, s)
      }
      if let m = batch.items[multiplier]?.values, let s = batch.items[shift]?.values,
        m.count == s.count
      {
        let both = zip(m, s).map(double)
        result.items[multiplier]?.values = both.map(\.0)
        result.items[shift]?.values = both.map(\.1)
      } else if let m = batch.shared[multiplier]?.scalar, let s = batch.shared[shift]?.scalar {
        (result.shared[multiplier], result.shared[shift]) = (
          Tensor(double(m, s).0), Tensor(double(m, s).1)
        )
      }
      return result == batch ? nil : result
    }
  }
}
