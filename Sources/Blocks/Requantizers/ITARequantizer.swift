public import Signals

/// ITA's requantiser: a 26-bit accumulator times an 8-bit multiplier, shifted right, offset, to int8.
public struct ITARequantizer {
  public let name = "ita_requantizer"
  public let summary = "Requantises 26-bit accumulators to int8 as ITA does"
  public let formula = """
    y = sat8(halfUp(x * multiplier / 2^shift) + add)
    The product is kept whole (34 bits). halfUp is floor(v + 1/2): ties go up, not away from zero.
    Shift 0 does not round; every shift from 35 on gives halfUp(...) = 0.
    """
  public let source =
    "pulp-platform/ITA, src/ita_requantizer.sv: arithmetic shift plus the last bit shifted out"
  public let parameters = [Parameter.lanes]

  public init() {}

  /// `x` carries data, multiplier, shift and add, a value a lane; `y` carries data.
  public func interface(in configuration: Configuration) -> Interface {
    let lanes = configuration["Lanes"]
    let operands = [
      ArraySpecification(
        "multiplier", .input, axes: ["N"], .unsigned(8), allowsScalar: true, "Scale, numerator"),
      ArraySpecification(
        "shift", .input, axes: ["N"], .unsigned(8), allowsScalar: true,
        "Scale, binary logarithm of the denominator"),
      ArraySpecification(
        "add", .input, axes: ["N"], .signed(8), allowsScalar: true, "Zero point of y"),
    ]
    let x = ArraySpecification("x", .input, axes: ["N"], .signed(26), "Accumulators")
    let y = ArraySpecification("y", .output, axes: ["N"], .signed(8), "Requantised codes")
    return Interface(
      arrays: [x] + operands + [y], batching: .chunks("N", size: 256),
      streams: [
        .elements("x", .input, x.format, lanes: lanes, with: operands),
        .elements("y", .output, y.format, lanes: lanes),
      ])
  }
}
