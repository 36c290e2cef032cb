import Devices
import Signals

extension Observation {
  /// What a tap showed, beside what it should have.
  ///
  /// - Parameters:
  ///   - index: place of the tap in the manifest.
  ///   - groups: the bytes of its beats, as ``TapRecorder`` has them.
  /// - Returns: nil for a tap that is no array of the interface.
  init?(
    _ result: CaseRunner.Result, interface: Interface, tap plan: TapPlan, index: Int,
    groups: [[UInt8]]
  ) {
    guard let array = interface.array(plan.tap.name) else { return nil }
    let field = plan.stream.fields[0]
    let layout = BeatLayout(plan.stream.fields)
    self.init(array, lanes: field.lanes)
    var group = -1
    var place = 0
    var first = 0
    for (number, chunk) in result.chunks.enumerated() {
      if number == 0 || !chunk.hasSettings(of: result.chunks[number - 1]) {
        (group, place) = (group + 1, 0)
      }
      defer { first += chunk.batch.count }
      guard group < groups.count else { continue }
      let beats = chunk.taps[index]
      for transaction in 0..<chunk.batch.count {
        let golden = chunk.tapValues(index, transaction: transaction)
        for position in beats.starts[transaction]..<beats.starts[transaction + 1] {
          guard place + layout.stride <= groups[group].count else { break }
          let observed = groups[group][place..<place + layout.stride].withUnsafeBytes {
            Beats.lanes(field, slot: layout.slots[0], beat: $0)
          }
          place += layout.stride
          let number = position - beats.starts[transaction]
          var beat = Beat(
            transaction: first + transaction, index: number, lanes: [], places: [], expected: [],
            observed: [])
          beat.fill(lanes: beats.lanes(ofField: 0, beat: position), observed: observed) { lane in
            beats.element(ofField: 0, transaction: transaction, beat: number, lane: lane)
              .flatMap { $0 < golden.count ? $0 : nil }
          }
          self.beats.append(beat)
        }
      }
    }
    align(result, interface)
  }
}
