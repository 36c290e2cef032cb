import Blocks
import Devices
import Signals

/// A chunk ready to be driven: inputs and expected outputs as beats, at addresses that do not move.
final class Chunk: @unchecked Sendable {
  // @unchecked: the memory behind `runs` is written in `init` only.
  let index: Int
  let batch: Batch
  /// The answer that the outputs are compared with.
  let expected: Batch
  let stimulus: Stimulus
  let response: Response
  let work: Work
  /// CRC-32 of every output stream's expected beats.
  let digests: [UInt32]
  /// Elements that the outputs carry.
  let elements: [Int]
  /// The memory that it takes, about.
  let byteCount: Int
  /// What taps should show.
  let taps: [Beats]
  /// Whether the values of each tap fit its signal.
  let holdsTap: [Bool]
  /// The golden values of each tap.
  private let tapItems: [RaggedTensor?]
  /// Which bits of each tap's beats are compared; nil for all.
  private let tapMasks: [BeatMasks?]
  private let runs: [[BeatRun]]

  /// The beats of one stream in memory.
  struct BeatRun {
    let base: UnsafeRawPointer
    let count: Int

    init(_ beats: Beats) { self.init(beats.bytes, count: beats.count) }

    init(_ bytes: [UInt8], count: Int) {
      let memory = UnsafeMutableRawPointer.allocate(byteCount: max(bytes.count, 8), alignment: 8)
      bytes.withUnsafeBytes { bytes in
        if let source = bytes.baseAddress {
          memory.copyMemory(from: source, byteCount: bytes.count)
        }
      }
      base = UnsafeRawPointer(memory)
      self.count = count
    }
  }

  /// The masks of beats in memory.
  struct BeatMasks {
    let base: UnsafeRawPointer
    /// For each beat, where its mask begins; less than 0 for one of which every bit counts.
    let starts: UnsafePointer<Int32>

    init(_ bits: SignificantBits) {
      base = BeatRun(bits.masks, count: bits.starts.count).base
      let starts = UnsafeMutablePointer<Int32>.allocate(capacity: bits.starts.count)
      starts.initialize(from: bits.starts, count: bits.starts.count)
      self.starts = UnsafePointer(starts)
    }

    func deallocate() {
      base.deallocate()
      starts.deallocate()
    }
  }

  /// - Parameter changed: expected beats in the place of those of the answer.
  init(
    index: Int, part: Workload.Part, block: any Block, configuration: Configuration,
    interface: Interface, taps plans: [TapPlan] = [], filler: UInt64,
    outputs changed: [Beats]? = nil
  ) throws {
    let stimulus = try Stimulus(
      block.derived(part.batch, in: configuration), interface: interface,
      filler: filler &+ UInt64(index))
    let expected: Batch
    if let given = part.expected {
      expected = given
    } else {
      expected = try block.golden(part.batch, in: configuration)
    }
    try Chunk.checkCounts(of: expected, to: part.batch, block: block, interface: interface)
    var response = try Response(expected, interface: interface)
    if let changed { response.outputs = changed }
    var answer = expected
    if plans.contains(where: { answer.items[$0.stream.name] == nil }) {
      answer = try block.golden(part.batch, in: configuration)
    }
    // Several taps may come in one order.
    var schedules: [String: Schedule] = [:]
    for case let order? in plans.map(\.order) where schedules[order.name] == nil {
      schedules[order.name] = order.schedule(part.batch)
    }
    taps = try plans.map { plan in
      try Beats(
        plan.stream, batch: answer, interface: interface, filler: 0,
        schedule: plan.order.flatMap { schedules[$0.name] })
    }
    tapMasks = zip(plans, taps).map { plan, beats in
      if plan.tap.absentIsZero { return nil }
      let item = plan.isPlain && plan.stream.dataLanes > 1 ? answer.items[plan.stream.name] : nil
      let elements = item.map { item in (0..<item.count).map { item.range(of: $0).count } }
      return beats.significantBits(elements: elements).map(BeatMasks.init)
    }
    holdsTap = plans.map { $0.holds(answer) }
    tapItems = plans.map { answer.items[$0.stream.name] }
    self.index = index
    batch = part.batch
    self.expected = expected
    self.stimulus = stimulus
    self.response = response
    work = block.work(part.batch, in: configuration)
    digests = response.outputs.map { Digest.of($0.bytes) }
    elements = response.outputs.map { Chunk.elements($0, expected) }
    runs = [
      stimulus.data.map(BeatRun.init), stimulus.configuration.map(BeatRun.init),
      response.outputs.map(BeatRun.init), taps.map(BeatRun.init),
    ]
    byteCount =
      2
      * (stimulus.data.size + stimulus.configuration.size + response.outputs.size
        + 2 * taps.size)
      + 8 * tapItems.reduce(0) { $0 + ($1?.valueCount ?? 0) }
      + 8 * batch.items.values.reduce(0) { $0 + $1.valueCount }
  }

  deinit {
    for run in runs.joined() { run.base.deallocate() }
    for case let masks? in tapMasks { masks.deallocate() }
  }

  func run(_ role: ChannelRole, _ index: Int) -> BeatRun {
    switch role {
    case .data: runs[0][index]
    case .table: runs[1][index]
    case .output: runs[2][index]
    }
  }

  func tapRun(_ index: Int) -> BeatRun { runs[3][index] }

  /// The bits of a tap's beats that are compared; nil for all.
  func tapMasks(_ index: Int) -> BeatMasks? { tapMasks[index] }

  /// The golden values of a tap in one transaction.
  func tapValues(_ index: Int, transaction: Int) -> ArraySlice<Int64> {
    guard let item = tapItems[index] else { return [] }
    return item.values[item.range(of: transaction)]
  }

  func beats(_ role: ChannelRole, _ index: Int) -> Beats {
    switch role {
    case .data: stimulus.data[index]
    case .table: stimulus.configuration[index]
    case .output: response.outputs[index]
    }
  }

  /// Whether it can follow `other` without draining the device and changing its settings.
  func hasSettings(of other: Chunk) -> Bool {
    stimulus.settings == other.stimulus.settings
      && stimulus.configuration.map(\.bytes) == other.stimulus.configuration.map(\.bytes)
  }

  /// Holds an answer that is given element by element to as many elements as the transaction has: what stands
  /// in a beat that is not full is not compared, so that one more or one less could pass.
  ///
  /// - Throws: ``LockstepError/answerCount(block:array:transaction:expected:found:)``.
  private static func checkCounts(
    of answer: Batch, to batch: Batch, block: any Block, interface: Interface
  ) throws(LockstepError) {
    guard case .chunks(let axis, _) = interface.batching else { return }
    func arrays(_ role: ArraySpecification.Role) -> [ArraySpecification] {
      interface.arrays.filter { $0.role == role && $0.axes == [axis] }
    }
    guard let input = arrays(.input).lazy.compactMap({ batch.items[$0.name] }).first,
      input.count == batch.count
    else { return }
    for array in arrays(.output) {
      guard let output = answer.items[array.name] else { continue }
      for transaction in 0..<min(input.count, output.count) {
        let (expected, found) = (
          input.range(of: transaction).count, output.range(of: transaction).count
        )
        guard expected != found else { continue }
        throw .answerCount(
          block: block.name, array: array.name, transaction: transaction, expected: expected,
          found: found)
      }
    }
  }
}

extension [Beats] {
  /// Bytes of all beats.
  fileprivate var size: Int { reduce(0) { $0 + $1.bytes.count } }
}
