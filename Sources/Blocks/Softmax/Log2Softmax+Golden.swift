import FixedPoint
import Foundation
public import Signals

extension Log2Softmax {
  public func golden(_ batch: Batch, in configuration: Configuration) throws(BlockError) -> Batch {
    let scores = batch.item("scores")
    try scores.checkRows(maxLength: configuration["MaxLength"], block: name)
    let exponential = try PolynomialExponential(
      batch, octaves: configuration["Octaves"], bits: 22, block: name)
    let table = DropTable(bits: configuration["ScoreBits"], elements: scores.values.count) {
      exponential($0)
    }
    let codeLimit: Int64 = 1 << Int64(configuration["CodeBits"])
    var sums: [Int64] = []
    let (exp, codes, zero) = Filled.three(count: scores.values.count) { exp, codes, zero in
      scores.values.withUnsafeBufferPointer { values in
        for row in 0..<scores.count {
          let range = scores.range(of: row)
          let sum = table.fill(range, of: values, maximum: values.maximum(of: range), exp)
          for index in range {
            let code = exp[index] == 0 ? codeLimit : Log2Softmax.code(sum: sum, exp: exp[index])
            zero[index] = code >= codeLimit ? 1 : 0
            codes[index] = min(code, codeLimit - 1)
          }
          sums.append(sum)
        }
      }
    }
    let lengths = scores.lengths
    return Batch(
      count: batch.count,
      items: [
        "codes": RaggedTensor(rows: lengths, values: codes),
        "zero": RaggedTensor(rows: lengths, values: zero),
        "exp": RaggedTensor(rows: lengths, values: exp), "sum": RaggedTensor(scalars: sums),
      ])
  }

  /// The binary logarithm of rhe(sum / exp), rounded at 1.5 times a power of two.
  private static func code(sum: Int64, exp: Int64) -> Int64 {
    let ratio = sum.divided(by: exp, rounding: .halfToEven)
    let floor = Int64(63 - ratio.leadingZeroBitCount)
    let rest = ratio - (1 << floor)
    return 2 * rest >= 1 << floor ? floor + 1 : floor
  }

  /// -log2 of the exact softmax of `scores` times their scale, at most the largest code; nil
  /// without the scale `scores`.
  public func ideal(_ batch: Batch, in configuration: Configuration) -> [Double]? {
    guard let scale = batch.scales["scores"] else { return nil }
    let largest = Double((1 << configuration["CodeBits"]) - 1)
    return RealSoftmax.probabilities(of: batch.item("scores"), scale: scale).map {
      min(-log2($0), largest)
    }
  }

  public func tolerance(in configuration: Configuration) -> Tolerance {
    Tolerance(
      array: "codes", unit: 1, element: 1.25,
      domain: Domain(
        scale: 0x1p-10...0x1p-5, length: 1...1024,
        conditions: """
          at least 20 octaves; a code is the binary logarithm of the probability, to 0.585 by \
          rounding and the rest by the exponential
          """),
      command: "cosim accuracy log2_softmax --check")
  }

  public func work(_ batch: Batch, in configuration: Configuration) -> Work {
    Work(batch.item("scores").values.count, .elements, peakPerCycle: configuration["Lanes"])
  }

  /// `x0`, `b` and `c` from the scale of `scores`, a `Float` widened where the source keeps it so.
  public func settings(
    from scales: [String: Double], in configuration: Configuration
  ) throws(BlockError) -> [String: Tensor] {
    guard let scale = scales["scores"] else {
      throw .missingScale(block: name, name: "scores")
    }
    return try PolynomialExponential.settings(
      scale: scale, interface: interface(in: configuration), block: name)
  }
}

extension Log2Softmax {
  /// Probabilities: 2^-code, or 0, beside the exact softmax.
  public func readings(
    of answer: Batch, to batch: Batch, in configuration: Configuration
  ) -> Readings? {
    guard let scale = batch.scales["scores"] else { return nil }
    let (codes, zero) = (answer.item("codes").values, answer.item("zero").values)
    return Readings(
      got: zip(codes, zero).map { code, zero in
        zero == 1 ? 0 : Double(sign: .plus, exponent: -Int(code), significand: 1)
      },
      exact: RealSoftmax.probabilities(of: batch.item("scores"), scale: scale), unit: nil)
  }
}
