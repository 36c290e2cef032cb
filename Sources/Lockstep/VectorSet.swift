public import Blocks
public import Signals
import Vectors

/// The corner and random transactions of a block with their golden answers, to be written to disk.
public struct VectorSet: Sendable {
  private let block: any Block
  private let configuration: Configuration
  private let seed: UInt64

  public init(_ block: any Block, in configuration: Configuration, seed: UInt64) {
    self.block = block
    self.configuration = configuration
    self.seed = seed
  }

  /// The batches that `cosim verify` compares: corners, then `count` random transactions.
  public func batches(count: Int) throws -> [Batch] {
    let workload = Workload.directedAndRandom(block, in: configuration, seed: seed, count: count)
    return try (0..<workload.chunkCount).map { try workload.part($0).batch }
  }

  /// Writes `$readmemh` files of a batch and its response into a new folder.
  public func writeHex(_ batch: Batch, to folder: String) throws {
    let interface = try block.interface(in: configuration)
    let golden = try block.golden(batch, in: configuration)
    try HexExport.write(
      Stimulus(
        block.derived(batch, in: configuration), interface: interface, filler: seed),
      Response(golden, interface: interface), interface: interface,
      title: "\(block.name) \(configuration)", to: folder)
  }

  /// Writes inputs and expected outputs of a batch, one `.npz` for each shape of transactions.
  ///
  /// - Parameter path: without extension; a number is appended where there are several shapes.
  /// - Returns: the number of files.
  public func writeArrays(_ batch: Batch, to path: String) throws -> Int {
    let interface = try block.interface(in: configuration)
    let golden = try block.golden(batch, in: configuration)
    let groups = shapes(batch, interface: interface)
    for (index, group) in groups.enumerated() {
      var arrays = try select(batch, group).arrays([.input], interface: interface)
      let answer = try select(golden, group).arrays([.output], interface: interface)
      arrays.merge(answer) { input, _ in input }
      let suffix = groups.count == 1 ? "" : "_\(index)"
      try VectorFile.write(arrays, interface: interface, to: "\(path)\(suffix).npz")
    }
    return groups.count
  }

  /// Transactions by shape; element-wise ones belong together whatever their length, and
  /// those that are a whole file each do not.
  private func shapes(_ batch: Batch, interface: Interface) -> [[Int]] {
    switch interface.batching {
    case .chunks: return [Array(0..<batch.count)]
    case .whole: return (0..<batch.count).map { [$0] }
    case .leading: break
    }
    let names = batch.items.keys.sorted()
    var groups: [[[Int]]: [Int]] = [:]
    for index in 0..<batch.count {
      groups[names.map { batch.items[$0]?.shape(of: index) ?? [] }, default: []].append(index)
    }
    return groups.values.sorted { $0[0] < $1[0] }
  }

  private func select(_ batch: Batch, _ indices: [Int]) -> Batch {
    let items = batch.items.mapValues { item in
      indices.reduce(into: RaggedTensor(rank: item.rank)) { $0.append(item[$1]) }
    }
    return Batch(count: indices.count, shared: batch.shared, items: items, scales: batch.scales)
  }
}
