import Blocks
import Lockstep
import Signals

/// What inputs are made of.
public enum FuzzGenerator: String, Sendable, Hashable, Codable, CaseIterable {
  /// Values, shapes, settings and stalls at which approximations and pipelines fail.
  case structured
  /// Uniform values of every array, uniform lengths, and stalls that are drawn cycle by cycle; without corners
  /// and without memory of what was met. What a structured search is measured by.
  case uniform
}

/// Which arrays of a block take uniform values: the others are valid only as a whole, as the indices of a
/// sparse matrix are.
struct UniformArrays {
  private(set) var items: [ArraySpecification] = []
  private(set) var shared: [ArraySpecification] = []
  /// Those of transactions that may hold any values but where they are 0.
  private(set) var sparse: [ArraySpecification] = []

  /// Batches that are tried with each array.
  private static let tries = 8

  /// Asks the golden model of `space` about every array by itself.
  init(_ space: FuzzSpace) {
    func accepts(_ array: ArraySpecification, keepingZeros: Bool = false) -> Bool {
      (0..<UniformArrays.tries).allSatisfy { index in
        var batch = space.batch(.random(index))
        var choices = Choices(seed: UInt32(index))
        if let item = batch.items[array.name] {
          var drawn = item
          for transaction in 0..<item.count {
            var tensor = item[transaction]
            choices.fill(&tensor, in: array.range)
            if keepingZeros { tensor.keepZeros(of: item[transaction]) }
            if transaction == 0 { drawn = RaggedTensor(rank: item.rank) }
            drawn.append(tensor)
          }
          batch.items[array.name] = drawn
        } else if var tensor = batch.shared[array.name] {
          choices.fill(&tensor, in: array.range)
          batch.shared[array.name] = tensor
        }
        return (try? space.block.golden(batch, in: space.configuration)) != nil
      }
    }
    items = space.itemArrays.filter { accepts($0) }
    shared = space.sharedArrays.filter { accepts($0) }
    let names = Set(items.map(\.name))
    sparse = space.itemArrays.filter {
      !names.contains($0.name) && accepts($0, keepingZeros: true)
    }
  }
}

extension Tensor {
  /// Elements are 0 where those of another one, of the same shape, are.
  mutating func keepZeros(of other: Tensor) {
    for index in values.indices where other.values[index] == 0 { values[index] = 0 }
  }
}

extension Choices {
  /// Uniform values.
  mutating func fill(_ tensor: inout Tensor, in range: ClosedRange<Int64>) {
    for index in tensor.values.indices { tensor.values[index] = value(in: range) }
  }

  /// Stalls of some streams, each with a probability of its own, drawn for so many cycles.
  mutating func uniformStalls(of streams: [String], cycles: Int) -> StallRecord {
    StallRecord(
      streams.reduce(into: [:]) { runs, stream in
        let share = 1 + below(7)
        var (list, moves) = ([0], true)
        var drawn = Choices(seed: next())
        for _ in 0..<cycles {
          let next = drawn.below(8) >= share
          if next == moves {
            list[list.count - 1] += 1
          } else {
            list.append(1)
            moves = next
          }
        }
        runs[stream] = list
      })
  }
}
