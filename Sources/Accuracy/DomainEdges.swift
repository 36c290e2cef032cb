import Blocks
import Foundation
import Signals

/// Directed inputs at the edges of a claimed domain and between them.
struct DomainEdges {
  struct Edge {
    var label: String
    var batch: Result<Batch, BlockError>
  }

  private let variant: Variant
  private let domain: Domain
  private let array: ArraySpecification?
  private let seed: UInt64
  private let isRowBlock: Bool

  init(_ variant: Variant, seed: UInt64) {
    self.variant = variant
    self.seed = seed
    domain = variant.block.tolerance(in: variant.configuration).domain
    let interface = try? variant.block.interface(in: variant.configuration)
    array = interface?.arrays.first { $0.role == .input }
    isRowBlock = array?.axes.count == 2
  }

  /// Every edge: both ends of the scales and three between, each with lengths and deviations, or
  /// with codes up to the largest magnitude.
  func all() -> [Edge] {
    guard let array, variant.block.family != nil else { return [] }
    return scales(array).flatMap { scale -> [Edge] in
      if !isRowBlock { return [edge("codes up to the limit", elements(array, scale), scale)] }
      return lengths().flatMap { length -> [Edge] in
        rowSets(array, scale, length).map { label, rows in
          let values = rows.flatMap { $0 }
          return edge(
            "\(label), length \(length)",
            RaggedTensor(rows: [Int](repeating: length, count: rows.count), values: values), scale)
        }
      }
    }
  }

  private func edge(_ label: String, _ codes: RaggedTensor, _ scale: Double) -> Edge {
    let (block, configuration) = (variant.block, variant.configuration)
    let name = domain.scale == nil ? label : "\(label), scale \(scale)"
    do throws(BlockError) {
      return Edge(
        label: name,
        batch: .success(try block.batch(of: codes, scale: scale, in: configuration)))
    } catch {
      return Edge(label: name, batch: .failure(error))
    }
  }

  private func scales(_ array: ArraySpecification) -> [Double] {
    if let built = domain.builtInScale { return [built] }
    if let scale = domain.scale {
      let ratio = scale.upperBound / scale.lowerBound
      return [scale.lowerBound] + [0.25, 0.5, 0.75].map { scale.lowerBound * pow(ratio, $0) }
        + [scale.upperBound]
    }
    if let magnitude = domain.magnitude {
      // Codes that just reach it, and that reach an eighth of it.
      return [magnitude, magnitude / 8].map { $0 / Double(array.range.upperBound + 1) }
    }
    // Ratios whose output just fills 8 bits, and saturates them.
    let full = 128 / Double(array.range.upperBound)
    return [full, 0.77 * full, 0.37]
  }

  private func lengths() -> [Int] {
    let range = domain.length ?? 1...256
    let longest = variant.configuration.values["MaxLength"] ?? range.upperBound
    let upper = min(range.upperBound, longest)
    return Set([range.lowerBound, 2, 3, 16, 33, 64, 100, 128, 256, 511, upper]).sorted()
      .filter { $0 <= upper && domain.contains(length: $0) }
  }

  /// All codes of the array within the magnitude, or 4097 evenly spaced ones and all around 0.
  private func elements(_ array: ArraySpecification, _ scale: Double) -> RaggedTensor {
    var (low, high) = (array.range.lowerBound, array.range.upperBound)
    if let magnitude = domain.magnitude, magnitude / scale < 0x1p62 {
      let limit = Int64(magnitude / scale)
      (low, high) = (max(low, -limit), min(high, limit))
    }
    var values: [Int64]
    if high - low < 1 << 16 {
      values = Array(low...high)
    } else {
      let step = Double(high - low) / 4096
      values = (0...4096).map { low + Int64(Double($0) * step) } + Array(-512...512)
      values[4096] = high
    }
    return RaggedTensor(rows: [values.count], values: values)
  }

  /// Rows by label: normal ones where the domain asks for them, else every shape.
  private func rowSets(
    _ array: ArraySpecification, _ scale: Double, _ length: Int
  ) -> [(String, [[Int64]])] {
    func normal(_ deviation: Double) -> [[Int64]] {
      let tensor = NormalRows(
        seed: seed &+ UInt64(length), deviation: deviation, range: array.range
      ).rows(count: 6, length: length)
      return (0..<tensor.count).map { tensor[$0].values }
    }
    if let range = domain.deviation {
      let unit = domain.scale == nil ? 1 : scale
      let middle = (range.lowerBound * range.upperBound).squareRoot()
      return [range.lowerBound, middle, range.upperBound].map {
        ("normal rows of deviation \($0)", normal($0 / unit))
      }
    }
    let (low, high) = (array.range.lowerBound, array.range.upperBound)
    let middle = (low + high) / 2
    func row(_ value: (Int) -> Int64) -> [Int64] { (0..<length).map(value) }
    let shapes = [
      row { _ in high }, row { _ in low }, row { $0 == 0 ? high : low },
      row { $0 == 0 ? low : high }, row { $0 % 2 == 0 ? low : high },
      row { $0 == 0 ? high : middle }, row { high - Int64($0) % (high - low + 1) },
      row { low + (high - low) * Int64($0) / Int64(max(1, length - 1)) },
    ]
    // From rows of nearly equal values to rows of one value that counts.
    return [("shapes", shapes)]
      + [0.1, 0.5, 1, 2, 4, 8].map { ("normal rows of deviation \($0)", normal($0 / scale)) }
  }
}
