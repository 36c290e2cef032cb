public import Signals

/// Blocks that approximate one real function and are compared side by side.
public enum Family: String, CaseIterable, Sendable, Hashable, Codable {
  /// Probabilities of rows of logits.
  case softmax
  /// A function of one value, GELU where a block has the choice.
  case activation
  /// Rows with their mean taken off, divided by their standard deviation.
  case normalisation
  /// Accumulators times a real ratio, in codes of the output.
  case requantisation
}

/// What an answer stands for in the real unit of its family, beside what it approximates.
public struct Readings: Sendable, Hashable {
  /// The answer, element by element in storage order.
  public var got: [Double]
  /// The real-number answer.
  public var exact: [Double]
  /// The distance between neighbouring codes; nil where they are not evenly spaced.
  public var unit: Double?

  /// - Precondition: as many answers as real ones.
  public init(got: [Double], exact: [Double], unit: Double?) {
    precondition(got.count == exact.count, "one real answer for each element")
    self.got = got
    self.exact = exact
    self.unit = unit
  }
}

extension Block {
  /// Of its own: compared with no other block.
  public var family: Family? { nil }

  /// Settings derived from the scale where the block has any, and defaults for all else.
  public func batch(
    of codes: RaggedTensor, scale: Double, in configuration: Configuration
  ) throws(BlockError) -> Batch {
    try batch(of: codes, scales: [mainInput(in: configuration): scale], in: configuration)
  }

  /// The answer's codes times their unit, and ``ideal(_:in:)``.
  public func readings(
    of answer: Batch, to batch: Batch, in configuration: Configuration
  ) -> Readings? {
    guard let exact = ideal(batch, in: configuration) else { return nil }
    let tolerance = tolerance(in: configuration)
    return Readings(
      got: answer.item(tolerance.array).values.map { tolerance.real($0, scales: batch.scales) },
      exact: exact, unit: abs(tolerance.realUnit(scales: batch.scales)))
  }

  /// The first input array: what ``Domain`` and scales without a name are about.
  public func mainInput(in configuration: Configuration) throws(BlockError) -> String {
    try interface(in: configuration).arrays.first { $0.role == .input }?.name ?? ""
  }

  /// ``batch(of:scale:in:)`` with scales of other arrays as well, and with arrays that no scale gives.
  func batch(
    of codes: RaggedTensor, scales: [String: Double], shared: [String: Tensor] = [:],
    in configuration: Configuration
  ) throws(BlockError) -> Batch {
    var settings: [String: Tensor] = [:]
    do {
      settings = try self.settings(from: scales, in: configuration)
    } catch {
      if case .noSettings = error { settings = [:] } else { throw error }
    }
    settings.merge(shared) { $1 }
    for array in try interface(in: configuration).arrays where array.role == .input {
      if settings[array.name] == nil, let value = array.defaultValue {
        settings[array.name] = Tensor(value)
      }
    }
    return Batch(
      count: codes.count, shared: settings, items: [try mainInput(in: configuration): codes],
      scales: scales)
  }
}

extension Readings {
  /// Those of a requantiser without zero point or residual; nil without the scales `x` and `y`.
  init?(requantised answer: Batch, from batch: Batch, to y: ArraySpecification?) {
    guard let x = batch.scales["x"], let unit = batch.scales["y"], let range = y?.range else {
      return nil
    }
    let (low, high) = (Double(range.lowerBound), Double(range.upperBound))
    self.init(
      got: answer.item("y").values.map { Double($0) },
      exact: batch.item("x").values.map { min(max(Double($0) * x / unit, low), high) }, unit: 1)
  }
}
