public import Signals

extension Int8GEMM {
  public func transactionCount(
    seed: UInt64, index: Int, in configuration: Configuration
  ) -> Int {
    CounterGenerator.batchSize(seed: seed, index: index)
  }

  /// Products of few tiles each, some of many and some of many steps, in all styles of operands;
  /// constants for each channel, or one for all transactions of the batch.
  public func stimulus(seed: UInt64, index: Int, in configuration: Configuration) -> Batch {
    var generator = CounterGenerator.settings(seed: seed, index: index)
    let count = generator.count(in: 16...64)
    let weightBits = configuration["WeightBits"]
    var products = RandomProducts(weightBits: weightBits)
    let shapes = ProductShapes(configuration)
    for transaction in 0..<count {
      var generator = CounterGenerator.transaction(
        seed: seed, index: index, transaction: transaction)
      products.append(shapes.shape(&generator), generator)
    }
    var batch = products.batch()
    if generator.oneIn(4) { batch.share("bias", 0) }
    if generator.oneIn(4) {
      let values = ProductValues(depth: 4 * configuration["Depth"], weightBits: weightBits)
      let channel = values.channel(&generator)
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

/// Random products whose shapes are known before any value is drawn, so that no array grows.
private struct RandomProducts {
  private let weightBits: Int
  private var shapes: [ProductShape] = []
  /// What the values of each are drawn from.
  private var generators: [CounterGenerator] = []
  private var sizes = (a: 0, w: 0, channels: 0)

  init(weightBits: Int) { self.weightBits = weightBits }

  mutating func append(_ shape: ProductShape, _ generator: CounterGenerator) {
    shapes.append(shape)
    generators.append(generator)
    sizes.a += shape.m * shape.k
    sizes.w += shape.n * shape.k
    sizes.channels += shape.n
  }

  /// Draws all values.
  func batch() -> Batch {
    var a = [Int8](repeating: 0, count: sizes.a + RaggedTensor.slack)
    var w = [Int8](repeating: 0, count: sizes.w + RaggedTensor.slack)
    var constants = [[Int64]](repeating: [], count: 3)
    for index in constants.indices { constants[index].reserveCapacity(sizes.channels) }
    var (firstA, firstW) = (0, 0)
    for (shape, start) in zip(shapes, generators) {
      var generator = start
      let values = ProductValues(depth: shape.k, weightBits: weightBits)
      a.withUnsafeMutableBufferPointer {
        values.draw(shape.m, bits: 8, into: $0, from: firstA, &generator)
      }
      w.withUnsafeMutableBufferPointer {
        values.draw(shape.n, bits: weightBits, into: $0, from: firstW, &generator)
      }
      for _ in 0..<shape.n {
        let channel = values.channel(&generator)
        constants[0].append(channel.bias)
        constants[1].append(channel.multiplier)
        constants[2].append(channel.exponent)
      }
      firstA += shape.m * shape.k
      firstW += shape.n * shape.k
    }
    let channels = shapes.map { $0.n }
    return Batch(
      count: shapes.count,
      items: [
        "a": RaggedTensor(rank: 2, extents: shapes.flatMap { [$0.m, $0.k] }, bytes: a),
        "w": RaggedTensor(rank: 2, extents: shapes.flatMap { [$0.n, $0.k] }, bytes: w),
        "bias": RaggedTensor(rows: channels, values: constants[0]),
        "multiplier": RaggedTensor(rows: channels, values: constants[1]),
        "exponent": RaggedTensor(rows: channels, values: constants[2]),
      ])
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
  private let depth: Int
  /// Binary logarithm of what takes typical sums to most of int8.
  private let fit: Int
  /// The largest product of two operands.
  private let largest: Int64

  /// How the elements of an operand are drawn.
  private enum Style: CaseIterable { case uniform, extremes, small, sparse, lowest, highest }

  /// Mostly uniform.
  private static let styles = Style.allCases + [.uniform, .uniform, .uniform, .small]

  init(depth: Int, weightBits: Int) {
    self.depth = depth
    largest = 1 << Int64(weightBits + 6)
    // Uniform operands deviate by 0.58 of their largest; sums grow with the root of the depth.
    let depthBits = (Int.bitWidth - depth.leadingZeroBitCount) / 2
    fit = max(0, weightBits + 5 + depthBits - 7)
  }

  /// Sets `count` rows of the product's depth, eight elements a draw: up to 7 behind the last are set,
  /// too.
  func draw(
    _ count: Int, bits: Int, into all: UnsafeMutableBufferPointer<Int8>, from first: Int,
    _ generator: inout CounterGenerator
  ) {
    let style = generator.choice(ProductValues.styles)
    let total = count * depth
    guard let values = all.baseAddress.map({ $0 + first }) else { return }
    for index in stride(from: 0, to: total, by: 8) {
      UnsafeMutableRawPointer(values + index).storeBytes(of: generator.next(), as: UInt64.self)
    }
    let drop = Int8(8 - bits)
    let high = Int8.max >> drop
    // A loop for each style, so that each is a vector loop.
    func change(_ body: (Int8) -> Int8) {
      for index in 0..<total { values[index] = body(values[index]) }
    }
    switch style {
    case .uniform: if drop > 0 { change { $0 &>> drop } }
    case .extremes: change { $0 < 0 ? -high - 1 : high }
    case .small: change { $0 &>> (8 - 3) }
    case .sparse: change { $0 & 3 == 0 ? $0 &>> drop : 0 }
    case .lowest: change { _ in -high - 1 }
    case .highest: change { _ in high }
    }
  }

  /// A scale that neither loses nor saturates everything, now and then a power of two, of which ties
  /// come; the bias mostly as large as sums are, now and then as large as 32 bits allow.
  func channel(_ generator: inout CounterGenerator) -> ChannelConstant {
    let word = generator.next()
    let limit = Int64(Int32.max) - Int64(depth) * largest
    let sign: Int64 = word & 1 == 0 ? 1 : -1
    let bias: Int64 =
      switch word >> 1 & 7 {
      case 0: 0
      case 1: sign * generator.value(in: 0...limit)
      case 2: sign * limit
      default: sign * generator.value(in: 0...min(limit, 1 << Int64(fit + 7)))
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
