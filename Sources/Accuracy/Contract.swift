public import Blocks
public import Signals

/// A block's stated bound against its ideal, and what measuring it over the claimed domain found.
public struct Contract: Sendable, Hashable, Codable {
  /// How a block breaks its own bound.
  public enum Finding: Sendable, Hashable, Codable {
    /// An element is further from ideal than stated; `worst` says which.
    case element
    /// A row sums to what its length does not allow.
    case rowSum(RowSum)
    /// Nothing was compared: no input was in the domain.
    case nothingCompared
    /// The block refuses an input that its domain holds.
    case refused(String)
  }

  /// The sum of a row beside what it may be.
  public struct RowSum: Sendable, Hashable, Codable {
    public var length: Int
    public var sum: Double
    public var least: Double
    public var largest: Double

    public init(length: Int, sum: Double, least: Double, largest: Double) {
      (self.length, self.sum, self.least, self.largest) = (length, sum, least, largest)
    }

    /// How far inside the range the sum is; negative outside. Where a row may lose all, its lower end
    /// says nothing.
    public var margin: Double { least > 0 ? min(sum - least, largest - sum) : largest - sum }
  }

  /// ``Variant/label``.
  public var variant: String
  public var block: String
  public var configuration: Configuration
  public var tolerance: Tolerance
  /// Rows and elements that were compared.
  public var rows = 0
  public var elements = 0
  /// Largest error, in the unit of the tolerance.
  public var worstError = 0.0
  /// Where it is; row 0 is the first of its batch.
  public var worst: WorstCase?
  /// What the input of the worst case is.
  public var worstStimulus = ""
  /// The row whose sum is nearest to the end of its range or furthest outside.
  public var rowSum: RowSum?
  public var findings: [Finding] = []

  public var holds: Bool { findings.isEmpty }

  /// What is left of the bound.
  public var margin: Double { tolerance.element - worstError }

  /// Measures the bound over the corners and `batches` batches of stimulus, as far as they are in the
  /// domain, and over rows at and between the edges of the domain.
  public init(_ variant: Variant, seed: UInt64 = 1, batches: Int = 100) {
    let (block, configuration) = (variant.block, variant.configuration)
    self.variant = variant.label
    self.block = block.name
    self.configuration = configuration
    tolerance = block.tolerance(in: configuration)
    for (index, batch) in block.corners(in: configuration).enumerated() {
      compare(batch, with: variant, "corner batch \(index)")
    }
    for index in 0..<batches {
      compare(
        block.stimulus(seed: seed, index: index, in: configuration), with: variant,
        "stimulus \(index) of seed \(seed)")
    }
    for edge in DomainEdges(variant, seed: seed).all() {
      switch edge.batch {
      case .success(let batch): compare(batch, with: variant, edge.label, isClaimed: true)
      case .failure(let error): findings.append(.refused("\(edge.label): \(error)"))
      }
    }
    if elements == 0 { findings.append(.nothingCompared) }
    // A NaN is no pass.
    if !(worstError <= tolerance.element) { findings.insert(.element, at: 0) }
    if let rowSum, !(rowSum.margin >= 0) { findings.append(.rowSum(rowSum)) }
  }

  /// - Parameter isClaimed: the batch is in the domain as a whole.
  private mutating func compare(
    _ batch: Batch, with variant: Variant, _ label: String, isClaimed: Bool = false
  ) {
    let (block, configuration) = (variant.block, variant.configuration)
    guard let main = try? block.mainInput(in: configuration),
      isClaimed || isInDomain(batch, main: main),
      let ideal = block.ideal(batch, in: configuration)
    else { return }
    let answer: Batch
    do {
      answer = try block.golden(batch, in: configuration)
    } catch {
      findings.append(.refused("\(label): \(error)"))
      return
    }
    let codes = answer.item(tolerance.array)
    let inputs = batch.item(main)
    for row in 0..<codes.count {
      let range = codes.range(of: row)
      guard isClaimed || tolerance.domain.contains(length: range.count) else { continue }
      rows += 1
      elements += range.count
      var sum = 0.0
      for index in range {
        let real = tolerance.real(codes.values[index], scales: batch.scales)
        sum += real
        let error = abs(real - ideal[index])
        if error > worstError || error.isNaN {
          worstError = error.isNaN ? .infinity : error
          worst = WorstCase(
            row: row, index: index - range.lowerBound,
            input: inputs.extents == codes.extents ? inputs.values[index] : nil,
            exact: ideal[index], got: real)
          worstStimulus = label
        }
      }
      if let allowed = tolerance.rowSum(length: range.count) {
        let found = RowSum(
          length: range.count, sum: sum, least: allowed.lowerBound, largest: allowed.upperBound)
        if rowSum.map({ found.margin < $0.margin }) ?? true { rowSum = found }
      }
    }
  }

  /// Whether scale and magnitude of a batch are in the domain. Corners and stimulus carry scales only
  /// where the bound is claimed, so that deviations and conditions hold there.
  private func isInDomain(_ batch: Batch, main: String) -> Bool {
    let domain = tolerance.domain
    guard let scale = batch.scales[main] else { return domain.scale == nil }
    if let magnitude = domain.magnitude {
      let largest = batch.item(main).values.lazy.map(\.magnitude).max() ?? 0
      guard Double(largest) * scale <= magnitude * (1 + 0x1p-22) else { return false }
    }
    return domain.contains(scale: scale)
  }
}
