public import Signals

/// What answers for a block that has no golden model in Swift: the key `golden` of a manifest.
///
///     golden: {command: [python3, golden.py], timeout: 60}
///     golden: {vectors: [recorded.npz]}
public struct GoldenSpecification: Sendable, Hashable {
  /// The program and its arguments; empty where there are vectors. It runs in the manifest's
  /// folder.
  public var command: [String]
  /// `.npz` files with inputs and expected outputs, as the manifest spells them.
  public var vectors: [String]
  /// Seconds that the program may take for one batch.
  public var timeout: Double
  /// Files of which the answers depend, besides those that the command names: part of the version.
  public var files: [String]
  /// How many of the program may run at once.
  public var processes: Int

  public init(
    command: [String] = [], vectors: [String] = [], timeout: Double = 60, files: [String] = [],
    processes: Int = 1
  ) {
    self.command = command
    self.vectors = vectors
    self.timeout = timeout
    self.files = files
    self.processes = processes
  }
}

/// Which stimulus is made for a block that has no golden model in Swift: the key `stimulus` of a
/// manifest.
///
///     stimulus: {lengths: {L: 1..64}, transactions: 16}
public struct StimulusSpecification: Sendable, Hashable {
  /// Smallest and largest extent by axis.
  public var lengths: [String: ClosedRange<Int>]
  /// The same where the manifest has expressions of parameters.
  public var formulas: [String: Extent] = [:]
  /// Transactions of one random batch, which share their settings.
  public var transactions: Int

  public init(lengths: [String: ClosedRange<Int>] = [:], transactions: Int = 16) {
    self.lengths = lengths
    self.transactions = transactions
  }

  /// Two ends of which one at least depends on parameters.
  public struct Extent: Sendable, Hashable, CustomStringConvertible {
    public var smallest: Quantity
    public var largest: Quantity

    /// As a manifest spells it.
    public var description: String {
      smallest == largest ? smallest.text : "\(smallest)..\(largest)"
    }

    public init(_ smallest: Quantity, _ largest: Quantity) {
      (self.smallest, self.largest) = (smallest, largest)
    }
  }

  /// With all expressions evaluated.
  ///
  /// - Returns: nil, and the axis, for one that has no value or no elements.
  public func resolved(
    in configuration: Configuration
  ) -> (specification: StimulusSpecification?, axis: String) {
    var result = self
    for (axis, extent) in formulas.sorted(by: { $0.key < $1.key }) {
      guard let low = extent.smallest.value(in: configuration),
        let high = extent.largest.value(in: configuration), 1 <= low, low <= high
      else { return (nil, axis) }
      result.lengths[axis] = low...high
    }
    result.formulas = [:]
    return (result, "")
  }
}
