public import Signals

/// One operation of an accelerator: what it computes, bit for bit, and what crosses its pins.
///
/// A block is a stateless value; everything that varies is in its ``Configuration``. The golden model
/// is pure integer arithmetic; reals appear in ``ideal(_:in:)`` and ``settings(from:in:)`` only.
public protocol Block: Sendable {
  /// lower_snake_case; also the RTL module, its folder, the CLI word and the vector folder.
  var name: String { get }
  /// One sentence: what the block is.
  var summary: String { get }
  /// What it computes, as formulae with their roundings, for `cosim describe`.
  var formula: String { get }
  /// The publication or public code that defines the algorithm.
  var source: String { get }
  /// Every parameter, of the algorithm and of the hardware.
  var parameters: [Parameter] { get }

  /// Pins and arrays under a configuration.
  ///
  /// - Throws: ``BlockError`` if the parameters are each in range but do not go together.
  func interface(in configuration: Configuration) throws(BlockError) -> Interface

  /// Directed stimulus: extremes, ties, plateaus, one hot, length 1, each transaction labelled.
  func corners(in configuration: Configuration) -> [Batch]

  /// Random stimulus number `index` of `seed`, a function of these two and the configuration alone.
  ///
  /// Transactions differ in length and style; settings differ from index to index. Values reach the
  /// limits of every format and of the domain.
  func stimulus(seed: UInt64, index: Int, in configuration: Configuration) -> Batch

  /// How many transactions random stimulus number `index` has: its `count`, without making it where the
  /// block knows.
  func transactionCount(seed: UInt64, index: Int, in configuration: Configuration) -> Int

  /// The batch with the arrays of role `derived`, which streams carry and files do not.
  ///
  /// - Throws: ``BlockError`` if the inputs contradict each other.
  func derived(_ batch: Batch, in configuration: Configuration) throws(BlockError) -> Batch

  /// The bit-exact answer: every output array, and every tap.
  ///
  /// - Parameter batch: input arrays, complete and in range (see ``Batch/init(arrays:interface:)``).
  /// - Throws: ``BlockError`` if the values leave the domain of the algorithm or of its widths, which
  ///   ranges of single arrays cannot say; never for a value that the block is defined for.
  func golden(_ batch: Batch, in configuration: Configuration) throws(BlockError) -> Batch

  /// The orders in which hardware computes intermediate values that depend on the data: what a mask leaves
  /// out does not come at all. A manifest chooses one for a tap by name.
  func tapOrders(in configuration: Configuration) -> [TapOrder]

  /// What answers, and its version as far as it has said one, where that is no Swift of this program; nil
  /// otherwise.
  var goldenVersion: String? { get }

  /// The real-number answer that `golden` approximates, in the real unit of the outputs: one value for
  /// each element of the output array that ``tolerance(in:)`` names, in the same order.
  ///
  /// - Returns: nil where the batch has no scales and the answer depends on them.
  func ideal(_ batch: Batch, in configuration: Configuration) -> [Double]?

  /// How near `golden` stays to `ideal`, where this is claimed, and how it was measured.
  func tolerance(in configuration: Configuration) -> Tolerance

  /// The blocks that this one is compared with; nil where there are none.
  var family: Family? { get }

  /// Real values as the block is meant to get them: `codes` in the main input, each standing for
  /// itself times `scale`, beside what the source would put there.
  ///
  /// Settings are those of the scale; weights are 1, biases, zero points and residuals 0. The scales
  /// of the batch are complete, so that ``ideal(_:in:)`` has an answer.
  ///
  /// - Parameters:
  ///   - codes: rows of the main input, in range of its array.
  ///   - scale: real value of one code. A requantiser's codes become integers times `scale`.
  /// - Throws: ``BlockError`` if no settings follow from the scale.
  func batch(
    of codes: RaggedTensor, scale: Double, in configuration: Configuration
  ) throws(BlockError) -> Batch

  /// `answer` and what it approximates, in the real unit of the block's family, where that is not
  /// what ``tolerance(in:)`` counts in.
  ///
  /// - Returns: nil where ``ideal(_:in:)`` has no answer.
  func readings(
    of answer: Batch, to batch: Batch, in configuration: Configuration
  ) -> Readings?

  /// What holds between answers to related inputs, besides that transactions do not depend on each
  /// other: only what is true of the algorithm for every stimulus.
  func relations(in configuration: Configuration) -> [Relation]

  /// How much there is to do in a batch and how much the hardware can do in a cycle.
  func work(_ batch: Batch, in configuration: Configuration) -> Work

  /// Circumstances inside the block that a search wants to meet, beyond those that arrays and taps show by
  /// themselves; none by default.
  func binGroups(in configuration: Configuration) -> [Bins.Group]

  /// Fills the bins of ``binGroups(in:)``, numbered in that order, which a batch meets.
  ///
  /// - Parameter answer: of ``golden(_:in:)``, taps included.
  func fillBins(
    _ bins: inout Bins, for batch: Batch, answer: Batch, in configuration: Configuration)

  /// The integer settings that the source derives from real scales, exactly as it does.
  ///
  /// - Throws: ``BlockError`` if the block has no such settings, a scale is missing, or the constants
  ///   do not fit their formats.
  func settings(
    from scales: [String: Double], in configuration: Configuration
  ) throws(BlockError) -> [String: Tensor]
}

extension Block {
  public var goldenVersion: String? { nil }

  public func transactionCount(
    seed: UInt64, index: Int, in configuration: Configuration
  ) -> Int {
    stimulus(seed: seed, index: index, in: configuration).count
  }

  public func derived(
    _ batch: Batch, in configuration: Configuration
  ) throws(BlockError) -> Batch {
    batch
  }

  public func tapOrders(in configuration: Configuration) -> [TapOrder] { [] }

  public func settings(
    from scales: [String: Double], in configuration: Configuration
  ) throws(BlockError) -> [String: Tensor] {
    throw .noSettings(block: name)
  }

  /// Checks and completes a set of parameter values for this block.
  public func configuration(
    named configurationName: String = "default", _ values: [String: Int] = [:]
  ) throws(SignalError) -> Configuration {
    try Configuration(name: configurationName, values: values, of: parameters)
  }
}

/// An order of the elements of an intermediate value.
public struct TapOrder: Sendable {
  /// lower_snake_case; what a manifest calls it.
  public let name: String
  /// One sentence: what a beat holds, and in which order beats come.
  public let summary: String
  /// Elements a beat.
  public let lanes: Int
  /// Which elements come when, for the inputs of a batch. Has ``lanes`` lanes.
  public let schedule: @Sendable (Batch) -> Schedule

  public init(
    _ name: String, lanes: Int, _ summary: String, schedule: @escaping @Sendable (Batch) -> Schedule
  ) {
    self.name = name
    self.summary = summary
    self.lanes = lanes
    self.schedule = schedule
  }
}

/// The size of a job and the speed limit of the hardware that does it.
public struct Work: Sendable, Hashable, Codable {
  public enum Unit: String, Sendable, Hashable, Codable { case elements, multiplications }
  public var unit: Unit
  /// Elements or multiplications in the batch.
  public var amount: Int
  /// The most that this configuration can do in one cycle.
  public var peakPerCycle: Int
  /// Cycles that this configuration takes by its formula, one transaction behind another and never held
  /// up, what its shapes leave unused included; nil where the block states no formula.
  public var idealCycles: Int?

  public init(_ amount: Int, _ unit: Unit, peakPerCycle: Int, idealCycles: Int? = nil) {
    self.unit = unit
    self.amount = amount
    self.peakPerCycle = peakPerCycle
    self.idealCycles = idealCycles
  }

  /// Adds more work for the same hardware. Ideal cycles are known where they are for both.
  public mutating func add(_ more: Work) {
    amount += more.amount
    idealCycles = idealCycles.flatMap { cycles in more.idealCycles.map { cycles + $0 } }
  }
}
