import Foundation
import Yams

extension ManifestNode {
  /// A budget: `4200`, a band `4200..4300`, or `{total: 4200, x: [4096, 0, 12, 92], ...}` with the cycles
  /// of streams in the order of ``CycleClasses/Kind``.
  func budget(
    _ expected: String
  ) throws(DeviceError) -> (total: ClosedRange<Int>, streams: Manifest.BudgetStreams) {
    guard case .mapping = node else { return (try band(expected), [:]) }
    var total: ClosedRange<Int>?
    var streams: Manifest.BudgetStreams = [:]
    for entry in try pairs(expected) {
      if entry.key == "total" {
        total = try entry.value.band(expected)
        continue
      }
      var counts: [Int] = []
      for count in try entry.value.sequence("cycles of transfer, starved, blocked and idle") {
        counts.append(try count.integer())
      }
      guard counts.count == 4 else {
        throw entry.value.wrong("cycles of transfer, starved, blocked and idle")
      }
      streams[entry.key] = CycleClasses(
        transfer: counts[0], starved: counts[1], blocked: counts[2], idle: counts[3])
    }
    guard let total else { throw wrong(expected) }
    return (total, streams)
  }

  private func band(_ expected: String) throws(DeviceError) -> ClosedRange<Int> {
    let ends = try string(expected).components(separatedBy: "..").map { Int($0) }
    guard let low = ends.first ?? nil, let high = ends.last ?? nil, ends.count <= 2, low >= 0,
      low <= high
    else { throw wrong(expected) }
    return low...high
  }
}
