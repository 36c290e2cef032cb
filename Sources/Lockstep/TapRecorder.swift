import Devices
import Signals

/// Writes down what a tap shows, behind its first difference, too.
final class TapRecorder: CycleProbe {
  private unowned let simulation: Simulation
  private let channel: TapChannel
  private let scratch: UnsafeMutableRawBufferPointer
  /// The beats of each group of chunks, one after the other.
  private(set) var groups: [[UInt8]] = []
  /// Beats that are kept.
  private var left = 50_000

  /// - Parameter index: place of the tap in the manifest.
  init(_ simulation: Simulation, tap index: Int) throws {
    self.simulation = simulation
    var watched = WatchedBits()
    let channels = try simulation.pins.tapChannels([simulation.tapPlans[index]], &watched)
    channel = channels[0]
    channels.deallocate()
    scratch = .allocate(byteCount: channel.stride, alignment: 8)
    scratch.initializeMemory(as: UInt8.self, repeating: 0)
  }

  deinit {
    channel.deallocate()
    scratch.deallocate()
  }

  func settled(in cycle: Int) {
    guard left > 0, let base = scratch.baseAddress, channel.sample(into: base) else { return }
    while groups.count < simulation.groups { groups.append([]) }
    guard !groups.isEmpty else { return }
    left -= 1
    groups[groups.count - 1] += scratch
  }

  func risen(in cycle: Int) {}
}
