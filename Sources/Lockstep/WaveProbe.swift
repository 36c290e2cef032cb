import Devices
import Foundation
import Signals

/// Writes the waveform of a range of cycles. Cycle *n* takes the times 2n (clock low, settled) and 2n + 1
/// (clock high).
final class WaveProbe: CycleProbe {
  private let pins: Pins
  private let range: ClosedRange<Int>

  /// - Throws: ``DeviceError`` if the device cannot write waveforms, or the file cannot be written.
  init(_ simulation: Simulation, _ range: ClosedRange<Int>, path: String) throws {
    pins = simulation.pins
    self.range = range
    try pins.openTrace(at: path)
  }

  deinit { pins.closeTrace() }

  func settled(in cycle: Int) {
    if range.contains(cycle) { pins.dumpTrace(at: UInt64(cycle) * 2) }
  }

  func risen(in cycle: Int) {
    if range.contains(cycle) { pins.dumpTrace(at: UInt64(cycle) * 2 + 1) }
  }
}

/// GTKWave's save file: what to show of a waveform, streams grouped, a marker at the failure.
enum WaveView {
  /// Writes the save file of a wave, beside it.
  ///
  /// - Returns: its path.
  static func write(
    _ interface: Interface, library: DeviceLibrary, manifest: Manifest, wave: String,
    failingCycle: Int
  ) throws -> String {
    let url = URL(fileURLWithPath: wave)
    let path = url.deletingPathExtension().path + ".gtkw"
    let text = render(
      interface, library: library, manifest: manifest, wave: url.lastPathComponent,
      failingCycle: failingCycle)
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw BundleError.cannotWrite(path: path, reason: error.localizedDescription)
    }
    return path
  }

  static func render(
    _ interface: Interface, library: DeviceLibrary, manifest: Manifest, wave: String,
    failingCycle: Int
  ) -> String {
    let bits = Dictionary(
      library.ports.map { ($0.name, $0.bits) }, uniquingKeysWith: { first, _ in first })
    func signal(_ port: String) -> String {
      let width = bits[port] ?? 1
      return "TOP.\(port)" + (width > 1 ? "[\(width - 1):0]" : "")
    }
    var lines = [
      "[dumpfile] \"\(wave)\"", "[timestart] \(max(0, 2 * failingCycle - 10))",
      "*-3.000000 \(2 * failingCycle)" + String(repeating: " -1", count: 26), "@28",
    ]
    let resets = ([manifest.reset] + manifest.otherResets).compactMap { $0?.name }
    lines += (manifest.clocks.map(\.name) + resets).map(signal)
    // Foreign designs lack some of the ports, and have others that only the manifest knows.
    func signals(_ names: [String]) -> [String] {
      names.filter { manifest.wiring == nil || bits[$0] != nil }.map(signal)
    }
    if !interface.settings.isEmpty {
      lines += ["@200", "-settings"]
      for (index, field) in interface.settings.enumerated() {
        let ports = manifest.wiring.map { $0.settings[index].place?.ports ?? [] }
        for name in signals(ports ?? [field.settingPort]) {
          lines += [field.format.isSigned ? "@420" : "@24", name]
        }
      }
    }
    for stream in interface.streams {
      let title = "\(stream.direction == .input ? "input" : "output") \(stream.name)"
      lines += ["@800200", "-\(title)", "@28"] + signals([stream.validPort, stream.readyPort])
      lines += ["@22"] + signals(stream.fields.map { stream.port(of: $0) })
      lines += ["@1000200", "-\(title)"]
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
