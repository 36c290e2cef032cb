import Blocks
import Fuzzing
import Signals
import Synchronization
import Verilation

/// The scaler, with a golden model that is wrong only where a row holds a value so many times in a row: what
/// uniform random rows never do.
struct Picky: Block {
  private let scaler = Scaler()
  /// Equal values, one after the other, from which on the last is wrong; none if nil.
  var run: Int?
  /// Refuses every batch with more than so many transactions.
  var most = Int.max
  /// Questions are counted.
  var elsewhere: Questions?
  /// Counted questions are put to somebody else.
  var isElsewhere = true
  /// What is answered in place of an answer, to some batches.
  var failure: (@Sendable (Batch) -> BlockError?)?

  var name: String { "scaler" }
  var summary: String { scaler.summary }
  var formula: String { scaler.formula }
  var source: String { scaler.source }
  var parameters: [Parameter] { scaler.parameters }

  func interface(in configuration: Configuration) -> Interface {
    scaler.interface(in: configuration)
  }

  func corners(in configuration: Configuration) -> [Batch] { [] }

  func stimulus(seed: UInt64, index: Int, in configuration: Configuration) -> Batch {
    scaler.stimulus(seed: seed, index: index, in: configuration)
  }

  var goldenVersion: String? {
    elsewhere == nil || !isElsewhere ? nil : "elsewhere"
  }

  func golden(_ batch: Batch, in configuration: Configuration) throws(BlockError) -> Batch {
    elsewhere?.number.add(1, ordering: .relaxed)
    if let failure = failure?(batch) { throw failure }
    var answer = try scaler.golden(batch, in: configuration)
    guard let run, let x = batch.items["x"] else { return answer }
    for index in 0..<x.count {
      var equal = 0
      var last: Int64?
      for place in x.range(of: index) {
        equal = x.values[place] == last ? equal + 1 : 1
        last = x.values[place]
        if equal == run, let y = answer.items["y"]?.values[place] {
          answer.items["y"]?.values[place] = y == 5 ? 6 : 5
        }
      }
    }
    return answer
  }

  func ideal(_ batch: Batch, in configuration: Configuration) -> [Double]? { nil }

  func tolerance(in configuration: Configuration) -> Tolerance {
    scaler.tolerance(in: configuration)
  }

  func work(_ batch: Batch, in configuration: Configuration) -> Work {
    scaler.work(batch, in: configuration)
  }

  func binGroups(in configuration: Configuration) -> [Bins.Group] {
    [Bins.Group("halves", count: 2)]
  }

  func fillBins(
    _ bins: inout Bins, for batch: Batch, answer: Batch, in configuration: Configuration
  ) {
    for value in batch.items["x"]?.values ?? [] { bins.fill(0, value < 0 ? 0 : 1) }
  }
}

/// How often a golden model was asked.
final class Questions: Sendable {
  let number = Atomic(0)
}

extension Fixture {
  /// A search in the scaler.
  static func fuzz(
    _ block: Picky = Picky(), count: Int, jobs: Int = 2, seed: UInt64 = 1,
    feedback: FuzzFeedback = [.bins], generator: FuzzGenerator = .structured, corpus: String? = nil,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) -> Fuzz {
    var settings = Fuzz.Settings()
    settings.count = count
    settings.jobs = jobs
    settings.seed = seed
    settings.feedback = feedback
    settings.generator = generator
    settings.corpus = corpus
    return Fuzz(
      block, manifest: manifest, configurations: [configuration], settings: settings,
      command: "cosim fuzz scaler",
      build: { configuration, flavour in
        let plain = try await verilation()
        let verilation = flavour == .counting ? await plain.counting() ?? plain : plain
        return try await verilation.library(for: manifest, configuration: configuration).path
      }, isCancelled: isCancelled)
  }
}
