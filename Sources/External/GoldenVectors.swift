public import Blocks
public import Signals
import Vectors

/// Recorded transactions as golden model: a transaction is answered with what the files expect of
/// one with
/// the same inputs.
public struct GoldenVectors: GoldenSource {
  private let name: String
  private let paths: [String]
  /// By inputs, the place in `answers`.
  private let places: [[Value]: Int]
  private let answers: [[String: Tensor]]

  /// An input of one transaction.
  private struct Value: Hashable {
    let shape: [Int]
    let values: [Int64]
  }

  /// - Parameters:
  ///   - name: of the block, for messages.
  ///   - files: batches of inputs with their outputs, and where these come from.
  /// - Throws: ``ExternalError/contradiction(path:transaction:other:otherTransaction:)``.
  public init(
    name: String, _ files: [(path: String, inputs: Batch, outputs: Batch)], interface: Interface
  ) throws(ExternalError) {
    var places: [[Value]: Int] = [:]
    var answers: [[String: Tensor]] = []
    var origins: [(path: String, transaction: Int)] = []
    for file in files {
      for transaction in 0..<file.inputs.count {
        let key = GoldenVectors.key(file.inputs, transaction, interface)
        let answer = file.outputs.items.mapValues { $0[transaction] }
        if let known = places[key] {
          guard answers[known] == answer else {
            throw .contradiction(
              path: file.path, transaction: transaction, other: origins[known].path,
              otherTransaction: origins[known].transaction)
          }
          continue
        }
        places[key] = answers.count
        answers.append(answer)
        origins.append((file.path, transaction))
      }
    }
    (self.name, self.places, self.answers) = (name, places, answers)
    paths = files.map(\.path)
  }

  private static func key(_ batch: Batch, _ transaction: Int, _ interface: Interface) -> [Value] {
    interface.arrays.filter { $0.role == .input }.map { array in
      if let item = batch.items[array.name] {
        let tensor = item[transaction]
        return Value(shape: tensor.shape, values: tensor.values)
      }
      let tensor = batch.shared[array.name]
      return Value(shape: tensor?.shape ?? [], values: tensor?.values ?? [])
    }
  }

  public var version: String { paths.joined(separator: ", ") }

  public func answer(
    _ batch: Batch, interface: Interface, configuration: Configuration
  ) throws(BlockError) -> Batch {
    var items: [String: RaggedTensor] = [:]
    for transaction in 0..<batch.count {
      guard let place = places[GoldenVectors.key(batch, transaction, interface)] else {
        throw .external(
          block: name,
          reason: "\(ExternalError.unknownTransaction(transaction, paths: paths))")
      }
      for (array, tensor) in answers[place] {
        items[array, default: RaggedTensor(rank: tensor.shape.count)].append(tensor)
      }
    }
    return Batch(count: batch.count, items: items)
  }
}
