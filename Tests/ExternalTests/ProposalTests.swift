import Devices
import External
import Testing

/// What names of ports suggest.
@Suite struct ProposalTests {
  private typealias Port = DesignSketch.Port

  private func proposal(
    _ ports: [(String, PortDirection, Int)], text: String = ""
  ) -> String {
    let sketch = DesignSketch(
      top: "t",
      ports: ports.map { DesignSketch.Port(name: $0, direction: $1, shape: .init(bits: $2)) },
      sources: ["/rtl/t.v"], text: text)
    return Proposal(sketch).manifest { "../.." + $0 }
  }

  private func expect(_ manifest: String, has lines: [String]) {
    for line in lines { #expect(manifest.contains(line), "\(line)\nis not in\n\(manifest)") }
  }

  @Test func `AXI-Stream has its side bands, and keep says how many lanes there are`() {
    let manifest = proposal([
      ("aclk", .input, 1), ("aresetn", .input, 1), ("s_axis_tdata", .input, 32),
      ("s_axis_tkeep", .input, 4), ("s_axis_tvalid", .input, 1), ("s_axis_tready", .output, 1),
      ("s_axis_tlast", .input, 1), ("s_axis_tuser", .input, 1), ("m_axis_tdata", .output, 32),
      ("m_axis_tvalid", .output, 1), ("m_axis_tready", .input, 1), ("m_axis_tlast", .output, 1),
    ])
    expect(
      manifest,
      has: [
        "clock: aclk\nreset: {name: aresetn, active: low}\n",
        "  s_axis:\n    direction: input\n    valid: s_axis_tvalid\n    ready: s_axis_tready\n"
          + "    last: s_axis_tlast\n    keep: s_axis_tkeep\n",
        "tdata: {port: s_axis_tdata, lanes: 4, bits: 8, array: x}",
        "tdata: {port: m_axis_tdata, bits: 32, array: y}", "ties: {s_axis_tuser: 0}",
      ])
  }

  @Test func `HLS blocks begin with ap_start, and their lanes have a port each`() {
    let manifest = proposal([
      ("ap_clk", .input, 1), ("ap_rst", .input, 1), ("ap_start", .input, 1),
      ("ap_done", .output, 1), ("ap_idle", .output, 1), ("ap_ready", .output, 1),
      ("a_0", .input, 8), ("a_1", .input, 8), ("ap_return", .output, 32),
    ])
    expect(
      manifest,
      has: [
        "reset: {name: ap_rst, active: high}",
        "  in:\n    direction: input\n    valid: ap_start\n    ready: ap_ready\n",
        "{ports: [a_0, a_1], lanes: 2, bits: 8", "handshake: valid_only\n    valid: ap_done\n",
        "port: ap_return, bits: 32", "# ap_idle is not compared.",
      ])
  }

  @Test func `plain start and done, and settings beside data`() {
    let manifest = proposal([
      ("clk", .input, 1), ("rst_n", .input, 1), ("start", .input, 1), ("done", .output, 1),
      ("busy", .output, 1), ("dividend", .input, 16), ("cfg_mode", .input, 2),
      ("quotient", .output, 16),
    ])
    expect(
      manifest,
      has: [
        "    handshake: start_done\n    start: start\n    done: done\n",
        "    handshake: start_done\n    done: done\n    of: in\n",
        "dividend: {port: dividend, bits: 16}", "settings:\n  mode: {port: cfg_mode, bits: 2}\n",
        "# busy is not compared.",
      ])
  }

  @Test func `streams of mase, Chisel and PULP`() {
    let mase = proposal([
      ("clk", .input, 1), ("rst", .input, 1), ("data_in_0", .input, 8),
      ("data_in_0_valid", .input, 1), ("data_in_0_ready", .output, 1), ("weight", .input, 8),
      ("weight_valid", .input, 1), ("weight_ready", .output, 1), ("data_out_0", .output, 8),
      ("data_out_0_valid", .output, 1), ("data_out_0_ready", .input, 1),
    ])
    expect(
      mase,
      has: [
        "data: {port: data_in_0, bits: 8, array: data_in_0}", "data: {port: weight, bits: 8",
        "  data_out_0:\n    direction: output\n",
      ])
    let chisel = proposal([
      ("clock", .input, 1), ("reset", .input, 1), ("io_in_ready", .output, 1),
      ("io_in_valid", .input, 1), ("io_in_bits_a", .input, 8), ("io_in_bits_b", .input, 8),
      ("io_out_ready", .input, 1), ("io_out_valid", .output, 1), ("io_out_bits", .output, 8),
    ])
    expect(
      chisel,
      has: [
        "a: {port: io_in_bits_a, bits: 8}", "data: {port: io_out_bits, bits: 8, array: y}",
        "  in:\n    direction: input\n    valid: io_in_valid\n",
      ])
    let pulp = proposal(
      [
        ("clk_i", .input, 1), ("rst_ni", .input, 1), ("testmode_i", .input, 1),
        ("operand_i", .input, 8), ("valid_i", .input, 1), ("ready_o", .output, 1),
        ("result_o", .output, 8), ("valid_o", .output, 1), ("ready_i", .input, 1),
      ], text: "always_ff @(posedge clk_i or negedge rst_ni) begin")
    expect(
      pulp,
      has: [
        "reset: {name: rst_ni, active: low, kind: asynchronous}", "ties: {testmode_i: 0}",
        "  in:\n    direction: input\n    valid: valid_i\n    ready: ready_o\n",
      ])
  }

  @Test func `a ready that is called after the other direction is found, and inout is refused`() {
    let manifest = proposal([
      ("clk", .input, 1), ("valid_in", .input, 1), ("ready_out", .output, 1),
      ("a_in", .input, 8), ("valid_out", .output, 1), ("c_out", .output, 8),
      ("pad", .bidirectional, 1),
    ])
    expect(
      manifest,
      has: [
        "reset: none", "    valid: valid_in\n    ready: ready_out\n",
        "    handshake: valid_only\n    valid: valid_out\n", "# pad is an inout",
      ])
  }

  @Test func `without any handshake, answers come some cycles later`() {
    let manifest = proposal([("clk", .input, 1), ("a", .input, 8), ("y", .output, 8)])
    expect(
      manifest,
      has: ["    interval: 1\n", "    latency: 1\n    of: in\n", "a: {port: a, bits: 8"])
  }

  @Test func `widths are named as the source names them`() {
    let sketch = DesignSketch(
      top: "t",
      ports: [
        .init(name: "in_valid", direction: .input, shape: .init(bits: 1)),
        .init(name: "in_data", direction: .input, shape: .init(bits: 32)),
        .init(name: "out_valid", direction: .output, shape: .init(bits: 1)),
        .init(name: "out_data", direction: .output, shape: .init(bits: 24)),
      ],
      parameters: [
        .init(name: "N", value: "4"), .init(name: "DATA_WIDTH", value: "8"),
        .init(name: "ACC", value: "24"), .init(name: "TOTAL", value: "32"),
      ],
      text: """
        module t #(parameter N = 4, parameter DATA_WIDTH = 8, parameter ACC = 24,
          parameter TOTAL = N*DATA_WIDTH) (
          input in_valid, input wire signed [N*DATA_WIDTH-1:0] in_data,
          output out_valid, output reg [ACC-1:0] out_data);
        """)
    let manifest = Proposal(sketch).manifest { $0 }
    expect(
      manifest,
      has: [
        "{port: in_data, lanes: N, bits: DATA_WIDTH", "{port: out_data, bits: ACC",
        "default: {N: 4, DATA_WIDTH: 8, ACC: 24}",
      ])
  }

  @Test func `a structure is its members, and a wide port asks how wide an element is`() {
    let operands = DesignSketch.Shape(
      bits: 24,
      members: [
        .init(name: "a", offset: 16, shape: .init(bits: 8, isSigned: true)),
        .init(name: "c", offset: 0, shape: .init(bits: 16)),
      ])
    let sketch = DesignSketch(
      top: "t",
      ports: [
        .init(name: "valid_i", direction: .input, shape: .init(bits: 1)),
        .init(name: "operands_i", direction: .input, shape: operands),
        .init(name: "valid_o", direction: .output, shape: .init(bits: 1)),
        .init(name: "wide_o", direction: .output, shape: .init(bits: 128)),
      ])
    expect(
      Proposal(sketch).manifest { $0 },
      has: [
        "a: {port: operands_i, offset: 16, bits: 8, signed: true}",
        "c: {port: operands_i, offset: 0, bits: 16}",
        "lanes: 16, bits: 8", "# ? 128 bits: how many has one element?",
      ])
  }

  @Test func `the skeleton takes every input and says that nobody has written it`() {
    let sketch = DesignSketch(
      top: "t",
      ports: [
        .init(name: "in_valid", direction: .input, shape: .init(bits: 1)),
        .init(name: "in_data", direction: .input, shape: .init(bits: 8)),
        .init(name: "cfg_shift", direction: .input, shape: .init(bits: 3)),
        .init(name: "out_valid", direction: .output, shape: .init(bits: 1)),
        .init(name: "out_data", direction: .output, shape: .init(bits: 8)),
      ])
    let skeleton = Proposal(sketch).skeleton
    expect(
      skeleton,
      has: [
        "def golden(x, shift):",
        "raise NotImplementedError(\"golden.py does not say yet what t answers\")",
        "cosim_golden.serve(golden)",
      ])
  }
}
