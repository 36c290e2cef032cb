import Signals

/// Samples the streams of a simulation in a range of cycles.
final class WindowProbe: CycleProbe {
  private struct Watched {
    let stream: Stream
    let channel: Channel
    let layout: BeatLayout
    var valid: [UInt8] = []
    var ready: [UInt8] = []
    var payloads: [Int: String] = [:]
  }

  private let range: ClosedRange<Int>
  private var watched: [Watched]

  /// - Parameter range: cycles, counted from the end of reset.
  init(_ simulation: Simulation, _ range: ClosedRange<Int>) {
    self.range = range
    let interface = simulation.interface
    let inputs = interface.streams(.data) + interface.streams(.table)
    watched =
      zip(inputs, simulation.drivers).map {
        Watched(stream: $0, channel: $1, layout: BeatLayout($0.fields))
      }
      + zip(interface.outputs, simulation.outputs).map {
        Watched(stream: $0, channel: $1, layout: BeatLayout($0.fields))
      }
  }

  func settled(in cycle: Int) {
    guard range.contains(cycle) else { return }
    for index in watched.indices {
      let isValid = watched[index].channel.valid.pointee != 0
      watched[index].valid.append(isValid ? 0x31 : 0x30)
      watched[index].ready.append(watched[index].channel.ready.pointee != 0 ? 0x31 : 0x30)
      if isValid { watched[index].payloads[cycle - range.lowerBound] = payload(watched[index]) }
    }
  }

  func risen(in cycle: Int) {}

  private func payload(_ watched: Watched) -> String {
    let bytes = [UInt8](unsafeUninitializedCapacity: watched.layout.stride) { buffer, count in
      buffer.initialize(repeating: 0)
      if let base = buffer.baseAddress {
        for port in watched.channel.ports { port.sample(into: UnsafeMutableRawPointer(base)) }
      }
      count = watched.layout.stride
    }
    return watched.stream.words(bytes, watched.layout)
  }

  /// What was seen.
  func window(failingAt cycle: Int, on stream: String?) -> SignalWindow {
    SignalWindow(
      first: range.lowerBound,
      traces: watched.map {
        SignalWindow.Trace(
          stream: $0.stream.name, isInput: $0.stream.direction == .input,
          valid: String(decoding: $0.valid, as: UTF8.self),
          ready: String(decoding: $0.ready, as: UTF8.self), payloads: $0.payloads)
      }, failingCycle: cycle, failingStream: stream)
  }
}

extension Stream {
  /// A beat in words: the lanes that hold an element, and `last` where it is set.
  func words(_ bytes: [UInt8], _ layout: BeatLayout) -> String {
    let lanes = bytes.withUnsafeBytes { raw in
      zip(fields, layout.slots).map { Beats.lanes($0, slot: $1, beat: raw) }
    }
    let kept = zip(fields, lanes).first { $0.0.content == .keep }?.1
    let carrying = fields.filter { if case .array = $0.content { true } else { false } }
    var parts: [String] = []
    for (field, values) in zip(fields, lanes) {
      switch field.content {
      case .keep:
        continue
      case .last:
        if values[0] != 0 { parts.append("last") }
      case .extent(let axis):
        parts.append("\(axis) = \(values[0])")
      case .array:
        let marks = kept?.count == values.count ? kept : nil
        let text = values.indices.filter { marks?[$0] != 0 }
          .map { String(values[$0]) }.joined(separator: " ")
        parts.append(carrying.count == 1 ? text : "\(field.name) \(text)")
      }
    }
    return parts.joined(separator: ", ")
  }
}
