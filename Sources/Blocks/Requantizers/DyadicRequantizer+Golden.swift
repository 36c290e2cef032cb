import FixedPoint
public import Signals

extension DyadicRequantizer {
  public func golden(_ batch: Batch, in configuration: Configuration) throws(BlockError) -> Batch {
    let x = batch.item("x")
    let count = x.values.count
    let multiplier = Operand("multiplier", of: batch, count: count)
    let exponent = Operand("exponent", of: batch, count: count)
    let residual = Residual(batch, count: count)
    let format = IntegerWidth.signed(configuration["OutputBits"])
    // Products of 32 bits by 32 never leave 64.
    let isNarrow = configuration["InputBits"] <= 32
    let (y, scaled, scaledIdentity) = Filled.three(count: count) { y, scaled, scaledIdentity in
      for element in 0..<count {
        let scale = DyadicScale(
          multiplier: UInt32(multiplier[element]), exponent: Int(exponent[element]))
        if isNarrow {
          let first = scale.scaled(x.values[element], rounding: .halfToEven)
          let second = residual?.scaled(element) ?? 0
          let (sum, overflow) = first.addingReportingOverflow(second)
          // Where the sum leaves 64 bits, both have its sign.
          y[element] = (overflow ? first < 0 ? .min : .max : sum).saturated(to: format)
          (scaled[element], scaledIdentity[element]) = (first, second)
        } else {
          let first = scale.scaledWide(x.values[element], rounding: .halfToEven)
          let second = residual?.scaledWide(element) ?? 0
          y[element] = Int64((first + second).saturated(to: format))
          scaled[element] = Int64(truncatingIfNeeded: first)
          scaledIdentity[element] = Int64(truncatingIfNeeded: second)
        }
      }
    }
    return batch.answer([
      "y": x.with(y), "scaled": x.with(scaled), "scaled_identity": x.with(scaledIdentity),
    ])
  }

  /// The real value of the sum, clamped to the range of `y`: it depends on no scale.
  public func ideal(_ batch: Batch, in configuration: Configuration) -> [Double]? {
    let x = batch.item("x")
    let count = x.values.count
    let multiplier = Operand("multiplier", of: batch, count: count)
    let exponent = Operand("exponent", of: batch, count: count)
    let residual = Residual(batch, count: count)
    let range = Signals.IntegerFormat.signed(configuration["OutputBits"]).range
    return (0..<count).map { element in
      var (whole, fraction) = DyadicScale(
        multiplier: UInt32(multiplier[element]), exponent: Int(exponent[element])
      ).parts(of: x.values[element])
      if let residual {
        let other = residual.scale(of: element).parts(of: residual.identity[element])
        whole += other.whole
        fraction += other.fraction
      }
      let sum = Double(Int64(clamping: whole)) + fraction
      return min(max(sum, Double(range.lowerBound)), Double(range.upperBound))
    }
  }

  public func tolerance(in configuration: Configuration) -> Tolerance {
    Tolerance(
      array: "y", unit: 1, element: 1,
      domain: Domain(conditions: "every input; half a unit for each of the two roundings"),
      command: "cosim accuracy dyadic_requantizer --check")
  }

  public func work(_ batch: Batch, in configuration: Configuration) -> Work {
    Work(batch.item("x").values.count, .elements, peakPerCycle: configuration["Lanes"])
  }

  /// `multiplier` and `exponent` from the scales of `x` and `y`; those of `identity` where its
  /// scale is given, too. The scale of `y` is rounded to single precision first, as the source
  /// does.
  public func settings(
    from scales: [String: Double], in configuration: Configuration
  ) throws(BlockError) -> [String: Tensor] {
    guard let y = scales["y"] else { throw .missingScale(block: name, name: "y") }
    guard let x = scales["x"] else { throw .missingScale(block: name, name: "x") }
    var result: [String: Tensor] = [:]
    func add(_ input: Double, prefix: String) throws(BlockError) {
      let ratio = input / Double(Float(y))
      guard let scale = DyadicScale(nearest: ratio) else {
        throw .scaleOutOfRange(
          block: name, limit: "the ratio of the scales must be in 2^-97 ..< 2^31",
          found: "\(ratio)")
      }
      result[prefix + "multiplier"] = Tensor(Int64(scale.multiplier))
      result[prefix + "exponent"] = Tensor(Int64(scale.exponent))
    }
    try add(x, prefix: "")
    if let identity = scales["identity"] { try add(identity, prefix: "identity_") }
    return result
  }
}

/// The operands of the residual, where there is one.
private struct Residual {
  let identity: Operand
  private let multiplier: Operand
  private let exponent: Operand

  /// Nil where the residual is 0 for every element.
  init?(_ batch: Batch, count: Int) {
    identity = Operand("identity", of: batch, count: count)
    multiplier = Operand("identity_multiplier", of: batch, count: count)
    exponent = Operand("identity_exponent", of: batch, count: count)
    if identity.isAlways(0) || multiplier.isAlways(0) { return nil }
  }

  func scale(of element: Int) -> DyadicScale {
    DyadicScale(multiplier: UInt32(multiplier[element]), exponent: Int(exponent[element]))
  }

  func scaled(_ element: Int) -> Int64 {
    scale(of: element).scaled(identity[element], rounding: .halfToEven)
  }

  func scaledWide(_ element: Int) -> Int128 {
    scale(of: element).scaledWide(identity[element], rounding: .halfToEven)
  }
}

extension DyadicScale {
  /// `value` times the scale, as its floor and what is left, 0 ..< 1.
  fileprivate func parts(of value: Int64) -> (whole: Int128, fraction: Double) {
    let product = Int128(value) * Int128(multiplier)
    let whole = product.shiftedRight(by: exponent, rounding: .floor)
    // Past 127 bits the floor of a negative product is -1 and the rest still fits.
    let rest = exponent < 127 ? product - (whole << Int128(exponent)) : product & Int128.max
    return (whole, Double(sign: .plus, exponent: -exponent, significand: Double(rest)))
  }
}

// MARK: - Accuracy

extension DyadicRequantizer {
  /// The multiplier of the ratio `scale`.
  public func batch(
    of codes: RaggedTensor, scale: Double, in configuration: Configuration
  ) throws(BlockError) -> Batch {
    try batch(of: codes, scales: ["x": scale, "y": 1], in: configuration)
  }

  /// Codes of `y` beside the integers times the ratio of the scales `x` and `y`, clamped to the codes
  /// of `y`: the error of the multiplier included, which ``ideal(_:in:)`` takes as given.
  public func readings(
    of answer: Batch, to batch: Batch, in configuration: Configuration
  ) -> Readings? {
    Readings(requantised: answer, from: batch, to: interface(in: configuration).array("y"))
  }
}
