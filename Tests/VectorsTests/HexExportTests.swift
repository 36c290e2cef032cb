import Foundation
import Signals
import Testing
import Vectors

@Suite struct HexExportTests {
  private static let interface = Interface(
    arrays: [
      ArraySpecification("x", .input, axes: ["R", "L"], .signed(5), "codes"),
      ArraySpecification("bias", .input, axes: [], .signed(13), "a setting"),
      ArraySpecification("table", .input, axes: ["T"], .unsigned(40), "a table"),
      ArraySpecification("y", .output, axes: ["R", "L"], .signed(35), "results"),
    ],
    batching: .leading("R"), settings: [.setting("bias", .signed(13))],
    streams: [
      .rows("x", .input, format: .signed(5), lanes: 3),
      Signals.Stream(
        "table", .input, phase: .configuration,
        fields: [Field("data", .unsigned(40), lanes: 2, content: .array("table"))]),
      .rows("y", .output, format: .signed(35), lanes: 3),
    ])

  /// Two rows of four: two beats each, the second with one element.
  private static func batch() -> Batch {
    Batch(
      count: 2,
      shared: ["bias": Tensor(-1), "table": Tensor([1, 0xAB_CDEF_0123, 2])],
      items: [
        "x": RaggedTensor(count: 2, shape: [4], values: [1, -1, -16, 15, 0, 2, 3, 4]),
        "y": RaggedTensor(
          count: 2, shape: [4], values: [-1, 0, 1, 7 << 30, 5, 6, -(1 << 34), 9]),
      ])
  }

  private static func write(to folder: String) throws {
    let stimulus = try Stimulus(batch(), interface: interface, filler: 1)
    let response = try Response(batch(), interface: interface)
    try HexExport.write(stimulus, response, interface: interface, title: "a block", to: folder)
  }

  @Test(arguments: [
    (1, "1"), (2, "3"), (3, "7"), (4, "f"), (5, "1f"), (8, "ff"), (9, "0ff"), (13, "1eff"),
    (16, "beff"), (63, "678909abcdefbeff"), (64, "678909abcdefbeff"), (65, "1678909abcdefbeff"),
    (70, "05678909abcdefbeff"), (96, "1234fe45678909abcdefbeff"),
  ])
  func `a line has the digits of the port, the highest first`(bits: Int, line: String) {
    let bytes: [UInt8] = [
      0xFF, 0xBE, 0xEF, 0xCD, 0xAB, 0x09, 0x89, 0x67, 0x45, 0xFE, 0x34, 0x12, 0, 0, 0, 0,
    ]
    let slot = BeatLayout([Field("f", .unsigned(1), lanes: bits, content: .keep)]).slots[0]
    let text = String(decoding: HexExport.lines(bytes, stride: 16, slot: slot), as: UTF8.self)
    #expect(text == line + "\n")
  }

  @Test func `every port has a file with a line for every beat`() throws {
    try withFolder { folder in
      let out = folder + "/vectors"
      try Self.write(to: out)
      func text(_ file: String) throws -> String {
        try String(contentsOfFile: "\(out)/\(file)", encoding: .utf8)
      }
      #expect(try text("cfg_bias.hex") == "1fff\n")
      #expect(try text("table.data.hex") == "abcdef01230000000001\n00000000020000000002\n")
      let x = try text("x.data.hex").split(separator: "\n")
      // Lanes -16, -1, 1 are 10000 11111 00001; the second beat's lanes 1 and 2 are arbitrary.
      #expect(x.count == 4 && x[0] == "43e1" && x[2] == "0c40")
      #expect(try text("x.keep.hex") == "7\n1\n7\n1\n")
      #expect(try text("x.last.hex") == "0\n1\n0\n1\n")
      #expect(
        try text("y.data.hex") == """
          0000000004000000007ffffffff
          0000000000000000001c0000000
          100000000000000003000000005
          000000000000000000000000009

          """)
      let files = try FileManager.default.contentsOfDirectory(atPath: out).sorted()
      #expect(
        files == [
          "README.txt", "cfg_bias.hex", "manifest.json", "table.data.hex", "x.data.hex",
          "x.keep.hex", "x.last.hex", "y.data.hex", "y.keep.hex", "y.last.hex",
        ])
    }
  }

  @Test func `the manifest says ports, widths and counts, and every file is in it`() throws {
    try withFolder { folder in
      try Self.write(to: folder + "/vectors/")
      let out = folder + "/vectors"
      let json = try Data(contentsOf: URL(filePath: out + "/manifest.json"))
      let manifest = try JSONDecoder().decode(HexManifest.self, from: json)
      #expect(manifest.title == "a block")
      #expect(manifest.streams.map(\.name) == ["table", "x", "y"])
      #expect(manifest.streams.map(\.phase) == ["configuration", "data", "data"])
      #expect(manifest.streams.map(\.beats) == [2, 4, 4])
      #expect(manifest.streams.map(\.beatsPerTransaction) == [[2], [2, 2], [2, 2]])
      #expect(manifest.streams[1].validPort == "x_valid_i")
      #expect(manifest.streams[2].readyPort == "y_ready_i")
      let ports = manifest.settings + manifest.streams.flatMap(\.fields)
      #expect(ports.map(\.bits) == [13, 80, 15, 3, 1, 105, 3, 1])
      #expect(ports[2].port == "x_data_i" && ports[2].isSigned && ports[2].content == "array x")
      let readme = try String(contentsOfFile: out + "/README.txt", encoding: .utf8)
      for port in ports {
        let text = try String(contentsOfFile: "\(out)/\(port.file)", encoding: .utf8)
        let lines = text.split(separator: "\n")
        #expect(lines.count == port.lines)
        #expect(lines.allSatisfy { $0.count == (port.bits + 3) / 4 })
        #expect(readme.contains(port.file) && readme.contains(port.port))
      }
      let row = "x.data.hex      x_data_i      15    3 x int5    4      input, array x\n"
      #expect(readme.contains(row))
      #expect(!readme.contains(" \n"))
    }
  }

  @Test func `equal vectors make equal bytes`() throws {
    try withFolder { folder in
      try Self.write(to: folder + "/a")
      try Self.write(to: folder + "/b")
      for file in try FileManager.default.contentsOfDirectory(atPath: folder + "/a") {
        let first = try File.contents("\(folder)/a/\(file)")
        #expect(try File.contents("\(folder)/b/\(file)") == first)
      }
    }
  }

  @Test func `a folder that holds something is left as it is`() throws {
    try withFolder { folder in
      let out = folder + "/vectors"
      try FileManager.default.createDirectory(
        atPath: out, withIntermediateDirectories: false)
      try Self.write(to: out)
      #expect(
        message { try Self.write(to: out) }
          == "cannot write '\(out)': Directory not empty; what was there before is unchanged")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["vectors"])
      let missing = folder + "/no/vectors"
      #expect(message { try Self.write(to: missing) }?.contains("No such file") == true)
    }
  }
}
