public import Signals

extension Int8GEMM {
  /// Every way in which a tile can be partial, extreme operands at every depth, sums and biases at both
  /// ends of their formats, ties, both saturations, and every kind of scale.
  public func corners(in configuration: Configuration) -> [Batch] {
    var corners = ProductCorners(configuration)
    corners.addShapes()
    corners.addExtremes()
    corners.addDepths()
    corners.addBiases()
    corners.addRoundings()
    corners.addScales()
    return [corners.products.batch()]
  }
}

/// Labelled matrix products in the making, one a transaction.
private struct ProductBatch {
  private var labels: [String] = []
  private var a = RaggedTensor(rank: 2)
  private var w = RaggedTensor(rank: 2)
  private var constants = [RaggedTensor](repeating: RaggedTensor(rank: 1), count: 3)

  mutating func append(
    _ label: String, _ shape: ProductShape, a: [Int64], w: [Int64], _ channels: [ChannelConstant]
  ) {
    labels.append(label)
    self.a.append(shape: [shape.m, shape.k], values: a)
    self.w.append(shape: [shape.n, shape.k], values: w)
    constants[0].append(shape: [shape.n], values: channels.map { $0.bias })
    constants[1].append(shape: [shape.n], values: channels.map { $0.multiplier })
    constants[2].append(shape: [shape.n], values: channels.map { $0.exponent })
  }

  func batch() -> Batch {
    Batch(
      count: labels.count,
      items: [
        "a": a, "w": w, "bias": constants[0], "multiplier": constants[1],
        "exponent": constants[2],
      ], labels: labels)
  }
}

/// Directed products, each with a label.
private struct ProductCorners {
  private(set) var products = ProductBatch()
  private let shapes: ProductShapes
  private let weightBits: Int
  /// Both ends of the operands.
  private let a: (low: Int64, high: Int64) = (-128, 127)
  private let w: (low: Int64, high: Int64)
  private var generator = CounterGenerator(seed: 0, stream: 0xC0, index: 0)

  init(_ configuration: Configuration) {
    shapes = ProductShapes(configuration)
    weightBits = configuration["WeightBits"]
    w = (-(1 << Int64(weightBits - 1)), (1 << Int64(weightBits - 1)) - 1)
  }

  /// Adds a product; operands and constants by row and element, and by channel.
  private mutating func add(
    _ label: String, _ shape: ProductShape, a: (Int, Int) -> Int64, w: (Int, Int) -> Int64,
    _ channel: (Int) -> ChannelConstant
  ) {
    func matrix(_ rows: Int, _ element: (Int, Int) -> Int64) -> [Int64] {
      (0..<rows).flatMap { row in (0..<shape.k).map { element(row, $0) } }
    }
    products.append(
      label, shape, a: matrix(shape.m, a), w: matrix(shape.n, w), (0..<shape.n).map(channel))
  }

  /// Adds a product of random operands whose channels differ.
  private mutating func addRandom(_ label: String, _ m: Int, _ n: Int, _ k: Int) {
    let shape = (m: m, n: n, k: min(k, shapes.maxDepth))
    let values = ProductValues(depth: shape.k, weightBits: weightBits)
    func uniform(_ count: Int, bits: Int64) -> [Int64] {
      (0..<count).map { _ in generator.value(in: -(1 << (bits - 1))...(1 << (bits - 1)) - 1) }
    }
    products.append(
      label, shape, a: uniform(m * shape.k, bits: 8),
      w: uniform(n * shape.k, bits: Int64(weightBits)),
      (0..<n).map { _ in values.channel(&generator) })
  }

  /// 1, about a tile, about two, and primes, along each axis and along all.
  mutating func addShapes() {
    let (rows, columns, depth) = (shapes.rows, shapes.columns, shapes.depth)
    addRandom("one of each", 1, 1, 1)
    addRandom("one tile", rows, columns, depth)
    addRandom("M = Rows + 1", rows + 1, columns, depth)
    addRandom("N = Columns + 1", rows, columns + 1, depth)
    addRandom("K = Depth + 1", rows, columns, depth + 1)
    addRandom("one less than a tile", max(1, rows - 1), max(1, columns - 1), max(1, depth - 1))
    addRandom("M = 1", 1, 2 * columns + 1, 3 * depth + 1)
    addRandom("N = 1", 2 * rows + 1, 1, 3 * depth + 1)
    addRandom("K = 1", 2 * rows + 1, 2 * columns + 1, 1)
    addRandom("M = N = 1", 1, 1, 5 * depth - 1)
    addRandom("two tiles each", 2 * rows, 2 * columns, 2 * depth)
    addRandom("three partial tiles each", 2 * rows + 1, 2 * columns + 1, 2 * depth + 1)
    addRandom("primes", 7, 11, 13)
    addRandom("larger primes", 23, 19, 37)
  }

  /// The largest and smallest products of every pair of extreme operands, by itself and summed.
  mutating func addExtremes() {
    let codes: [Int64] = [-128, -127, -1, 0, 1, 127]
    let weights = [w.low, w.low + 1, -1, 0, 1, w.high]
    let unit = ChannelConstant(multiplier: 1, exponent: 0)
    let eighth = ChannelConstant(multiplier: 1 << 24, exponent: 24 + Int64(weightBits))
    for (label, constant) in [("by 1", unit), ("by 2^-WeightBits", eighth)] {
      add(
        "products of extremes \(label)", (codes.count, weights.count, 1), a: { m, _ in codes[m] },
        w: { n, _ in weights[n] }, { _ in constant })
    }
    let shape = (m: shapes.rows, n: shapes.columns, k: min(3 * shapes.depth + 1, shapes.maxDepth))
    let inRange = fitting(shape.k)
    for (name, x) in [("-128", a.low), ("127", a.high)] {
      for (weight, y) in [("lowest", w.low), ("highest", w.high)] {
        for (label, constant) in [("saturating", unit), ("in range", inRange)] {
          add(
            "all \(name) by the \(weight) weight, \(label)", shape, a: { _, _ in x },
            w: { _, _ in y }, { _ in constant })
        }
      }
    }
    add(
      "alternating", shape, a: { $1 % 2 == 0 ? -128 : 127 },
      w: { [w] in $1 % 2 == 0 ? w.low : w.high }, { _ in inRange })
  }

  /// A scale that takes the largest sum of `k` products to about 64.
  private func fitting(_ k: Int) -> ChannelConstant {
    let bits = Int.bitWidth - k.leadingZeroBitCount + weightBits
    return ChannelConstant(multiplier: 1 << 30, exponent: Int64(30 + bits))
  }

  /// The largest depth, by itself, in several strips and tiles, and between short ones.
  mutating func addDepths() {
    let most = shapes.maxDepth
    let inRange = fitting(most)
    for (label, x) in [("-128", a.low), ("127", a.high)] {
      add(
        "MaxDepth products of \(label) and the lowest weight", (1, 1, most), a: { _, _ in x },
        w: { [w] _, _ in w.low }, { _ in inRange })
    }
    addRandom("short before K = MaxDepth", 1, shapes.columns + 1, 1)
    addRandom("K = MaxDepth", 2, min(2, shapes.columns), most)
    if most * (shapes.rows + 1) <= 1 << 17 {
      addRandom("K = MaxDepth in two strips", shapes.rows + 1, shapes.columns + 1, most)
    }
    // While the first strip is still read, the second is whole and the third waits for a place.
    if most * (3 * shapes.rows + 1) <= 1 << 17 {
      addRandom("K = MaxDepth in three strips", 3 * shapes.rows + 1, 2 * shapes.columns + 1, most)
    }
    addRandom("short behind K = MaxDepth", shapes.rows, 1, 2)
    if most > 1 { addRandom("K = MaxDepth - 1", 1, 2, most - 1) }
  }

  /// Biases at the ends of 32 bits, alone and where a product takes the sum to the very end.
  mutating func addBiases() {
    let (top, bottom) = (Int64(Int32.max), Int64(Int32.min))
    let (most, least) = (a.low * w.low, a.high * w.low)
    for shift: Int64 in [0, 16, 24, 25, 40] {
      let limits = [top, bottom, top - 1, bottom + 1, 0, 1, -1]
      add(
        "bias alone by 2^-\(shift)", (1, limits.count, 1), a: { _, _ in 0 }, w: { _, _ in 1 },
        { ChannelConstant(bias: limits[$0], multiplier: 1, exponent: shift) })
      add(
        "largest sum by 2^-\(shift)", (2, 1, 1), a: { [a] m, _ in m == 0 ? a.low : 0 },
        w: { [w] _, _ in w.low },
        { _ in ChannelConstant(bias: top - most, multiplier: 1, exponent: shift) })
      add(
        "smallest sum by 2^-\(shift)", (2, 1, 1), a: { [a] m, _ in m == 0 ? a.high : 0 },
        w: { [w] _, _ in w.low },
        { _ in ChannelConstant(bias: bottom - least, multiplier: 1, exponent: shift) })
    }
  }

  /// Halves and their neighbours in every channel, and steps of a half around both saturations.
  mutating func addRoundings() {
    let channels: [ChannelConstant] = [1, 2, 3, 8, 16, 31, 32].flatMap { exponent in
      [-1, 0, 1].map { offset in
        ChannelConstant(
          multiplier: max(0, (Int64(1) << (exponent - 1)) + offset), exponent: exponent)
      }
    }
    add(
      "ties", (19, channels.count, 1), a: { m, _ in Int64(m - 9) }, w: { _, _ in 1 },
      { channels[$0] })
    let edges = [-128, 127].flatMap { end in (-4...4).map { Int64(2 * end + $0) } }
    add(
      "edges of saturation", (1, edges.count, 1), a: { _, _ in 0 }, w: { _, _ in 1 },
      { ChannelConstant(bias: edges[$0], multiplier: 1, exponent: 1) })
  }

  /// Multipliers and exponents up to the ends of their formats.
  mutating func addScales() {
    let multipliers: [Int64] = [0, 1, 1 << 30, 1 << 31, 0xFFFF_FFFF]
    let exponents: [Int64] = [0, 1, 31, 32, 63, 64, 65, 95, 96, 127]
    let biases: [Int64] = [0, 1 << 20, -(1 << 20)]
    for bias in biases {
      add(
        "scales, bias \(bias)", (3, multipliers.count * exponents.count, 1),
        a: { m, _ in [-128, 1, 127][m] }, w: { _, _ in 1 },
        {
          ChannelConstant(
            bias: bias, multiplier: multipliers[$0 / exponents.count],
            exponent: exponents[$0 % exponents.count])
        })
    }
  }
}
