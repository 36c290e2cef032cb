public import Signals

/// Vectors for a simulator that reads them with `$readmemh`: one file a port, one beat a line.
///
/// A folder holds `cfg_<setting>.hex` for the settings, `<stream>.<field>.hex` for every field of
/// every stream (inputs to drive, outputs to expect), `manifest.json` with ports, widths and counts
/// for programs, and `README.txt` with the same for people.
public enum HexExport {
  /// The lines of one field of a stream, one beat a line.
  ///
  /// A line has as many hexadecimal digits as the port needs, the most significant first, lower
  /// case, and ends with a line feed. Lane 0 is the lowest bits; negative lanes are two's
  /// complement.
  public static func lines(_ beats: Beats, field: Int) -> [UInt8] {
    lines(beats.bytes, stride: beats.layout.stride, slot: beats.layout.slots[field])
  }

  /// Lines of what lies at one slot of every `stride` bytes; bits above the slot's width are
  /// dropped.
  package static func lines(_ bytes: [UInt8], stride: Int, slot: BeatLayout.Slot) -> [UInt8] {
    let digits = (slot.bits + 3) / 4
    let topMask = UInt8(0xF >> ((4 - slot.bits % 4) % 4))
    let count = bytes.count / stride
    return [UInt8](unsafeUninitializedCapacity: count * (digits + 1)) { out, initialised in
      var position = 0
      for beat in 0..<count {
        let start = beat * stride + slot.offset
        for digit in (0..<digits).reversed() {
          var nibble = bytes[start + digit / 2] >> (digit % 2 == 0 ? 0 : 4) & 0xF
          if digit == digits - 1 { nibble &= topMask }
          out.initializeElement(at: position, to: nibble + (nibble < 10 ? 0x30 : 0x57))
          position += 1
        }
        out.initializeElement(at: position, to: 0x0A)
        position += 1
      }
      initialised = position
    }
  }

  /// Writes a new folder with a stimulus and the response that is expected to it.
  ///
  /// The folder appears whole or not at all: it is written beside `folder` and renamed.
  ///
  /// - Parameters:
  ///   - title: what the vectors are of, for people: block and configuration.
  ///   - folder: must not exist, or be empty; the folder that it is in must exist.
  /// - Throws: ``VectorError/cannotWrite(path:reason:)``.
  public static func write(
    _ stimulus: Stimulus, _ response: Response, interface: Interface, title: String,
    to folder: String
  ) throws(VectorError) {
    let manifest = HexManifest(stimulus, response, interface: interface, title: title)
    var files: [(name: String, bytes: [UInt8])] = []
    for (setting, bytes) in zip(interface.settings, stimulus.settings) {
      let layout = BeatLayout([setting])
      files.append(
        (HexManifest.file(of: setting), lines(bytes, stride: layout.stride, slot: layout.slots[0])))
    }
    for beats in stimulus.configuration + stimulus.data + response.outputs {
      for (index, field) in beats.stream.fields.enumerated() {
        files.append((HexManifest.file(of: field, in: beats.stream), lines(beats, field: index)))
      }
    }
    files.append(("manifest.json", manifest.json))
    files.append(("README.txt", Array(manifest.text.utf8)))
    try File.publish(files, toFolder: folder)
  }
}
