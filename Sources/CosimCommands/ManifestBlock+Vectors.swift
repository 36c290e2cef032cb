import Blocks
import Devices
import External
import Lockstep
import Signals

extension ManifestBlock {
  /// Transactions of a batch; a search begins with one batch, or some transactions of it.
  private static let batchSize = 16

  /// The same design with the vectors that its manifest names as golden model and as the only stimulus; itself
  /// where it names none.
  ///
  /// - Throws: `VectorError` and `SignalError` for files that do not fit, `ExternalError` for files that
  ///   contradict each other.
  func answeredByVectors(in configuration: Configuration) throws -> ManifestBlock {
    let paths = manifest.golden?.vectors.map(manifest.path) ?? []
    guard !paths.isEmpty else { return self }
    let interface = try interface(in: configuration)
    var files: [(path: String, inputs: Batch, outputs: Batch)] = []
    for path in paths {
      let file = try vectorFile(path, block: self, configuration: configuration, scales: [:])
      guard let answer = try file.answer() else {
        throw CommandError.badVectors(
          path: path, block: name, reason: "it lacks outputs, which are the golden model here")
      }
      files.append((path, file.batch, answer))
    }
    let golden = try GoldenVectors(name: name, files, interface: interface)
    var block = ManifestBlock(manifest, golden: golden)
    block.recorded = files.flatMap { file in
      let whole = Workload.whole(
        file.inputs, summary: "", settings: interface.settings.map(\.name))
      var (batches, first): ([Batch], Int) = ([], 0)
      for count in whole.transactions {
        for start in stride(from: first, to: first + count, by: ManifestBlock.batchSize) {
          let end = min(start + ManifestBlock.batchSize, first + count)
          batches.append(file.inputs.transactions(start..<end))
        }
        first += count
      }
      return batches
    }
    return block
  }
}
