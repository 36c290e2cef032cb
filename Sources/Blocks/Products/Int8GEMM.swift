public import Signals

/// Multiplies int8 matrices, adds a bias, and requantises each channel to int8.
///
/// `a` [M,K] int8, `w` [N,K] of `WeightBits`, one row a channel; `bias` int32, `multiplier` and
/// `exponent` [N], or one value for all channels; `y` [M,N] int8. `acc`, the exact sum with its bias,
/// is rounded half to even once, then saturated.
///
/// - Edge cases: an `acc` that leaves 32 bits is outside the domain. The products of K <= `MaxDepth`
///   never do; a bias can take them there.
/// - Source: Jacob et al., integer-arithmetic-only inference (arXiv 1712.05877), section 2; the
///   requantisation is I-BERT's (arXiv 2101.01321).
public struct Int8GEMM: Block {
  public let name = "int8_gemm"
  public let summary = "Multiplies int8 matrices and requantises each channel to int8."
  public let formula = """
    acc[m,n] = sum over k of a[m,k] * w[n,k] + bias[n]
    y[m,n] = sat8(rhe(acc[m,n] * multiplier[n] / 2^exponent[n]))
    rhe: to nearest, ties to even; sat8: to 8 bits, two's complement; acc fits 32 bits
    """
  public let source =
    "arXiv 1712.05877, section 2; I-BERT, FixedPointMul (huggingface/transformers)"
  public let parameters = [
    Parameter("Rows", 1...64, default: 8, "rows of a that are multiplied at once"),
    Parameter("Columns", 1...64, default: 8, "channels that are multiplied at once"),
    Parameter("Depth", 1...64, default: 4, "products of a dot product"),
    Parameter("WeightBits", 4...8, default: 8, "width of w, bits", choices: [8, 4]),
    Parameter("MaxDepth", 1...65536, default: 1024, "largest K, elements"),
    Parameter("DrainRows", 1...64, default: 1, "rows requantised in a cycle, a divisor of Rows"),
  ]

  /// The largest M and N; that of K is `MaxDepth`.
  public static let maxExtent = 65536

  public init() {}

  /// Pins and arrays. Tiles of the array of multipliers cross as its loops take them: `w` and the
  /// channels' constants once, `a` once for each tile of channels.
  ///
  /// - Throws: ``BlockError/inconsistentParameters(block:reason:)`` unless `DrainRows` divides `Rows`.
  public func interface(in configuration: Configuration) throws(BlockError) -> Interface {
    let array = MultiplierArray(configuration)
    guard array.rows % array.drainRows == 0 else {
      throw .inconsistentParameters(
        block: name,
        reason: "DrainRows = \(array.drainRows) does not divide Rows = \(array.rows)")
    }
    return Interface(
      arrays: arrays(weight: .signed(configuration["WeightBits"])), batching: .whole,
      streams: streams(array, weight: .signed(configuration["WeightBits"])))
  }

  private func arrays(weight: IntegerFormat) -> [ArraySpecification] {
    [
      ArraySpecification("a", .input, axes: ["M", "K"], .signed(8), "activations"),
      ArraySpecification("w", .input, axes: ["N", "K"], weight, "weights, one row a channel"),
      ArraySpecification(
        "bias", .input, axes: ["N"], .signed(32), allowsScalar: true, default: 0,
        "added to the sum of products, unit of acc"),
      ArraySpecification(
        "multiplier", .input, axes: ["N"], .unsigned(32), allowsScalar: true,
        "numerator of the scale of acc"),
      ArraySpecification(
        "exponent", .input, axes: ["N"], .unsigned(7), allowsScalar: true,
        "binary logarithm of the denominator of the scale of acc"),
      ArraySpecification("y", .output, axes: ["M", "N"], .signed(8), "rescaled, saturated sums"),
      ArraySpecification("acc", .tap, axes: ["M", "N"], .signed(32), "sum of products and bias"),
    ]
  }

  private func streams(_ array: MultiplierArray, weight: IntegerFormat) -> [Signals.Stream] {
    typealias Loop = Walk.Loop
    let strips = Loop("N", array.columns)
    let tiles = Loop("M", array.rows)
    let steps = Loop("K", array.depth)
    func field(
      _ field: String, _ format: IntegerFormat, _ content: String, beats: [Loop], lanes: [Loop]
    ) -> Field {
      let walk = Walk(beats: beats, lanes: lanes)
      return Field(field, format, lanes: walk.laneCount, content: .array(content), walk: walk)
    }
    let extents = ["M", "N", "K"].map {
      Field($0.lowercased(), .unsigned(17), content: .extent($0))
    }
    let constants = [
      ("bias", IntegerFormat.signed(32)), ("multiplier", .unsigned(32)), ("exponent", .unsigned(7)),
    ].map { field($0, $1, $0, beats: [strips], lanes: [strips]) }
    return [
      Stream("shape", .input, fields: extents),
      Stream(
        "w", .input,
        fields: [field("data", weight, "w", beats: [strips, steps], lanes: [strips, steps])]),
      Stream("channel", .input, fields: constants),
      Stream(
        "a", .input,
        fields: [
          field("data", .signed(8), "a", beats: [strips, tiles, steps], lanes: [tiles, steps])
        ]),
      Stream(
        "y", .output,
        fields: [
          field(
            "data", .signed(8), "y", beats: [strips, tiles, Loop("M", array.drainRows)],
            lanes: [Loop("M", array.drainRows), strips])
        ]),
    ]
  }
}

/// The array of multipliers that a configuration builds.
struct MultiplierArray {
  let rows: Int
  let columns: Int
  let depth: Int
  let drainRows: Int

  init(_ configuration: Configuration) {
    rows = configuration["Rows"]
    columns = configuration["Columns"]
    depth = configuration["Depth"]
    drainRows = configuration["DrainRows"]
  }

  /// Multiplications in a cycle.
  var peak: Int { rows * columns * depth }

  /// Cycles in which nothing but the multipliers and the drain of their sums sets the pace:
  /// ceil(n / Columns) · Σ over the tiles of rows of max(ceil(k / Depth), ceil(rows / DrainRows)).
  func cycles(m: Int, n: Int, k: Int) -> Int {
    func tiles(_ extent: Int, _ size: Int) -> Int { (extent + size - 1) / size }
    let steps = tiles(k, depth)
    let rest = m % rows
    let whole = m / rows * max(steps, tiles(rows, drainRows))
    return tiles(n, columns) * (whole + (rest > 0 ? max(steps, tiles(rest, drainRows)) : 0))
  }
}
