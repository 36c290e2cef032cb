import Blocks
import Devices
import Foundation
import Lockstep
import Signals

/// Tries mutants of one device, each against task after task of the suite, the cheap ones first, until one
/// notices.
struct MutationRun: Sendable {
  let bench: TrialBench
  let library: DeviceLibrary
  let profiles: [StallProfile]
  let jobs: Int
  let isCancelled: @Sendable () -> Bool
  let progress: @Sendable (_ done: Int, _ killed: Int) -> Void

  /// A task and what the unchanged device makes of it.
  struct Rung: Sendable {
    var task: TrialTask
    var cycles: Int
  }

  /// What one device made of the suite.
  enum Verdict: Sendable, Codable, Equatable {
    case killed(by: String)
    case survived
    case absent
  }

  /// Tasks for a mutant on which the device does not seem to depend.
  private static let doubtfulTasks = 4

  /// The suite in order of cost, run once without any mutant.
  ///
  /// - Returns: nil if it was cancelled.
  /// - Throws: ``FuzzingError/disagreesUnchanged(block:configuration:finding:)``.
  func ladder(block: String, configuration: String) throws -> [Rung]? {
    let tasks = bench.tasks(profiles)
    let results = try concurrently(tasks.count, jobs: jobs) { index in
      try bench.run(
        tasks[index], in: library, ties: [MutationPlan.port: 0], hangLimit: 10_000,
        isCancelled: isCancelled)
    }
    if isCancelled() { return nil }
    for result in results {
      if let finding = result?.finding {
        throw FuzzingError.disagreesUnchanged(
          block: block, configuration: configuration, finding: finding.evidence)
      }
    }
    return zip(tasks, results).map { Rung(task: $0, cycles: $1?.cycles ?? 0) }
      .enumerated().sorted { ($0.element.cycles, $0.offset) < ($1.element.cycles, $1.offset) }
      .map(\.element)
  }

  /// Tries every mutant.
  ///
  /// - Parameters:
  ///   - known: verdicts of an earlier run, which are not asked for again.
  ///   - record: called with each new verdict, from any thread.
  func verdicts(
    of mutants: [Int], on ladder: [Rung], known: [Int: Verdict],
    record: @escaping @Sendable (Int, Verdict) -> Void
  ) throws -> [Int: Verdict] {
    let present = try presentCodes(mutants, known: known)
    let counter = Counter(known)
    let found = try concurrently(mutants.count, jobs: jobs) { index -> Verdict? in
      let mutant = mutants[index]
      if let verdict = known[mutant] { return verdict }
      guard let verdict = try verdict(of: mutant, on: ladder, isPresent: present(mutant)) else {
        return nil
      }
      record(mutant, verdict)
      let (done, killed) = counter.add(verdict)
      progress(done, killed)
      return verdict
    }
    var result: [Int: Verdict] = [:]
    for (mutant, verdict) in zip(mutants, found) { result[mutant] = verdict ?? nil }
    return result
  }

  private func verdict(of mutant: Int, on ladder: [Rung], isPresent: Bool) throws -> Verdict? {
    for rung in isPresent ? ladder[...] : ladder.prefix(MutationRun.doubtfulTasks) {
      if isCancelled() { return nil }
      let result = try bench.run(
        rung.task, in: library, ties: [MutationPlan.port: MutationPlan.code(mutant)],
        hangLimit: min(10_000, rung.cycles + 256), cycleLimit: 4 * rung.cycles + 4096,
        isCancelled: isCancelled)
      if result.wasInterrupted { return nil }
      if let finding = result.finding { return .killed(by: finding.word) }
      // Without stalls cycles are the device's own, and held against budgets.
      if rung.task.profile == .none, result.cycles != rung.cycles { return .killed(by: "cycles") }
    }
    return isPresent ? .survived : .absent
  }

  /// Says of a mutant whether the library compares anything with its code.
  ///
  /// A machine that cannot hold such a number in one instruction shows none of them; then all count as
  /// present.
  private func presentCodes(
    _ mutants: [Int], known: [Int: Verdict]
  ) throws -> @Sendable (Int) -> Bool {
    guard let data = FileManager.default.contents(atPath: library.path) else {
      return { _ in true }
    }
    let wanted = Dictionary(
      mutants.map { (MutationPlan.code($0), $0) }, uniquingKeysWith: { first, _ in first })
    var found: Set<Int> = []
    data.withUnsafeBytes { bytes in
      for offset in 0..<max(0, bytes.count - 3) {
        let word = UInt32(
          littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        if let mutant = wanted[word] { found.insert(mutant) }
      }
    }
    if 3 * found.count < mutants.count && mutants.count > 20 { return { _ in true } }
    let present = found
    return { present.contains($0) }
  }

  /// Counts verdicts for the progress line.
  private final class Counter: @unchecked Sendable {
    // @unchecked: guarded by `lock`.
    private let lock = NSLock()
    private var done: Int
    private var killed: Int

    init(_ known: [Int: Verdict]) {
      done = known.count
      killed = known.values.count { if case .killed = $0 { true } else { false } }
    }

    func add(_ verdict: Verdict) -> (Int, Int) {
      lock.lock()
      defer { lock.unlock() }
      done += 1
      if case .killed = verdict { killed += 1 }
      return (done, killed)
    }
  }
}

extension Finding {
  /// In one word or two, for counting.
  var word: String {
    switch self {
    case .divergence: "divergence"
    case .mismatch: "mismatch"
    case .unexpectedBeat: "unexpected beat"
    case .hang: "hang"
    case .streamRule: "stream rule"
    case .deviceFailure(let failure, _, _):
      failure.kind == .assertion ? "assertion" : "device failure"
    case .vacuous: "vacuous"
    default: "other"
    }
  }
}

extension Finding {
  /// ``word``, and where it was.
  var evidence: String {
    switch self {
    case .mismatch(let found):
      "mismatch at \(found.stream).\(found.field), transaction \(found.transaction), beat "
        + "\(found.beat), lane \(found.lane): expected \(found.expected), observed "
        + "\(found.observed)"
    case .hang(let hang): "hang at transaction \(hang.transaction), cycle \(hang.cycle)"
    case .deviceFailure(let failure, let cycle, _): "\(failure), at cycle \(cycle)"
    default: word
    }
  }
}

/// Runs `body` for 0..<count on some threads; results in order, nil for those that were not begun because
/// another one threw.
func concurrently<Value: Sendable>(
  _ count: Int, jobs: Int, _ body: @escaping @Sendable (Int) throws -> Value
) throws -> [Value?] {
  let board = ResultBoard<Value>(count)
  let group = DispatchGroup()
  for _ in 0..<max(1, min(jobs, count)) {
    group.enter()
    let thread = Thread {
      while let index = board.take() { board.finish(index, Result { try body(index) }) }
      group.leave()
    }
    thread.stackSize = 8 << 20
    thread.start()
  }
  group.wait()
  return try board.values()
}

/// Hands out numbers and keeps results.
private final class ResultBoard<Value: Sendable>: @unchecked Sendable {
  // @unchecked: everything is guarded by `lock`.
  private let lock = NSLock()
  private var next = 0
  private var results: [Result<Value, any Error>?]
  private var hasFailed = false

  init(_ count: Int) { results = Array(repeating: nil, count: count) }

  func take() -> Int? {
    lock.lock()
    defer { lock.unlock() }
    guard next < results.count, !hasFailed else { return nil }
    next += 1
    return next - 1
  }

  func finish(_ index: Int, _ result: Result<Value, any Error>) {
    lock.lock()
    defer { lock.unlock() }
    results[index] = result
    if case .failure = result { hasFailed = true }
  }

  func values() throws -> [Value?] { try results.map { try $0?.get() } }
}
