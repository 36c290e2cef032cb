import Devices
import Foundation
import Logging
import Testing
import Verilation

/// Ports and parameters as Verilator tells them.
@Suite struct DesignSketchTests {
  private static let source = """
    package p;
      typedef struct packed { logic signed [7:0] a; logic [3:0] b; } pair_t;
    endpackage
    module outer import p::*; #(
      parameter int unsigned W = 8, parameter FILE = "w.hex", parameter logic [6:0] MASK = 7'h70,
      localparam L = 2 * W, parameter real R = 0.5
    ) (
      input logic clk_i, input pair_t pair_i, input logic signed [3:0][W-1:0] m_i,
      input logic [W-1:0] u_i [0:2][2], output logic [L-1:0] d_o, inout wire pad
    );
      inner u_inner (.q_o(d_o[0]));
      `include "rest.svh"
    endmodule
    """

  @Test func `everything outside is read, and files are found around the top module`() async throws
  {
    let folder = NSTemporaryDirectory() + "/cosim-sketch-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: folder + "/lib", withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    func write(_ text: String, _ name: String) throws {
      try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
    }
    try write(Self.source, "outer.sv")
    try write(
      "// module nobody; endmodule\nmodule inner(output logic q_o); assign q_o = q_pkg::Q; "
        + "endmodule",
      "lib/cells.sv")
    try write("package q_pkg; localparam logic Q = 1; endpackage", "lib/q_pkg.sv")
    try write("assign d_o[L-1:1] = '0;", "lib/rest.svh")
    let cache = Cache(root: folder + "/cache")
    let verilation = Verilation(
      toolchain: try await Toolchain.find(cache: cache), cache: cache,
      log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let sketch = try await verilation.sketch(of: [folder + "/outer.sv"], lists: [], top: nil)
    #expect(sketch.top == "outer")
    #expect(
      sketch.sources.map { String($0.split(separator: "/").last ?? "") }
        == ["q_pkg.sv", "outer.sv", "cells.sv"])
    #expect(sketch.includeDirectories.map { $0.hasSuffix("/lib") } == [true])
    check(sketch)
    let values = Dictionary(uniqueKeysWithValues: sketch.parameters.map { ($0.name, $0.value) })
    #expect(values == ["W": "8", "FILE": "\"w.hex\"", "MASK": "7'h70", "R": "0.5"])
  }

  private func check(_ sketch: DesignSketch) {
    let ports = Dictionary(uniqueKeysWithValues: sketch.ports.map { ($0.name, $0) })
    #expect(ports["clk_i"]?.shape == .init(bits: 1))
    #expect(ports["m_i"]?.shape == .init(bits: 32, isSigned: true, packed: [4]))
    #expect(ports["u_i"]?.shape == .init(bits: 8, unpacked: [3, 2]))
    #expect(ports["d_o"]?.direction == .output && ports["pad"]?.direction == .bidirectional)
    #expect(
      ports["pair_i"]?.shape.members == [
        .init(name: "a", offset: 4, shape: .init(bits: 8, isSigned: true)),
        .init(name: "b", offset: 0, shape: .init(bits: 4)),
      ])
  }

  /// In the form of releases that write JSON, as far as it matters here.
  @Test func `JSON says the same`() throws {
    let text = #"""
      {"type":"NETLIST","name":"$root","modulesp":[
       {"type":"MODULE","name":"outer","origName":"outer","level":2,"stmtsp":[
        {"type":"VAR","name":"W","origName":"W","dtypep":"(I)","direction":"NONE","isGParam":true,
         "dtypeName":"int","valuep":[{"type":"CONST","name":"32'h8"}]},
        {"type":"VAR","name":"L","origName":"L","dtypep":"(I)","direction":"NONE","isGParam":false,
         "isParam":true,"dtypeName":"int","valuep":[{"type":"CONST","name":"32'h10"}]},
        {"type":"VAR","name":"clk_i","origName":"clk_i","dtypep":"(B)","direction":"INPUT"},
        {"type":"VAR","name":"u_i","origName":"u_i","dtypep":"(U)","direction":"INPUT"},
        {"type":"VAR","name":"m_i","origName":"m_i","dtypep":"(P)","direction":"OUTPUT"}]},
       {"type":"MODULE","name":"inner","origName":"inner","level":3,"stmtsp":[]}],
       "miscsp":[{"type":"TYPETABLE","typesp":[
        {"type":"BASICDTYPE","addr":"(B)","dtypep":"(B)","keyword":"logic"},
        {"type":"BASICDTYPE","addr":"(I)","dtypep":"(I)","keyword":"int","range":"31:0"},
        {"type":"BASICDTYPE","addr":"(W)","dtypep":"(W)","keyword":"logic","range":"7:0"},
        {"type":"PACKARRAYDTYPE","addr":"(P)","dtypep":"(P)","declRange":"[3:0]","refDTypep":"(W)"},
        {"type":"UNPACKARRAYDTYPE","addr":"(U)","dtypep":"(U)","declRange":"[0:2]","refDTypep":"(P)"}]}]}
      """#
    let sketch = try #require(DesignJSON(text)?.sketch(top: "outer"))
    #expect(sketch.parameters == [.init(name: "W", value: "8")])
    #expect(
      sketch.ports == [
        .init(name: "clk_i", direction: .input, shape: .init(bits: 1)),
        .init(name: "u_i", direction: .input, shape: .init(bits: 32, packed: [4], unpacked: [3])),
        .init(name: "m_i", direction: .output, shape: .init(bits: 32, packed: [4])),
      ])
    #expect(DesignJSON("{}")?.sketch(top: "outer") == nil)
    #expect(DesignJSON(text)?.sketch(top: "nobody") == nil)
  }
}
