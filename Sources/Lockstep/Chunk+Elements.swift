import Blocks
import Signals

extension Chunk {
  /// Elements that all beats of an output carry.
  static func elements(_ beats: Beats, _ expected: Batch) -> Int {
    beats.stream.fields.reduce(0) { sum, field in
      guard case .array(let name) = field.content else { return sum }
      return sum + (expected.items[name]?.valueCount ?? expected.shared[name]?.values.count ?? 0)
    }
  }

  /// Elements that the first `count` beats of an output carry.
  func elements(ofOutput output: Int, beats count: Int) -> Int {
    let beats = response.outputs[output]
    let transaction = count < beats.count ? beats.transaction(ofBeat: count) : batch.count
    return beats.stream.fields.indices.reduce(0) { sum, index in
      let field = beats.stream.fields[index]
      guard case .array(let name) = field.content, let array = expected.items[name] else {
        return sum
      }
      let whole = (0..<transaction).reduce(0) { $0 + array.range(of: $1).count }
      guard transaction < batch.count else { return sum + whole }
      let carried = array.range(of: transaction).count
      let places = (0..<count - beats.starts[transaction]).flatMap { beat in
        (0..<field.lanes).compactMap {
          beats.element(ofField: index, transaction: transaction, beat: beat, lane: $0)
        }
      }
      return sum + whole + places.count { $0 < carried }
    }
  }
}
