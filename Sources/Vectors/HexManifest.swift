import Foundation
package import Signals

/// What is in a folder of hexadecimal vectors.
package struct HexManifest: Codable, Equatable {
  /// One file: the values of one port.
  package struct Port: Codable, Equatable {
    package var port: String
    package var file: String
    /// Width of the port; a line has `(bits + 3) / 4` digits.
    package var bits: Int
    package var lanes: Int
    package var bitsPerLane: Int
    package var isSigned: Bool
    /// `array <name>`, `keep` (one bit a lane: it holds an element) or `last` (of a transaction).
    package var content: String
    package var lines: Int
  }

  package struct Channel: Codable, Equatable {
    package var name: String
    package var direction: String
    package var phase: String
    package var validPort: String
    package var readyPort: String
    package var beats: Int
    package var beatsPerTransaction: [Int]
    package var fields: [Port]
  }

  package var title: String
  package var settings: [Port]
  /// Inputs of phase `configuration`, inputs of phase `data`, outputs.
  package var streams: [Channel]

  package init(_ stimulus: Stimulus, _ response: Response, interface: Interface, title: String) {
    self.title = title
    settings = zip(interface.settings, stimulus.settings).map { setting, bytes in
      Port(
        setting, port: setting.settingPort, file: HexManifest.file(of: setting),
        lines: bytes.count / BeatLayout([setting]).stride)
    }
    streams = (stimulus.configuration + stimulus.data + response.outputs).map { beats in
      let stream = beats.stream
      return Channel(
        name: stream.name, direction: stream.direction.rawValue, phase: stream.phase.rawValue,
        validPort: stream.validPort, readyPort: stream.readyPort, beats: beats.count,
        beatsPerTransaction: zip(beats.starts, beats.starts.dropFirst()).map { $1 - $0 },
        fields: stream.fields.map { field in
          Port(
            field, port: stream.port(of: field), file: HexManifest.file(of: field, in: stream),
            lines: beats.count)
        })
    }
  }

  package static func file(of setting: Field) -> String { "cfg_\(setting.name).hex" }

  package static func file(of field: Field, in stream: Signals.Stream) -> String {
    "\(stream.name).\(field.name).hex"
  }

  /// Keys in alphabetical order, so that equal vectors make equal bytes.
  package var json: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // Strings and integers always encode.
    return ((try? encoder.encode(self)).map(Array.init) ?? []) + [0x0A]
  }

  /// The same for people.
  package var text: String {
    var lines = [
      "Vectors of \(title)",
      "",
      "Every file is for $readmemh: one beat a line, as wide as the port, most significant digit",
      "first. Lane 0 is the lowest bits; negative lanes are two's complement. Line n of all files",
      "of a stream is one beat, and beats cross in the order of the lines.",
      "",
      "1. Hold the settings (cfg_*) from reset on, while anything is in flight.",
      "2. Drive the input streams of phase 'configuration' to their end.",
      "3. Drive the input streams of phase 'data', each with valid and ready of its own.",
      "4. On every transfer of an output stream compare all its fields with the next line. The run",
      "   is over when all lines of all outputs were compared.",
      "",
      "A transaction ends where 'last' is 1, where the stream has it; manifest.json has the number",
      "of beats of every transaction.",
    ]
    if let field = (streams.last?.fields ?? settings).first {
      lines += [
        "",
        "  logic [\(field.bits - 1):0] memory [\(max(field.lines, 1))];",
        "  initial $readmemh(\"\(field.file)\", memory);  // memory[0] is the first beat",
      ]
    }
    lines += [""] + table()
    return lines.joined(separator: "\n") + "\n"
  }

  private func table() -> [String] {
    var rows = [["file", "port", "bits", "lanes", "lines", "content"]]
    for setting in settings { rows.append(setting.row(content: "setting")) }
    for stream in streams {
      let phase = stream.phase == "configuration" ? ", configuration" : ""
      for field in stream.fields {
        rows.append(field.row(content: "\(stream.direction)\(phase), \(field.content)"))
      }
    }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = zip(row, widths).map { cell, width in
        cell + String(repeating: " ", count: width - cell.count)
      }
      return String(cells.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
    }
  }
}

extension HexManifest.Port {
  fileprivate init(_ field: Field, port: String, file: String, lines: Int) {
    self.port = port
    self.file = file
    self.lines = lines
    bits = field.bits
    lanes = field.lanes
    bitsPerLane = field.format.width
    isSigned = field.format.isSigned
    content =
      switch field.content {
      case .array(let name): "array \(name)"
      case .keep: "keep"
      case .last: "last"
      case .extent(let axis): "extent \(axis)"
      }
  }

  fileprivate func row(content: String) -> [String] {
    let kind = isSigned ? "int" : "uint"
    return [file, port, String(bits), "\(lanes) x \(kind)\(bitsPerLane)", String(lines), content]
  }
}
