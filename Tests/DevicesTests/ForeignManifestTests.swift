import Devices
import Foundation
import Signals
import Testing

/// What a manifest says about the pins of a foreign design.
@Suite struct ForeignManifestTests {
  private func manifest(_ text: String, files: [String: String] = [:]) throws -> Manifest {
    let folder = NSTemporaryDirectory() + "/cosim-foreign-manifest-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for (name, content) in files.merging(["top.v": ""], uniquingKeysWith: { $1 }) {
      let url = URL(fileURLWithPath: "\(folder)/\(name)")
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try content.write(to: url, atomically: false, encoding: .utf8)
    }
    return try Manifest(text: text, file: folder + "/device.yaml")
  }

  private func complaint(_ text: String, files: [String: String] = [:]) -> String {
    do {
      return "nothing: \(try manifest(text, files: files).top)"
    } catch {
      let words = "\(error)"
      return words.firstRange(of: "device.yaml").map { String(words[$0.lowerBound...]) } ?? words
    }
  }

  static let head = """
    top: t
    sources: [top.v]
    configurations: {default: {N: 4, W: 8}}

    """

  static let output = """
      out:
        direction: output
        valid: v
        ready: r
        fields: {y: {port: y, bits: W}}

    """

  @Test func `streams become an interface with the ports of the design`() throws {
    let manifest = try manifest(
      ForeignManifestTests.head + """
        settings: {scale: {port: s, bits: 4, signed: true}}
        arrays: {x: {axes: [M, K], range: -3..3, summary: activations}}
        streams:
          out: {direction: output, valid: v, ready: r, last: l, fields: {y: {port: y, lanes: N, bits: W}}}
          in: {direction: input, valid: "!iv", ready: ir,
            fields: {data: {port: "d{}", lanes: N, bits: W * 2 - 1, signed: true, array: x}}}
        """)
    let interface = try manifest.interface(in: manifest.configurations[0])
    #expect(interface.streams.map(\.name) == ["in", "out"])
    #expect(interface.streams[0].fields[0].format == .signed(15))
    #expect(interface.streams[0].validPort == "iv" && interface.streams[1].readyPort == "r")
    #expect(manifest.wiring?.streams[0].pins[.valid] == Pin("iv", isInverted: true))
    let x = try #require(interface.array("x"))
    #expect(x.axes == ["T", "M", "K"] && x.range == -3...3 && x.isFlat == nil)
    #expect(interface.array("y")?.axes == ["T", "y"] && interface.array("y")?.isFlat == true)
    #expect(interface.settings == [.setting("scale", .signed(4))])
  }

  @Test(arguments: [
    (
      "  in: {direction: sideways}\n",
      "device.yaml:5: 'direction' must be 'input' or 'output', but is 'sideways'"
    ),
    ("  in: {valid: v}\n", "device.yaml:5: the key 'direction' is missing"),
    (
      "  in: {direction: input, valid: v}\n",
      "device.yaml:5: input 'in' with the handshake ready_valid needs 'ready'"
    ),
    (
      "  in: {direction: input, handshake: valid_only, valid: v, ready: r}\n",
      "device.yaml:5: 'ready' means nothing on an input with the handshake valid_only"
    ),
    (
      "  in: {direction: input, handshake: redy_valid}\n",
      "device.yaml:5: 'handshake' names 'redy_valid', which there is not; did you mean 'ready_valid'?"
    ),
    (
      "  in: {direction: input, valid: v, ready: r, fields: {x: {port: x}}}\n",
      "device.yaml:5: the key 'bits' is missing"
    ),
    (
      "  in: {direction: input, valid: v, ready: r, fields: {x: {port: x, bits: M}}}\n",
      "device.yaml:5: 'bits' depends on 'M', which no configuration sets; did you mean 'N'?"
    ),
    (
      "  in: {direction: input, valid: v, ready: r, fields: {x: {port: x, bits: W * 9}}}\n",
      "device.yaml:5: 'bits' must be in 1...64, but is W * 9 = 72 in 'default'"
    ),
    (
      "  in: {direction: input, valid: v, ready: r, fields: {x: {port: x, ports: [a], bits: 1}}}\n",
      "device.yaml:5: 'x' has both 'port' and 'ports'"
    ),
    (
      "  in: {direction: input, valid: v, ready: r, fields: {y: {port: x, bits: W}}}\n",
      "device.yaml:10: array 'y' is carried by another field as input of format uint8, here as output of uint8"
    ),
    (
      "  in: {direction: input, valid: v, ready: r, clock: fast}\n",
      "device.yaml:5: 'clock' names 'fast', which there is not; there are clk_i"
    ),
    (
      "  in: {direction: input, valid: v, ready: r, colour: red}\n",
      "device.yaml:5: unknown key 'colour'"
    ),
  ])
  func `what is wrong with a stream is said with its line`(_ text: String, _ expected: String) {
    let found = complaint(
      ForeignManifestTests.head + "streams:\n" + text + ForeignManifestTests.output)
    #expect(found.hasPrefix(expected), "\(found)")
  }

  @Test(arguments: [
    (
      "streams:\n  in: {direction: input, valid: v, ready: r}\n",
      "device.yaml:5: there is no output stream: nothing would be compared"
    ),
    (
      "settings: {s: {register: 4, bits: 3}}\nstreams:\n" + ForeignManifestTests.output,
      "device.yaml:4: a setting names a register, but there is no 'register_bus'"
    ),
    (
      "settings_together: true\nstreams:\n" + ForeignManifestTests.output,
      "device.yaml:4: those of a design with 'streams' always change together"
    ),
    (
      "settings: {s: {port: s, bits: 3}}\n",
      "device.yaml:4: 'settings' describes a foreign design, but there are no 'streams'"
    ),
    (
      "arrays: {z: {axes: [M]}}\nstreams:\n" + ForeignManifestTests.output,
      "device.yaml:4: 'arrays' names 'z', which there is not"
    ),
    (
      "arrays: {y: {axes: [T, M]}}\nstreams:\n" + ForeignManifestTests.output,
      "device.yaml:4: the axis T counts transactions; leave it out"
    ),
    (
      "clock: c\nclocks: {a: {period: 2}}\nstreams:\n" + ForeignManifestTests.output,
      "device.yaml:5: there are both 'clock' and 'clocks'"
    ),
    (
      "clocks: {a: {period: 2, phase: 2}}\nstreams:\n" + ForeignManifestTests.output,
      "device.yaml:4: 'phase' must be in 0..<2, the period, but is '2'"
    ),
    (
      "reset: {name: r, kind: eventual}\nstreams:\n" + ForeignManifestTests.output,
      "device.yaml:4: 'kind' must be 'synchronous' or 'asynchronous', but is 'eventual'"
    ),
  ])
  func `what contradicts itself is said with its line`(_ text: String, _ expected: String) {
    let found = complaint(ForeignManifestTests.head + text)
    #expect(found.hasPrefix(expected), "\(found)")
  }

  @Test func `file lists are read as other simulators read them`() throws {
    let manifest = try manifest(
      "top: t\nfilelists: [sim/all.f]\ndefines: {B: 3}\n",
      files: [
        "sim/all.f": """
        // comment
        +incdir+../inc+own
        +define+A=1+B=2+C
        -y ../cells -v ../lib.v
        -f more.f /* two
        lines */ ../top.v
        +libext+.v
        """, "sim/more.f": "extra.sv\n", "sim/extra.sv": "", "sim/own/x.vh": "", "inc/y.vh": "",
        "cells/c.v": "", "lib.v": "",
      ])
    #expect(manifest.sources.suffix(2) == ["sim/extra.sv", "sim/../top.v"])
    #expect(manifest.includeDirectories == ["sim/../inc", "sim/own"])
    #expect(manifest.defines == ["A": "1", "B": "3", "C": ""])
    #expect(manifest.libraries == ["sim/../cells", "sim/../lib.v"])
  }

  @Test func `a file list that is not there, or reads itself, is refused`() {
    #expect(
      complaint("top: t\nfilelists: [a.f]\n").contains("'filelists' names"))
    #expect(
      complaint("top: t\nfilelists: [a.f]\n", files: ["a.f": "-f a.f"]).hasSuffix("reads itself"))
    #expect(
      complaint("top: t\nfilelists: [a.f]\n", files: ["a.f": "gone.v"]).contains(
        "gone.v, which does not exist"))
  }

  @Test func `parameters may be strings, literals and real numbers`() throws {
    let manifest = try manifest(
      "top: t\nsources: [top.v]\nconfigurations: {a: {N: 4, F: \"w.hex\", M: 8'hF0, R: 0.5}}\n")
    let configuration = manifest.configurations[0]
    #expect(configuration.values == ["N": 4])
    #expect(configuration.texts == ["F": "\"w.hex\"", "M": "8'hF0", "R": "0.5"])
    let copy = try JSONDecoder().decode(
      Configuration.self, from: JSONEncoder().encode(configuration))
    #expect(copy == configuration)
    #expect(configuration.description == "a {F=\"w.hex\", M=8'hF0, N=4, R=0.5}")
  }

  @Test(arguments: [
    ("7", 7), ("N * (W + 2) / 3", 13), ("2 ** 3 - 1", 7), ("clog2(N + 1)", 3), ("clog2(1)", 0),
    ("max(N, W) % 5", 3), ("0x1F", 31), ("-N + 5", 1), ("10 - 3 - 2", 5),
  ])
  func `numbers are expressions of parameters`(_ text: String, _ expected: Int) {
    let configuration = Configuration(name: "", values: ["N": 4, "W": 8])
    #expect(Quantity(text).value(in: configuration) == expected)
  }

  @Test(arguments: [
    "", "N +", "(N", "N / 0", "f(2)", "2 ** 99", "N W", "M", "9223372036854775807 + 1",
  ])
  func `what is no number has no value`(_ text: String) {
    let configuration = Configuration(name: "", values: ["N": 4, "W": 8])
    #expect(Quantity(text).value(in: configuration) == nil)
  }
}
