public import Blocks
public import Devices
public import Signals

/// How a device spends its cycles on a fixed workload without stalls.
public struct CycleAccount: Sendable, Codable, Equatable {
  /// The only workload so far: what a budget is stated for.
  public static let workload = "256 random transactions of seed 1, without stalls"
  /// Its transactions and its seed.
  static let transactions = 256
  static let seed: UInt64 = 1
  /// How often all outputs stand still in a second run, evenly over its first half, and for how many cycles
  /// each time.
  public static let pauses = (count: 16, cycles: 64)

  public var block: String
  public var configuration: Configuration
  /// Content key of the device.
  public var device: String
  /// From the end of reset to the last transfer.
  public var cycles: Int
  /// Cycles that the hardware's peak would take for the work; nil where there is no work.
  public var ideal: Double?
  /// Cycles that the block's formula gives; nil where it states none.
  public var formula: Int?
  /// Cycles from a transaction's first input beat to its first and to its last output beat.
  public var toFirstOutput: Histogram
  public var toLastOutput: Histogram
  /// Cycles from one transaction's first input beat to that of the next.
  public var interval: Histogram
  public var streams: [StreamActivity]
  /// Parts of the device and the cycles in which they worked.
  public var stages: [StageActivity]
  /// Cycles that pauses of the outputs cost beyond those that they last, see ``pauses``; negative where
  /// they cost less. Nil where no output can be kept waiting, or something was found before.
  public var lost: Int?
  /// A device that answers wrongly has no account worth keeping.
  public var findings: [Finding]

  /// How often each number of cycles occurred.
  public struct Histogram: Sendable, Codable, Equatable {
    public var counts: [Int: Int]

    public init(_ values: [Int] = []) {
      counts = values.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }

    public var total: Int { counts.values.reduce(0, +) }
    public var smallest: Int? { counts.keys.min() }
    public var largest: Int? { counts.keys.max() }

    /// The smallest number that at least half of the occurrences do not exceed.
    public var median: Int? {
      var left = (total + 1) / 2
      for (value, count) in counts.sorted(by: { $0.key < $1.key }) {
        left -= count
        if left <= 0 { return value }
      }
      return nil
    }
  }

  /// Runs the workload.
  ///
  /// - Throws: errors of the golden model and of the device's pins.
  public static func measure(
    _ block: any Block, in configuration: Configuration, library: DeviceLibrary,
    manifest: Manifest, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> CycleAccount {
    let interface = try block.interface(in: configuration)
    let runner = CaseRunner(
      block: block, configuration: configuration, library: library, manifest: manifest,
      interface: interface, isCancelled: isCancelled)
    var parts: [Case.Part] = []
    var missing = transactions
    while missing > 0 {
      var batch = block.stimulus(seed: seed, index: parts.count, in: configuration)
      if batch.count > missing { batch = batch.transactions(0..<missing) }
      let first = transactions - missing
      parts.append(
        Case.Part(
          batch: batch, filler: UInt64(parts.count), origins: Array(first..<first + batch.count)))
      missing -= batch.count
    }
    var probe: TransferProbe?
    let quiet = Case(
      parts: parts, stalls: StallPlan(.none, seed: seed), initialState: .random(seed: seed),
      hangLimit: 100_000)
    let result = try runner.run(quiet) { simulation in
      let made = TransferProbe(simulation)
      probe = made
      return [made]
    }
    let times = probe?.times(of: result.chunks) ?? []
    let work = result.shard.work
    var account = CycleAccount(
      block: block.name, configuration: configuration, device: library.contentKey,
      cycles: result.shard.cycles,
      ideal: work.flatMap {
        $0.amount > 0 ? Double($0.amount) / Double(max($0.peakPerCycle, 1)) : nil
      },
      formula: work?.idealCycles,
      toFirstOutput: Histogram(times.map { $0.firstOutput - $0.firstInput }),
      toLastOutput: Histogram(times.map { $0.lastOutput - $0.firstInput }),
      interval: Histogram(zip(times.dropFirst(), times).map { $0.firstInput - $1.firstInput }),
      streams: result.shard.streams, stages: result.shard.stages, lost: nil,
      findings: result.findings)
    if account.findings.isEmpty && !isCancelled() { try account.pause(quiet, on: runner) }
    return account
  }

  /// Runs the workload with pauses of the outputs: behind them, the device must be as fast as before.
  ///
  /// What fills up meanwhile makes good for what a pause costs at its ends, so that a device loses a few
  /// cycles a pause at most.
  private mutating func pause(_ quiet: Case, on runner: CaseRunner) throws {
    let (count, length) = CycleAccount.pauses
    let distance = max(cycles / (2 * count), 1)
    let outputs = streams.filter {
      $0.direction == .output && $0.isStallable != false && $0.due > 0
    }
    guard !outputs.isEmpty else { return }
    var paused = quiet
    let runs = (0..<count).flatMap { _ in [distance, length] }
    paused.stalls = StallPlan(
      .none, seed: CycleAccount.seed,
      recorded: StallRecord(Dictionary(uniqueKeysWithValues: outputs.map { ($0.stream, runs) })))
    let result = try runner.run(paused)
    findings = result.findings
    guard findings.isEmpty else { return }
    let more = result.shard.cycles - cycles - count * length
    lost = more
    let allowed = count * CycleAccount.allowance + (toFirstOutput.largest ?? 0)
    if more > allowed {
      findings = [.throughputLost(cycles: more, pauses: count, length: length)]
    }
  }

  /// Cycles that a pause may cost at its ends.
  private static let allowance = 8
}

/// Notes in which cycle each beat crosses.
private final class TransferProbe: CycleProbe {
  private struct Watched {
    let role: ChannelRole
    let index: Int
    let valid: UnsafeMutablePointer<UInt8>
    let ready: UnsafeMutablePointer<UInt8>
    var cycles: [Int] = []
  }

  /// When a transaction crossed the pins.
  struct Times {
    var firstInput: Int
    var firstOutput: Int
    var lastOutput: Int
  }

  private var watched: [Watched]

  init(_ simulation: Simulation) {
    watched = (Array(simulation.drivers) + Array(simulation.outputs)).filter { $0.role != .table }
      .map { Watched(role: $0.role, index: $0.index, valid: $0.valid, ready: $0.ready) }
  }

  func settled(in cycle: Int) {
    for index in watched.indices
    where watched[index].valid.pointee != 0 && watched[index].ready.pointee != 0 {
      watched[index].cycles.append(cycle)
    }
  }

  func risen(in cycle: Int) {}

  /// The times of every transaction that crossed as a whole.
  func times(of chunks: [Chunk]) -> [Times] {
    var places = [Int](repeating: 0, count: watched.count)
    var result: [Times] = []
    for chunk in chunks {
      for transaction in 0..<chunk.batch.count {
        var (inputs, outputs): ([Int], [Int]) = ([], [])
        for (number, stream) in watched.enumerated() {
          let starts = chunk.beats(stream.role, stream.index).starts
          let count = starts[transaction + 1] - starts[transaction]
          let end = places[number] + count
          guard end <= stream.cycles.count else { return result }
          let own = stream.cycles[places[number]..<end]
          places[number] = end
          if case .output = stream.role { outputs += own } else { inputs += own.prefix(1) }
        }
        if let input = inputs.min(), let first = outputs.min(), let last = outputs.max() {
          result.append(Times(firstInput: input, firstOutput: first, lastOutput: last))
        }
      }
    }
    return result
  }
}
