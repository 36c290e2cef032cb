import Devices
import Foundation
import Signals
import Testing

@Suite struct ManifestTests {
  private let folder: String

  init() {
    folder = NSTemporaryDirectory() + "/cosim-manifest-" + UUID().uuidString
  }

  private func manifest(_ text: String) throws -> Manifest {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for name in ["include", "rtl"] {
      try FileManager.default.createDirectory(
        atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
    }
    for name in ["top.sv", "rtl/part.sv"] {
      try "module m; endmodule\n".write(
        toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8)
    }
    return try Manifest(text: text, file: folder + "/device.yaml")
  }

  /// What reading `text` complains about, without the folder.
  private func complaint(_ text: String) -> String? {
    do {
      _ = try manifest(text)
      return nil
    } catch {
      return "\(error)".replacing(folder + "/", with: "")
    }
  }

  @Test func `taps are read in their order, with all that belongs to them`() throws {
    let manifest = try manifest(
      """
      top: softmax
      sources: [top.sv]
      taps:
        sum: {signal: u_sum.sum_q, valid: sum_valid}
        exp: {signal: "gen_a[3].u_b.q", valid: [valid, "!stall"], keep: k, last: l, lanes: Lanes}
        code: {signal: c, valid: v, lanes: 4}
        tile: {signal: t, valid: v, order: tiles, absent: zero}
        erf: {signal: "gen_a[*].erf_q", valid: ["u_valid.valid_q[5]", "!stall[-2]"]}
      stages:
        work: u_sum.busy
        idle: ["!u_sum.busy", on]
      """)
    #expect(
      manifest.taps == [
        Tap("sum", signal: "u_sum.sum_q", valid: [Tap.Condition("sum_valid")]),
        Tap(
          "exp", signal: "gen_a[3].u_b.q",
          valid: [Tap.Condition("valid"), Tap.Condition("stall", isInverted: true)], keep: "k",
          last: "l", lanes: .parameter("Lanes")),
        Tap("code", signal: "c", valid: [Tap.Condition("v")], lanes: .number(4)),
        Tap(
          "tile", signal: "t", valid: [Tap.Condition("v")], order: "tiles", absentIsZero: true),
        Tap(
          "erf", signal: "gen_a[*].erf_q",
          valid: [
            Tap.Condition("u_valid.valid_q", bit: 5),
            Tap.Condition("stall", bit: -2, isInverted: true),
          ]),
      ])
    #expect(
      manifest.stages == [
        Stage("work", active: [Tap.Condition("u_sum.busy")]),
        Stage(
          "idle", active: [Tap.Condition("u_sum.busy", isInverted: true), Tap.Condition("on")]),
      ])
    #expect(
      manifest.tapSignals == [
        "u_sum.sum_q", "sum_valid", "gen_a[3].u_b.q", "valid", "stall", "k", "l", "c", "v",
        "t", "gen_a[*].erf_q", "u_valid.valid_q", "u_sum.busy", "on",
      ])
  }

  @Test func `copies of generate blocks inside others are listed row after row`() {
    let known = ["a[0].b[0].c", "a[0].b[1].c", "a[1].b[0].c", "a[1].b[1].c"]
    #expect(Tap.copies(of: "a[*].b[*].c", where: known.contains) == known)
    #expect(Tap.copies(of: "a[*].b[*].d", where: known.contains) == ["a[0].b[0].d"])
    #expect(Tap.copies(of: "c", where: known.contains) == ["c"])
  }

  @Test(arguments: [
    ("{signal: a}", "device.yaml: the key 'valid' is missing"),
    ("{signal: a, valid: v, width: 3}", "device.yaml:4: unknown key 'width'"),
    ("{signal: 'a b', valid: v}", "'signal' must be a signal: names with dots between"),
    ("{signal: 'a[3]', valid: v}", "'signal' must be a signal: names with dots between"),
    ("{signal: 'a[*]', valid: v}", "'signal' must be a signal: names with dots between"),
    ("{signal: 'a[*].b[*]', valid: v}", "'signal' must be a signal: names with dots between"),
    ("{signal: a, valid: v, keep: 'a[*].k'}", "'keep' must be a signal: names with dots between"),
    ("{signal: a, valid: 'v[*]'}", "'valid' must be a signal of one bit, or a bit like valid_q[3]"),
    ("{signal: a, valid: []}", "'valid' must be a signal of one bit"),
    ("{signal: a, valid: v == 1}", "'valid' must be a signal of one bit"),
    ("{signal: a, valid: v, lanes: 0}", "'lanes' must be a number of at least 1 or the name"),
    ("{signal: a, valid: v, absent: one}", "'absent' must be 'zero', or 'any'"),
    ("{signal: a, valid: v, order: [x]}", "'order' must be the name of an order"),
    ("a.b", "'sum' must be a mapping of keys to values"),
  ])
  func `a tap that cannot be read is refused`(tap: String, problem: String) {
    let text = complaint("top: softmax\nsources: [top.sv]\ntaps:\n  sum: \(tap)\n")
    #expect(text?.contains(problem) == true, "\(text ?? "")")
  }

  @Test func `a complete manifest is read`() throws {
    let manifest = try manifest(
      """
      top: softmax
      sources: [rtl/part.sv, top.sv]
      include_directories: [include]
      configurations:
        default: {Lanes: 16, Bias: -3}
        narrow: {Lanes: 1, Bias: 0}
      defines: {WIDTH: 8, FAST: null}
      clock: clock
      reset: {name: reset, active: high, cycles: 2}
      verilator_flags: [-Wno-WIDTH, --timescale 1ns/1ps]
      """)
    #expect(manifest.top == "softmax")
    #expect(manifest.sources == ["rtl/part.sv", "top.sv"])
    #expect(manifest.path(of: "top.sv") == folder + "/top.sv")
    #expect(manifest.includeDirectories == ["include"])
    #expect(
      manifest.configurations == [
        Configuration(name: "default", values: ["Lanes": 16, "Bias": -3]),
        Configuration(name: "narrow", values: ["Lanes": 1, "Bias": 0]),
      ])
    #expect(manifest.defines == ["WIDTH": "8", "FAST": ""])
    #expect(manifest.clock == "clock")
    #expect(manifest.reset == Reset(name: "reset", active: .high, cycles: 2))
    #expect(manifest.verilatorFlags == ["-Wno-WIDTH", "--timescale", "1ns/1ps"])
  }

  @Test func `what is left out has its default`() throws {
    let manifest = try manifest("top: m\nsources: [top.sv]\n")
    #expect(manifest.clock == "clk_i")
    #expect(manifest.reset == Reset(name: "rst_ni", active: .low, cycles: 4))
    #expect(manifest.configurations == [Configuration(name: "default", values: [:])])
    #expect(manifest.includeDirectories.isEmpty && manifest.defines.isEmpty)
  }

  @Test func `a device may have neither clock nor reset`() throws {
    let manifest = try manifest("top: m\nsources: [top.sv]\nclock: none\nreset: none\n")
    #expect(manifest.clock == nil)
    #expect(manifest.reset == nil)
  }

  @Test(arguments: [
    (
      "top: m\nsources: [top.sv]\nincludes: [x]\n",
      """
      device.yaml:3: unknown key 'includes'; the keys are arrays, clock, clocks, compare, \
      configurations, cycles, defines, filelists, golden, include_directories, libraries, \
      register_bus, reset, settings, settings_together, sources, stages, stimulus, streams, taps, \
      ties, top, verilator_flags
      """
    ),
    (
      "top: m\nsuorces: [top.sv]\n",
      "device.yaml:2: unknown key 'suorces'; did you mean 'sources'?"
    ),
    (
      "top: m\nsources: [top.sv]\nreset:\n  nmae: r\n",
      "device.yaml:4: unknown key 'nmae'; did you mean 'name'?"
    ),
    ("sources: [top.sv]\n", "device.yaml: the key 'top' is missing"),
    ("top: m\n", "device.yaml: the key 'sources' is missing"),
    (
      "top: m\nsources: top.sv\n",
      "device.yaml:2: 'sources' must be a list of file names, but is 'top.sv'"
    ),
    (
      "top: m\nsources: []\n",
      "device.yaml:2: 'sources' must be a list of at least one file, but is an empty list"
    ),
    (
      "top: m\nsources:\n  - top.sv\n  - gone.sv\n",
      "device.yaml:4: 'sources' names gone.sv, which does not exist"
    ),
    (
      "top: m\nsources: [top.sv]\ninclude_directories: [top.sv]\n",
      "device.yaml:3: 'include_directories' names top.sv, which does not exist"
    ),
    (
      "top: m\nsources: [top.sv]\nconfigurations:\n  a: {Lanes: 1, Rows: 2}\n  b: {Lanes: 1}\n",
      "device.yaml:5: configuration 'b' says nothing about 'Rows', which 'a' sets; every"
        + " configuration sets the same parameters"
    ),
    (
      "top: m\nsources: [top.sv]\nconfigurations:\n  a: {Lanes: wide}\n",
      "device.yaml:4: 'Lanes' must be an integer, but is 'wide'"
    ),
    (
      "top: m\nsources: [top.sv]\nreset: {active: maybe}\n",
      "device.yaml:3: 'active' must be 'low' or 'high', but is 'maybe'"
    ),
    (
      "top: m\nsources: [top.sv]\nreset: {cycles: 0}\n",
      "device.yaml:3: 'cycles' must be at least 1, but is '0'"
    ),
    (
      "top: m\nsources: [top.sv]\nverilator_flags: [--no-assert]\n",
      "device.yaml:3: the Verilator flag '--no-assert' is not among those that a manifest may set: "
        + Manifest.allowedFlags.joined(separator: ", ")
    ),
    (
      "top: m\ntop: n\nsources: [top.sv]\n",
      "device.yaml:1: the key 'top' stands here a second time"
    ),
    (
      "top: [m\nsources: x\n",
      "device.yaml:2: not valid YAML: did not find expected ',' or ']'"
    ),
    ("", "device.yaml: the manifest cannot be read: it is empty"),
  ])
  func `what is wrong is named with file, line and key`(text: String, expected: String) {
    #expect(complaint(text) == expected)
  }

  @Test func `a manifest that is not there is named`() {
    let error = #expect(throws: DeviceError.self) {
      try Manifest(contentsOf: "/nowhere/device.yaml")
    }
    #expect(
      error.map(String.init(describing:))
        == "/nowhere/device.yaml: the manifest cannot be read: no such file")
  }

  @Test func `budgets of cycles are numbers or bands, of configurations that there are`() throws {
    let start = "top: m\nsources: [top.sv]\nconfigurations: {default: {L: 1}, narrow: {L: 2}}\n"
    let read = try manifest(start + "cycles: {default: 4259, narrow: 10..12}\n")
    #expect(read.cycleBudgets == ["default": 4259...4259, "narrow": 10...12])
    let wrong = "must be a number of cycles, or a band like 4200..4300, but is"
    for (text, expected) in [
      ("12..10", "device.yaml:4: 'default' \(wrong) '12..10'"),
      ("many", "device.yaml:4: 'default' \(wrong) 'many'"),
      ("1..2..3", "device.yaml:4: 'default' \(wrong) '1..2..3'"),
    ] {
      #expect(complaint(start + "cycles: {default: \(text)}\n") == expected)
    }
    #expect(throws: DeviceError.self) { try manifest(start + "cycles: {wide: 1}\n") }
  }

  @Test func `a configuration is found by name, or the nearest is offered`() throws {
    let manifest = try manifest(
      "top: m\nsources: [top.sv]\nconfigurations: {default: {L: 1}, narrow: {L: 2}}\n")
    #expect(try manifest.configuration(named: "narrow").values == ["L": 2])
    let error = #expect(throws: DeviceError.self) { try manifest.configuration(named: "narow") }
    #expect(
      error.map(String.init(describing:))
        == "\(folder)/device.yaml: there is no configuration 'narow'; did you mean 'narrow'?")
  }
}
