public import Signals

extension Int8GEMM {
  public func transactionCount(
    seed: UInt64, index: Int, in configuration: Configuration
  ) -> Int {
    CounterGenerator.batchSize(seed: seed, index: index)
  }

  /// Products of few tiles each, some of many and some of the largest depth, in all styles of operands;
  /// constants for each channel, or one for all transactions of the batch.
  public func stimulus(seed: UInt64, index: Int, in configuration: Configuration) -> Batch {
    var generator = CounterGenerator.settings(seed: seed, index: index)
    let count = generator.count(in: 16...64)
    let shapes = ProductShapes(configuration)
    var products = ProductBatch()
    for transaction in 0..<count {
      var generator = CounterGenerator.transaction(
        seed: seed, index: index, transaction: transaction)
      let shape = shapes.shape(&generator)
      let values = ProductValues(shape, weightBits: configuration["WeightBits"])
      products.append(
        "", shape, a: values.operands(shape.m, bits: 8, &generator),
        w: values.operands(shape.n, bits: configuration["WeightBits"], &generator),
        (0..<shape.n).map { _ in values.channel(&generator) })
    }
    var batch = products.batch()
    if generator.oneIn(4) { batch.share("bias", 0) }
    if generator.oneIn(4) {
      let fit = ProductValues(
        (m: 1, n: 1, k: 4 * configuration["Depth"]), weightBits: configuration["WeightBits"])
      let channel = fit.channel(&generator)
      batch.share("multiplier", channel.multiplier)
      batch.share("exponent", channel.exponent)
    }
    return batch
  }
}

extension Batch {
  /// One value for an array that each transaction had of its own.
  fileprivate mutating func share(_ name: String, _ value: Int64) {
    items[name] = nil
    shared[name] = Tensor(value)
  }
}

/// Extents of a matrix product.
typealias ProductShape = (m: Int, n: Int, k: Int)

/// What a channel's sums are requantised with.
struct ChannelConstant {
  var bias: Int64 = 0
  var multiplier: Int64
  var exponent: Int64
}

/// Matrix products in the making, one a transaction.
struct ProductBatch {
  private var labels: [String] = []
  private var a = RaggedTensor(rank: 2)
  private var w = RaggedTensor(rank: 2)
  private var constants = [RaggedTensor](repeating: RaggedTensor(rank: 1), count: 3)

  mutating func append(
    _ label: String, _ shape: ProductShape, a: [Int64], w: [Int64],
    _ channels: [ChannelConstant]
  ) {
    labels.append(label)
    self.a.append(shape: [shape.m, shape.k], values: a)
    self.w.append(shape: [shape.n, shape.k], values: w)
    constants[0].append(shape: [shape.n], values: channels.map { $0.bias })
    constants[1].append(shape: [shape.n], values: channels.map { $0.multiplier })
    constants[2].append(shape: [shape.n], values: channels.map { $0.exponent })
  }

  /// Labels are kept where every transaction has one.
  func batch() -> Batch {
    Batch(
      count: labels.count,
      items: [
        "a": a, "w": w, "bias": constants[0], "multiplier": constants[1],
        "exponent": constants[2],
      ], labels: labels.contains("") ? [] : labels)
  }
}

/// Shapes in the sizes at which tiles go wrong.
struct ProductShapes {
  let rows: Int
  let columns: Int
  let depth: Int
  let maxDepth: Int

  init(_ configuration: Configuration) {
    rows = configuration["Rows"]
    columns = configuration["Columns"]
    depth = configuration["Depth"]
    maxDepth = configuration["MaxDepth"]
  }

  /// Mostly one or two tiles and up to sixteen steps; one in 64 has many tiles, one many steps.
  func shape(_ generator: inout CounterGenerator) -> ProductShape {
    switch generator.count(in: 0...63) {
    case 0:
      (
        generator.count(in: 2 * rows...4 * rows), generator.count(in: 2 * columns...4 * columns),
        min(generator.count(in: 1...4 * depth), maxDepth)
      )
    case 1:
      (
        generator.count(in: 1...rows), generator.count(in: 1...2 * columns),
        min(generator.count(in: 16 * depth...64 * depth), maxDepth)
      )
    default:
      (
        extent(of: rows, &generator), extent(of: columns, &generator),
        min(extent(of: 8 * depth, &generator), maxDepth)
      )
    }
  }

  /// About as many as fill `tile`.
  private func extent(of tile: Int, _ generator: inout CounterGenerator) -> Int {
    switch generator.count(in: 0...7) {
    case 0: 1
    case 1: tile
    case 2: 2 * tile
    case 3: tile + 1
    default: generator.count(in: 1...2 * tile + 1)
    }
  }
}

/// Operands and constants of one product.
struct ProductValues {
  private let shape: ProductShape
  /// Binary logarithm of what takes typical sums to most of int8.
  private let fit: Int
  /// The largest product of two operands.
  private let largest: Int64
  /// Exponent of the typical magnitude of a bias.
  private let biasBits: Int

  /// How the elements of an operand are drawn.
  private enum Style: CaseIterable { case uniform, extremes, small, sparse, lowest, highest }

  init(_ shape: ProductShape, weightBits: Int) {
    self.shape = shape
    largest = 1 << Int64(weightBits + 6)
    // Uniform operands deviate by 0.58 of their largest; sums grow with the root of the depth.
    let depthBits = (Int.bitWidth - shape.k.leadingZeroBitCount) / 2
    fit = max(0, weightBits + 5 + depthBits - 7)
    biasBits = fit + 7
  }

  /// `count` rows of `shape.k` elements, eight a draw.
  func operands(
    _ count: Int, bits: Int, _ generator: inout CounterGenerator
  ) -> [Int64] {
    let style = generator.choice(Style.allCases + [.uniform, .uniform, .uniform, .small])
    let total = count * shape.k
    var values = [Int64](unsafeUninitializedCapacity: total + 7) { values, initialized in
      guard let start = values.baseAddress else { return }
      for index in stride(from: 0, to: total, by: 8) {
        let bytes = unsafeBitCast(generator.next(), to: SIMD8<Int8>.self)
        UnsafeMutableRawPointer(start + index).storeBytes(
          of: SIMD8<Int64>(truncatingIfNeeded: bytes), as: SIMD8<Int64>.self)
      }
      initialized = total
    }
    let drop = Int64(8 - bits)
    let high = (Int64(1) << Int64(bits - 1)) - 1
    // A loop for each style, so that each is a vector loop.
    func change(_ body: (Int64) -> Int64) {
      for index in values.indices { values[index] = body(values[index]) }
    }
    switch style {
    case .uniform: if drop > 0 { change { $0 &>> drop } }
    case .extremes: change { $0 < 0 ? -high - 1 : high }
    case .small: change { $0 &>> Int64(8 - 3) }
    case .sparse: change { $0 & 3 == 0 ? $0 &>> drop : 0 }
    case .lowest: change { _ in -high - 1 }
    case .highest: change { _ in high }
    }
    return values
  }

  /// A scale that neither loses nor saturates everything, now and then a power of two, of which ties
  /// come; the bias mostly as large as sums are, now and then as large as 32 bits allow.
  func channel(_ generator: inout CounterGenerator) -> ChannelConstant {
    let word = generator.next()
    let limit = Int64(Int32.max) - Int64(shape.k) * largest
    let sign: Int64 = word & 1 == 0 ? 1 : -1
    let bias: Int64 =
      switch word >> 1 & 7 {
      case 0: 0
      case 1: sign * generator.value(in: 0...limit)
      case 2: sign * limit
      default: sign * generator.value(in: 0...min(limit, 1 << Int64(biasBits)))
      }
    let isPowerOfTwo = word >> 4 & 3 == 0
    let exponent = 31 + fit - 3 + Int((word >> 8) % 7)
    if word >> 16 & 31 == 0 {
      return ChannelConstant(
        bias: bias, multiplier: Int64(word >> 32), exponent: Int64(word >> 21 & 127))
    }
    return ChannelConstant(
      bias: bias,
      multiplier: isPowerOfTwo ? 1 << 30 : 1 << 30 + Int64(word >> 33) >> 1,
      exponent: Int64(max(0, exponent)))
  }
}
