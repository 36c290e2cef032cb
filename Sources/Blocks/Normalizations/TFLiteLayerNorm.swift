public import Signals

/// TensorFlow Lite's int16 layer normalisation, the helper of its integer LSTM.
public struct TFLiteLayerNorm {
  public let name = "tflite_layernorm"
  public let summary =
    "Layer normalisation of int16 rows as TensorFlow Lite's integer LSTM computes it"
  public let formula = """
    mean     = truncate(1024 * sum of x / L), 10 fraction bits
    variance = truncate((sum of x^2 * floor(2^20 / L) - mean^2) / 2^20); variance_limit where below 1
    (m, s)   = inverse square root of variance
    v        = MBQM(1024 * x - mean, m, s) * weight + bias
    y        = sat16(MBQM(halfAwayFromZero(v / 1024), multiplier, shift + 12)), scale 2^-12
    MBQM is the double rounding of gemmlowp_requantizer. v and both products of MBQM must fit 32 bits.
    """
  public let source = """
    tensorflow/tflite-micro, kernels/internal/reference/portable_tensor_utils.cc: \
    PortableApplyLayerNorm; kernels/internal/quantization_util.cc: GetInvSqrtQuantizedMultiplierExp
    """
  public let parameters = [Parameter.lanes, Parameter.maxLength()]

  public init() {}

  /// Rows in and out, `Lanes` a beat. `affine` brings weight and bias of a row's elements, beat for
  /// beat as `x`, again for each row.
  public func interface(in configuration: Configuration) -> Interface {
    let lanes = configuration["Lanes"]
    let x = ArraySpecification("x", .input, axes: ["R", "L"], .signed(16), "Codes")
    let y = ArraySpecification("y", .output, axes: ["R", "L"], .signed(16), "Codes, scale 2^-12")
    let affine = [
      ArraySpecification("weight", .input, axes: ["L"], .signed(16), "Weights"),
      ArraySpecification(
        "bias", .input, axes: ["L"], .signed(32), "Biases, scale of weight / 1024"),
    ]
    let settings = [
      ArraySpecification(
        "multiplier", .input, axes: [], .signed(32), range: 0...0x7FFF_FFFF,
        "Mantissa of the scale of weight, Q0.31"),
      ArraySpecification(
        "shift", .input, axes: [], .signed(7), range: -43...18, "Exponent of the scale of weight"),
      ArraySpecification(
        "variance_limit", .input, axes: [], .signed(32), range: 1...0x7FFF_FFFF,
        "Variance of rows whose variance is below 1"),
    ]
    return Interface(
      arrays: [x] + affine + settings + [
        y,
        ArraySpecification("mean", .tap, axes: ["R"], .signed(26), "Mean, 10 fraction bits"),
        ArraySpecification("variance", .tap, axes: ["R"], .signed(32), "Variance, at least 1"),
      ],
      batching: .leading("R"), settings: settings.map { .setting($0.name, $0.format) },
      streams: [
        .rows("x", .input, format: x.format, lanes: lanes),
        Stream(
          "affine", .input,
          fields: affine.map { Field($0.name, $0.format, lanes: lanes, content: .array($0.name)) }
            + [
              Field("keep", .unsigned(1), lanes: lanes, content: .keep),
              Field("last", .unsigned(1), content: .last),
            ]),
        .rows("y", .output, format: y.format, lanes: lanes),
      ])
  }
}
