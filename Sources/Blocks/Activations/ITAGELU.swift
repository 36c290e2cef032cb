import FixedPoint
import Foundation
public import Signals

/// ITA's GELU: I-BERT's polynomial in 16-bit constants, requantised to int8.
///
/// `x` [N] int8 to `y` [N] int8. The scale of the unrounded `gelu` is negative, so `y` is -GELU.
///
/// - Edge cases: code -128 is not clipped to -127. All settings in range are in the domain: |b| is at
///   most 181, so that the square has 15 bits and `gelu` 25.
/// - Source: pulp-platform/ITA, `src/ita_gelu.sv`, constants as in `PyITA/gelu.py`.
public struct ITAGELU: Block {
  public let name = "ita_gelu"
  public let family: Family? = .activation
  public let summary =
    "ITA's GELU: a polynomial of int8 codes in 16-bit constants, requantised to int8."
  public let formula = """
    u    = minimum(|x|, -b)
    L    = (u + b)^2 + c
    erf  = x < 0 ? -L : L
    gelu = x * (erf + c)                       26 bits, unit -0.2888 s^2 / 2 * S, s = S / sqrt 2
    y    = sat8(halfUp(gelu * multiplier / 2^shift) + add)     -GELU
    """
  public let source = "pulp-platform/ITA, src/ita_gelu.sv and src/ita_requantizer.sv"
  public let parameters = [Parameter.lanes]

  public init() {}

  /// `x` and `y` carry data only; the five constants are settings.
  public func interface(in configuration: Configuration) -> Interface {
    let lanes = configuration["Lanes"]
    let settings = [
      ArraySpecification(
        "b", .input, axes: [], .signed(16), range: -181...0,
        "halfUp(-1.769 / s), s = S / sqrt 2"),
      ArraySpecification("c", .input, axes: [], .signed(16), "halfUp(1 / (-0.2888 s^2))"),
      ArraySpecification(
        "multiplier", .input, axes: [], .unsigned(8), "numerator of the scale of gelu"),
      ArraySpecification(
        "shift", .input, axes: [], .unsigned(8),
        "binary logarithm of the denominator of the scale of gelu"),
      ArraySpecification("add", .input, axes: [], .signed(8), "zero point of y"),
    ]
    return Interface(
      arrays: [ArraySpecification("x", .input, axes: ["N"], .signed(8), "codes")] + settings + [
        ArraySpecification("y", .output, axes: ["N"], .signed(8), "-GELU, requantised"),
        ArraySpecification("gelu", .tap, axes: ["N"], .signed(26), "before requantisation"),
      ],
      batching: .chunks("N", size: 256),
      settings: settings.map { .setting($0.name, $0.format) },
      streams: [
        .elements("x", .input, .signed(8), lanes: lanes),
        .elements("y", .output, .signed(8), lanes: lanes),
      ])
  }

  public func golden(_ batch: Batch, in configuration: Configuration) throws(BlockError) -> Batch {
    let x = batch.item("x")
    // One entry a code: what the polynomial and the requantiser make of it.
    let (b, c) = (batch.scalar("b"), batch.scalar("c"))
    let polynomial = (Int64(-128)...127).map { ITAGELU.polynomial($0, b: b, c: c) }
    let requantised = polynomial.map {
      ITARequantizer.requantise(
        $0, multiplier: batch.scalar("multiplier"), shift: batch.scalar("shift"),
        add: batch.scalar("add"))
    }
    return batch.answer([
      "y": x.with(x.values.map { requantised[Int($0) + 128] }),
      "gelu": x.with(x.values.map { polynomial[Int($0) + 128] }),
    ])
  }

  /// `x * (erf + c)` before requantisation.
  private static func polynomial(_ x: Int64, b: Int64, c: Int64) -> Int64 {
    let root = min(abs(x), -b) + b
    let magnitude = root * root + c
    return x * ((x < 0 ? -magnitude : magnitude) + c)
  }

  /// -GELU of the code times the scale of `x`, plus the zero point, clamped to the codes of `y`.
  public func ideal(_ batch: Batch, in configuration: Configuration) -> [Double]? {
    guard let scale = batch.scales["x"], let unit = batch.scales["y"] else { return nil }
    let offset = Double(batch.scalar("add")) * unit
    return batch.item("x").values.map {
      min(
        max(offset - ActivationFunction.gelu.value(at: Double($0) * scale), -128 * unit), 127 * unit
      )
    }
  }

  public func tolerance(in configuration: Configuration) -> Tolerance {
    Tolerance(
      array: "y", unit: 1, scaleKey: "y", element: 0.042,
      domain: Domain(
        scale: 0.0146...0.041, conditions: "settings derived from the scale"),
      command: "cosim accuracy ita_gelu --check")
  }

  public func work(_ batch: Batch, in configuration: Configuration) -> Work {
    Work(batch.item("x").values.count, .elements, peakPerCycle: configuration["Lanes"])
  }

  /// `b`, `c`, `multiplier`, `shift` and `add` (0) from the scale of `x`; `y` then has that scale too.
  ///
  /// The multiplier is clipped at 127, as the source's helper does, from scales of 0.0411 on: the scale
  /// of `y` is then larger than that of `x` by what is missing.
  public func settings(
    from scales: [String: Double], in configuration: Configuration
  ) throws(BlockError) -> [String: Tensor] {
    guard let scale = scales["x"] else { throw .missingScale(block: name, name: "x") }
    let s = scale / 2.0.squareRoot()
    let reals = [
      "b": (-1.769 / s + 0.5).rounded(.down), "c": (1 / (-0.2888 * s * s) + 0.5).rounded(.down),
    ]
    var settings = ["shift": Tensor(20), "add": Tensor(0)]
    for specification in interface(in: configuration).arrays {
      guard let real = reals[specification.name] else { continue }
      guard let value = Int64(exactly: real), specification.range.contains(value), scale > 0 else {
        throw .scaleOutOfRange(
          block: name, limit: "the scale of x must give b and c that fit 16 bits, 0.0146 or more",
          found: "\(specification.name) = \(real) for \(scale)")
      }
      settings[specification.name] = Tensor(value)
    }
    let multiplier = (0.2888 * s * s / 2 * 0x1p20 + 0.5).rounded(.down)
    settings["multiplier"] = Tensor(Int64(min(multiplier, 127)))
    return settings
  }
}

// MARK: - Stimulus

extension ITAGELU {
  private static let codes = Array<Int64>(-128...127)

  /// All 256 codes: with derived constants, with each constant at its limits, and at shifts at which
  /// products are ties.
  public func corners(in configuration: Configuration) -> [Batch] {
    let lanes = configuration["Lanes"]
    var batches = [0.0146, 0.015625, 0.02, 0.03125, 0.05, 0.1].compactMap { scale in
      batch("all codes, scale \(scale)", [ITAGELU.codes], scale: scale, in: configuration)
    }
    let lengths = Set([1, max(1, lanes - 1), lanes, lanes + 1]).sorted().map { length in
      (0..<Int64(length)).map { $0 * 3 - 100 }
    }
    if let short = batch("short", lengths, scale: 0.03125, in: configuration) {
      batches.append(short)
    }
    let limits: [(Int64, Int64, Int64, Int64, Int64)] = [
      (0, 0, 255, 8, 0), (-181, -32768, 255, 0, 0), (-181, 32767, 255, 17, -128),
      (0, -32768, 1, 15, 127), (0, 32767, 1, 255, -1), (-181, -32768, 0, 0, 5), (-1, 1, 1, 1, 0),
      (-128, -16384, 128, 21, 0), (-127, -16129, 1, 13, 0), (-64, 0, 1, 12, 0), (-60, -1, 3, 34, 1),
      // gelu is 2 c x for positive codes: every odd one is a tie.
      (0, -1, 1, 2, 0), (0, 1, 1, 2, 0), (0, -32768, 1, 17, 0), (0, 32767, 64, 8, 9),
    ]
    return batches
      + limits.map { b, c, multiplier, shift, add in
        Batch(
          count: 1,
          shared: ITAGELU.shared(b: b, c: c, multiplier: multiplier, shift: shift, add: add),
          items: ["x": RaggedTensor(rows: [256], values: ITAGELU.codes)],
          labels: [
            "all codes, b \(b), c \(c), multiplier \(multiplier), shift \(shift), add \(add)"
          ])
      }
  }

  public func transactionCount(
    seed: UInt64, index: Int, in configuration: Configuration
  ) -> Int {
    CounterGenerator.batchSize(seed: seed, index: index)
  }

  public func stimulus(seed: UInt64, index: Int, in configuration: Configuration) -> Batch {
    var settings = CounterGenerator.settings(seed: seed, index: index)
    return stimulus(
      seed: seed, index: index, count: settings.count(in: 16...64), in: configuration)
  }

  /// The first `count` transactions of stimulus `index`: settings from a scale of the domain, or any.
  func stimulus(seed: UInt64, index: Int, count: Int, in configuration: Configuration) -> Batch {
    var settings = CounterGenerator.settings(seed: seed, index: index)
    _ = settings.next()
    let rows = (0..<count).map { number -> [Int64] in
      var generator = CounterGenerator.transaction(seed: seed, index: index, transaction: number)
      let length = generator.chunkLength(lanes: configuration["Lanes"])
      let centre = generator.value(in: -128...127)
      let isNarrow = generator.oneIn(2)
      return (0..<length).map { _ in
        isNarrow
          ? min(max(centre + generator.value(in: -4...4), -128), 127)
          : generator.value(in: -128...127)
      }
    }
    let scale = 0.0146 + Double(settings.count(in: 0...264)) * 1e-4
    if index % 3 != 2, let batch = batch("", rows, scale: scale, in: configuration) { return batch }
    return Batch(
      count: count,
      shared: ITAGELU.shared(
        b: settings.value(in: -181...0), c: settings.value(in: -32768...32767),
        multiplier: settings.value(in: 0...255),
        shift: settings.oneIn(4) ? settings.value(in: 0...255) : settings.value(in: 12...28),
        add: settings.value(in: -128...127)),
      items: ["x": RaggedTensor(rows: rows.map(\.count), values: rows.flatMap { $0 })])
  }

  /// Rows of codes with the settings of a scale, nil where the scale is outside the domain. Real scales
  /// are given where the multiplier is not clipped.
  private func batch(
    _ label: String, _ rows: [[Int64]], scale: Double, in configuration: Configuration
  ) -> Batch? {
    guard let settings = try? settings(from: ["x": scale], in: configuration),
      let multiplier = settings["multiplier"]?.scalar
    else { return nil }
    let unit = scale * 0.2888 * scale * scale / 4 * 0x1p20 / Double(multiplier)
    return Batch(
      count: rows.count, shared: settings,
      items: ["x": RaggedTensor(rows: rows.map(\.count), values: rows.flatMap { $0 })],
      labels: label.isEmpty ? [] : rows.map { "\(label), length \($0.count)" },
      scales: multiplier < 127 ? ["x": scale, "y": unit] : [:])
  }

  private static func shared(
    b: Int64, c: Int64, multiplier: Int64, shift: Int64, add: Int64
  ) -> [String: Tensor] {
    [
      "b": Tensor(b), "c": Tensor(c), "multiplier": Tensor(multiplier), "shift": Tensor(shift),
      "add": Tensor(add),
    ]
  }
}

extension ITAGELU {
  /// Settings of the scale; the scale of `y` is what the multiplier makes of it, clipped or not.
  public func batch(
    of codes: RaggedTensor, scale: Double, in configuration: Configuration
  ) throws(BlockError) -> Batch {
    var batch = try batch(of: codes, scales: ["x": scale], in: configuration)
    let multiplier = Double(batch.scalar("multiplier"))
    batch.scales["y"] = scale * 0.2888 * scale * scale / 4 * 0x1p20 / multiplier
    return batch
  }
}
