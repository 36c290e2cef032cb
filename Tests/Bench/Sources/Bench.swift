import Blocks
import Devices
import Foundation
import Lockstep
import Logging
import Signals
import Verilation

/// The harness's side of `ci/bench`. Every command prints one line of names and values.
///
///     cosim-bench flags FOLDER                          what Verilator and the compiler are told
///     cosim-bench build FOLDER                          builds the device
///     cosim-bench lockstep FOLDER TRANSACTIONS JOBS SEED [taps]
///     cosim-bench raw FOLDER CYCLES                     evaluations and nothing else
///     cosim-bench golden BLOCK LENGTH ELEMENTS          golden answers, rows of LENGTH
///     cosim-bench product M N K                         int8 matrix products of golden models
///
/// FOLDER holds the manifest; its first configuration is taken. Only with `taps` are signals inside the device
/// kept and compared, which the C++ testbenches do not do.
@main
enum Bench {
  static func main() async {
    do {
      try await run(Array(CommandLine.arguments.dropFirst()))
    } catch {
      FileHandle.standardError.write(Data("cosim-bench: error: \(error)\n".utf8))
      exit(2)
    }
  }

  private static func run(_ words: [String]) async throws {
    func number(_ index: Int) throws -> Int {
      guard words.indices.contains(index), let value = Int(words[index]) else {
        throw BenchError.usage
      }
      return value
    }
    guard words.count >= 2 else { throw BenchError.usage }
    switch words[0] {
    case "flags": try await flags(Subject(words[1]))
    case "build":
      for taps in [true, false] { print(try await Subject(words[1], taps: taps).library().path) }
    case "lockstep":
      try await lockstep(
        Subject(words[1], taps: words.dropFirst(5).first == "taps"), transactions: number(2),
        jobs: number(3), seed: number(4))
    case "raw": try await raw(Subject(words[1]), cycles: number(2))
    case "golden": try golden(words[1], length: number(2), elements: number(3))
    case "product": product(rows: try number(1), others: try number(2), depth: try number(3))
    default: throw BenchError.usage
    }
  }

  // MARK: Commands

  private static func flags(_ subject: Subject) async throws {
    let toolchain = try await Subject.verilation().toolchain
    let flags =
      BuildFlags.verilator + BuildFlags.verilator(for: subject.manifest, subject.configuration)
      + subject.manifest.sources
    print("verilator", flags.joined(separator: " "))
    print("compiler", BuildFlags.compiler(toolchain.compiler).joined(separator: " "))
    print("directory", subject.manifest.directory)
  }

  private static func lockstep(
    _ subject: Subject, transactions: Int, jobs: Int, seed: Int
  ) async throws {
    let library = try await subject.library()
    let watch = Stopwatch()
    let workload = Workload.directedAndRandom(
      subject.block, in: subject.configuration, seed: UInt64(seed), count: transactions)
    let outcome = try Verification(
      subject.block, in: subject.configuration, library: library, manifest: subject.manifest,
      workload: workload, seed: UInt64(seed), profiles: [.random], jobs: jobs, command: "ci/bench"
    ).run()
    let time = watch.read()
    guard outcome.agrees else { throw BenchError.disagreement(outcome.findings.count) }
    let run = outcome.runs[0]
    report(
      ("cycles", run.cycles + run.asideCycles), ("transactions", run.transactions),
      ("seconds", time.seconds), ("processor", time.processor),
      ("simulation", outcome.seconds.simulation), ("preparing", outcome.seconds.preparing))
  }

  private static func raw(_ subject: Subject, cycles: Int) async throws {
    let device = try Device(await subject.library())
    let clock = try device.port(named: subject.manifest.clock ?? "clk_i", .input, bits: 1).pin
    let reset = try device.port(named: subject.manifest.reset?.name ?? "rst_ni", .input, bits: 1)
      .pin
    func step() {
      clock.pointee = 0
      device.evaluate()
      clock.pointee = 1
      device.evaluateClock()
    }
    for _ in 0..<4 { step() }
    reset.pointee = 1
    let watch = Stopwatch()
    for _ in 0..<cycles { step() }
    let time = watch.read()
    report(("cycles", cycles), ("seconds", time.seconds), ("processor", time.processor))
  }

  private static func golden(_ name: String, length: Int, elements: Int) throws {
    let block = try Subject.block(name)
    let configuration = try block.configuration()
    let batch = try GoldenLoad.batch(for: block, length: length, in: configuration)
    let size = batch.items.values.map(\.values.count).max() ?? 0
    var checksum: Int64 = 0
    var done = 0
    let watch = Stopwatch()
    while done < elements {
      let answer = try block.golden(batch, in: configuration)
      checksum &+= answer.items.values.first?.values.last ?? 0
      done += size
    }
    let time = watch.read()
    report(
      ("elements", done), ("seconds", time.seconds), ("processor", time.processor),
      ("checksum", checksum))
    let work = block.work(batch, in: configuration)
    guard work.unit == .multiplications, size > 0 else { return }
    let multiplications = done / size * work.amount
    report(
      ("multiplications", multiplications), ("rate", Double(multiplications) / time.processor),
      ("cycles", Double(multiplications) / Double(work.peakPerCycle) / time.processor))
  }

  /// Products of int8 matrices that the golden models of matrix blocks are made of, for about a second.
  private static func product(rows: Int, others: Int, depth: Int) {
    func matrix(_ rows: Int, _ index: UInt64) -> NarrowMatrix {
      var generator = CounterGenerator(seed: 1, stream: 1, index: index)
      let values = (0..<rows * depth).map { _ in generator.value(in: -128...127) }
      return values.withUnsafeBufferPointer {
        NarrowMatrix(rows: rows, columns: depth, values: $0)
      }
    }
    let (a, b) = (matrix(rows, 0), matrix(others, 1))
    let rounds = max(1, 10_000_000_000 / max(1, rows * others * depth))
    var checksum: Int64 = 0
    let watch = Stopwatch()
    for _ in 0..<rounds { checksum &+= Int64(IntegerProduct.multiply(a, b).last ?? 0) }
    let time = watch.read()
    report(
      ("multiplications", rounds * rows * others * depth), ("seconds", time.seconds),
      ("processor", time.processor),
      ("rate", Double(rounds * rows * others * depth) / time.processor), ("checksum", checksum))
  }

  /// Time on the wall, and that of all threads on processors, which other programs do not disturb.
  private struct Stopwatch {
    private let start = ContinuousClock.now
    private let ticks = clock()

    func read() -> (seconds: Double, processor: Double) {
      (
        (ContinuousClock.now - start) / .seconds(1),
        Double(clock() - ticks) / Double(CLOCKS_PER_SEC)
      )
    }
  }

  private static func report(_ values: (String, any CustomStringConvertible)...) {
    print(values.map { "\($0.0) \($0.1)" }.joined(separator: " "))
  }
}

/// A block with the RTL that it is held against.
private struct Subject {
  let block: any Block
  let manifest: Manifest
  let configuration: Configuration

  init(_ folder: String, taps: Bool = false) throws {
    var manifest = try Manifest(contentsOf: folder)
    if !taps { (manifest.taps, manifest.stages) = ([], []) }
    self.manifest = manifest
    block = try Subject.block(manifest.top)
    let first = manifest.configurations[0]
    configuration = try block.configuration(named: first.name, first.values)
  }

  static func block(_ name: String) throws -> any Block {
    let blocks = Catalogue.standard.blocks + [RowDotProduct()]
    guard let block = blocks.first(where: { $0.name == name }) else {
      throw BenchError.unknownBlock(name)
    }
    return block
  }

  func library() async throws -> DeviceLibrary {
    try await Subject.verilation().library(for: manifest, configuration: configuration).open()
  }

  static func verilation() async throws -> Verilation {
    try await Verilation.standard(log: Logger(label: "cosim-bench"))
  }
}

private enum BenchError: Error, CustomStringConvertible {
  case usage
  case unknownBlock(String)
  case disagreement(Int)

  var description: String {
    switch self {
    case .usage: "usage: cosim-bench flags|build|lockstep|raw|golden|product ...; see Bench.swift"
    case .unknownBlock(let name): "there is no block '\(name)'"
    case .disagreement(let count): "device and golden model disagree (\(count) findings)"
    }
  }
}
