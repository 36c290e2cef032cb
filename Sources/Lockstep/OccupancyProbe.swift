/// Notes how deep stalls are and how full the device is meanwhile. Trivial: raw pointers and integers only.
///
/// For each output there is a bin for every pair of octaves: cycles for which its beat was not taken, and
/// beats that the first input is ahead of it. For each input there is one for every octave of cycles for
/// which its beat was not taken.
struct OccupancyProbe: CycleProbe {
  /// Octaves that are told apart.
  static let octaves = 16

  private let drivers: UnsafeMutableBufferPointer<Channel>
  private let outputs: UnsafeMutableBufferPointer<Channel>
  /// Cycles for which each stream has been waiting: inputs, then outputs.
  private let waits: UnsafeMutableBufferPointer<Int>
  let bins: UnsafeMutableBufferPointer<UInt8>
  /// Beats of each input that crossed before the first beat of any output did.
  let takenAhead: UnsafeMutableBufferPointer<Int>

  /// Bins for so many streams.
  static func bins(inputs: Int, outputs: Int) -> Int { (inputs + outputs * octaves) * octaves }

  init(_ simulation: Simulation) {
    drivers = simulation.drivers
    outputs = simulation.outputs
    waits = .allocate(capacity: drivers.count + outputs.count)
    waits.initialize(repeating: 0)
    bins = .allocate(
      capacity: OccupancyProbe.bins(inputs: drivers.count, outputs: outputs.count))
    bins.initialize(repeating: 0)
    takenAhead = .allocate(capacity: drivers.count)
    takenAhead.initialize(repeating: 0)
  }

  func deallocate() {
    waits.deallocate()
    bins.deallocate()
    takenAhead.deallocate()
  }

  @inline(__always)
  func settled(in cycle: Int) {
    for index in 0..<drivers.count {
      guard drivers[index].valid.pointee != 0, drivers[index].ready.pointee == 0 else {
        waits[index] = 0
        continue
      }
      waits[index] &+= 1
      bins[index &* OccupancyProbe.octaves &+ OccupancyProbe.octave(waits[index])] = 1
    }
    if outputs.allSatisfy({ $0.counts[3] == 0 }) {
      for index in 0..<drivers.count { takenAhead[index] = drivers[index].counts[3] }
    }
    let given = drivers.count > 0 ? drivers[0].counts[3] : 0
    for index in 0..<outputs.count {
      let place = drivers.count &+ index
      guard outputs[index].valid.pointee != 0, outputs[index].ready.pointee == 0 else {
        waits[place] = 0
        continue
      }
      waits[place] &+= 1
      let pair =
        OccupancyProbe.octave(waits[place]) &* OccupancyProbe.octaves
        &+ OccupancyProbe.octave(given &- outputs[index].counts[3])
      let first = drivers.count &+ index &* OccupancyProbe.octaves
      bins[first &* OccupancyProbe.octaves &+ pair] = 1
    }
  }

  @inline(__always)
  func risen(in cycle: Int) {}

  /// 0 for 0 and below, else the number of binary digits, up to 15.
  @inline(__always)
  private static func octave(_ count: Int) -> Int {
    min(Int.bitWidth &- max(count, 0).leadingZeroBitCount, octaves &- 1)
  }
}
