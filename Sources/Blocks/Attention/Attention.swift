import Signals

/// What the attention blocks have in common: parameters, arrays and pins.
///
/// A transaction is one head: queries `q` [Q, D] at the last Q of T positions, keys `k` and values `v`
/// [T, D]. Key *j* is visible to query *i* where j is below `length`, not after the query's own position
/// T - Q + i if the head is causal or decodes, and allowed by `mask` [Q, T].
enum Attention {
  /// The array of multipliers, and what the buffers hold.
  static let parameters = [
    Parameter("Rows", 1...16, default: 4, "queries that are worked on together"),
    Parameter("Columns", 1...32, default: 8, "keys, or elements of the context, at a time"),
    Parameter("Depth", 1...32, default: 8, "products that are summed in a cycle"),
    Parameter("MaxTokens", 1...1024, default: 512, "longest sequence, tokens"),
    Parameter("MaxDimension", 1...256, default: 64, "largest dimension of a head, elements"),
  ]

  /// Parameters that the array, the buffers and the softmax unit can be built for together.
  ///
  /// - Parameter softmax: the parameter that says how many logits the softmax unit takes in a beat.
  static func check(
    _ configuration: Configuration, softmax: String, block: String
  ) throws(BlockError) {
    for (name, divisor) in [
      ("Columns", "Depth"), (softmax, "Columns"), ("MaxDimension", "Depth"),
    ] where configuration[name] % configuration[divisor] != 0 {
      throw .inconsistentParameters(
        block: block,
        reason: "\(name) must be a multiple of \(divisor) = \(configuration[divisor]), "
          + "but is \(configuration[name])")
    }
  }

  /// Multipliers of the array.
  static func multipliers(in configuration: Configuration) -> Int {
    configuration["Rows"] * configuration["Columns"] * configuration["Depth"]
  }

  /// The sums before both requantisers.
  static let accumulator = IntegerFormat.signed(26)

  /// Arrays and streams; `settings` become inputs and ports.
  static func interface(
    in configuration: Configuration, probabilities: IntegerFormat, settings: [ArraySpecification]
  ) -> Interface {
    Interface(
      arrays: inputs + settings + derived + outputs(probabilities), batching: .leading("H"),
      settings: settings.map { .setting($0.name, $0.format) },
      streams: streams(in: configuration))
  }

  private static let inputs: [ArraySpecification] = [
    ArraySpecification(
      "q", .input, axes: ["H", "Q", "D"], .signed(8), "queries, those of the last Q positions"),
    ArraySpecification("k", .input, axes: ["H", "T", "D"], .signed(8), "keys"),
    ArraySpecification("v", .input, axes: ["H", "T", "D"], .signed(8), "values"),
    ArraySpecification(
      "length", .input, axes: ["H"], .unsigned(16), allowsScalar: true, default: 65535,
      "keys from this position on are padding; beyond T, none is"),
    ArraySpecification(
      "causal", .input, axes: ["H"], .unsigned(1), allowsScalar: true, default: 0,
      "1: no key after a query's own position is visible to it"),
    ArraySpecification(
      "decode", .input, axes: ["H"], .unsigned(1), allowsScalar: true, default: 0,
      "1: causal, and each query is answered by itself as soon as its tokens are there"),
    ArraySpecification(
      "mask", .input, axes: ["H", "Q", "T"], .unsigned(1), allowsScalar: true, allowsShared: true,
      default: 1, "1: the key may be visible to the query"),
  ]

  private static let derived: [ArraySpecification] = [
    ArraySpecification("keys", .derived, axes: ["H"], .unsigned(16), "keys before the padding"),
    ArraySpecification("bounded", .derived, axes: ["H"], .unsigned(1), "causal or decode"),
    ArraySpecification("masked", .derived, axes: ["H"], .unsigned(1), "the mask has zeros"),
    ArraySpecification(
      "masks", .derived, axes: ["H", "MaskQ", "MaskT"], .unsigned(1), allowsEmpty: true,
      "the mask where it has zeros, otherwise nothing"),
  ]

  private static func outputs(_ probabilities: IntegerFormat) -> [ArraySpecification] {
    [
      ArraySpecification(
        "context", .output, axes: ["H", "Q", "D"], .signed(8), "weighted means of the values"),
      ArraySpecification(
        "visible", .tap, axes: ["H", "Q", "T"], .unsigned(1), "1: the query sees the key"),
      ArraySpecification(
        "dots", .tap, axes: ["H", "Q", "T"], accumulator,
        "q·k before the requantiser, 0 where masked"),
      ArraySpecification(
        "logits", .tap, axes: ["H", "Q", "T"], .signed(8), "requantised q·k, 0 where masked"),
      ArraySpecification(
        "probs", .tap, axes: ["H", "Q", "T"], probabilities,
        "probabilities, unit 1/256, 0 where masked"),
      ArraySpecification(
        "acc", .tap, axes: ["H", "Q", "D"], accumulator, "probs·v before the requantiser"),
    ]
  }

  /// Everything crosses token by token, so that a decoder can append keys and values.
  private static func streams(in configuration: Configuration) -> [Stream] {
    let (rows, columns, depth) = (
      configuration["Rows"], configuration["Columns"], configuration["Depth"]
    )
    return [
      Stream(
        "head", .input,
        fields: [
          Field("queries", .unsigned(16), content: .extent("Q")),
          Field("tokens", .unsigned(16), content: .extent("T")),
          Field("dimension", .unsigned(16), content: .extent("D")),
          Field("keys", .unsigned(16), content: .array("keys")),
          Field("causal", .unsigned(1), content: .array("bounded")),
          Field("decode", .unsigned(1), content: .array("decode")),
          Field("masked", .unsigned(1), content: .array("masked")),
        ]),
      tokens("q", .input, array: "q", axes: ["Q", "D"], .signed(8), lanes: rows * depth),
      tokens("k", .input, array: "k", axes: ["T", "D"], .signed(8), lanes: depth),
      tokens("v", .input, array: "v", axes: ["T", "D"], .signed(8), lanes: columns),
      tokens(
        "mask", .input, array: "masks", axes: ["MaskQ", "MaskT"], .unsigned(1),
        lanes: columns * depth),
      tokens("context", .output, array: "context", axes: ["Q", "D"], .signed(8), lanes: columns),
    ]
  }

  /// One token after another, each in beats of its own.
  private static func tokens(
    _ name: String, _ direction: Stream.Direction, array: String, axes: [String],
    _ format: IntegerFormat, lanes: Int
  ) -> Stream {
    let walk = Walk(
      beats: [.init(axes[0], 1), .init(axes[1], lanes)], lanes: [.init(axes[1], lanes)])
    let data = Field("data", format, lanes: lanes, content: .array(array), walk: walk)
    let last = Field("last", .unsigned(1), content: .last)
    return Stream(name, direction, fields: direction == .output ? [data, last] : [data])
  }
}
