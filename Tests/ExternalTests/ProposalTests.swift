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

  @Test func `queues are written and read, and their levels are no answers`() {
    let manifest = proposal([
      ("clk", .input, 1), ("rst", .input, 1), ("wr_en", .input, 1), ("wr_data", .input, 8),
      ("full", .output, 1), ("rd_en", .input, 1), ("rd_data", .output, 8), ("empty", .output, 1),
      ("count", .output, 4),
    ])
    expect(
      manifest,
      has: [
        "    valid: wr_en\n    ready: \"!full\"\n",
        "    valid: \"!empty\"\n    ready: rd_en\n    latency: 1  # ? cycles",
        "# count is not compared.",
      ])
  }

  @Test func `start beside streams begins a transaction when the one before has been answered`() {
    let manifest = proposal([
      ("clk", .input, 1), ("start_i", .input, 1), ("in_valid", .input, 1), ("in_data", .input, 8),
      ("out_valid", .output, 1), ("out_data", .output, 8), ("done_o", .output, 1),
    ])
    expect(
      manifest,
      has: [
        "    valid: start_i\n    after: out  # ?", "    valid: in_valid\n    after: start  # ?",
        "array: x}", "# done_o is not compared.",
      ])
  }

  @Test func `kind and direction behind a name, and what nothing holds up`() {
    let manifest = proposal(
      [
        ("Clk_CI", .input, 1), ("Rst_RBI", .input, 1), ("InVld_SI", .input, 1),
        ("OpA_DI", .input, 8), ("OutVld_SO", .output, 1), ("OutRdy_SI", .input, 1),
        ("Res_DO", .output, 8),
      ], text: "always_ff @(posedge Clk_CI or negedge Rst_RBI)")
    expect(
      manifest,
      has: [
        "reset: {name: Rst_RBI, active: low, kind: asynchronous}",
        "    valid: InVld_SI\n    after: out  # ?", "op_a: {port: OpA_DI, bits: 8}",
        "    valid: OutVld_SO\n    ready: OutRdy_SI\n",
      ])
  }

  @Test func `the source says at which level a reset holds`() {
    let ports: [(String, PortDirection, Int)] = [
      ("clk", .input, 1), ("reset", .input, 1), ("a", .input, 8), ("y", .output, 8),
    ]
    for (text, level) in [
      ("always @(posedge clk or negedge reset)", "low"), ("if (!reset) q <= 0;", "low"),
      ("if (reset == 1'b0) q <= 0;", "low"), ("if (reset) q <= 0;", "high"), ("", "high"),
    ] {
      expect(proposal(ports, text: text), has: ["{name: reset, active: \(level)"])
    }
  }

  @Test func `each lane may have its own valid, and letters stand before valid`() {
    let lanes = proposal([
      ("clk", .input, 1), ("x_data", .input, 32), ("x_data_vld", .input, 4),
      ("y_data", .output, 32), ("y_data_vld", .output, 4),
    ])
    expect(lanes, has: ["    keep: x_data_vld\n", "port: x_data, lanes: 4, bits: 8"])
    let letters = proposal([
      ("clk", .input, 1), ("wvalid_i", .input, 1), ("wready_o", .output, 1),
      ("wdata_i", .input, 8), ("rvalid_o", .output, 1), ("rready_i", .input, 1),
      ("rdata_o", .output, 8), ("depth_o", .output, 3),
    ])
    expect(
      letters,
      has: [
        "    valid: wvalid_i\n    ready: wready_o\n", "{port: wdata_i, bits: 8, array: x}",
        "    valid: rvalid_o\n    ready: rready_i\n", "{port: rdata_o, bits: 8, array: y}",
      ])
  }

  @Test func `buses for registers are recognised`() {
    let apb = proposal([
      ("clk", .input, 1), ("cfg_psel", .input, 1), ("cfg_penable", .input, 1),
      ("cfg_pwrite", .input, 1), ("cfg_paddr", .input, 8), ("cfg_pwdata", .input, 32),
      ("cfg_pready", .output, 1), ("cfg_prdata", .output, 32), ("in_valid", .input, 1),
      ("in_data", .input, 8), ("out_valid", .output, 1), ("out_data", .output, 8),
    ])
    expect(apb, has: ["register_bus: {kind: apb, prefix: cfg_}", "port: in_data, bits: 8"])
    #expect(!apb.contains("port: cfg_"))
    let wishbone = proposal([
      ("clk", .input, 1), ("cyc_i", .input, 1), ("stb_i", .input, 1), ("we_i", .input, 1),
      ("adr_i", .input, 8), ("dat_i", .input, 32), ("dat_o", .output, 32), ("ack_o", .output, 1),
      ("in_valid", .input, 1), ("in_data", .input, 8), ("out_valid", .output, 1),
      ("out_data", .output, 8),
    ])
    expect(wishbone, has: ["register_bus: {kind: wishbone, prefix: \"\"}"])
    #expect(!wishbone.contains("port: dat_"))
  }

  @Test func `whole beats are rows, and widths follow from constants`() {
    let sketch = DesignSketch(
      top: "t",
      ports: [
        .init(name: "s_valid", direction: .input, shape: .init(bits: 1)),
        .init(name: "s_ready", direction: .output, shape: .init(bits: 1)),
        .init(name: "s_last", direction: .input, shape: .init(bits: 1)),
        .init(name: "sx", direction: .input, shape: .init(bits: 32, packed: [4])),
        .init(name: "m_valid", direction: .output, shape: .init(bits: 1)),
        .init(name: "m_data", direction: .output, shape: .init(bits: 18)),
      ],
      parameters: [.init(name: "R", value: "4"), .init(name: "W", value: "8")],
      text: """
        module t #(parameter R = 4, W = 8, localparam OW = 2 * W + $clog2(R)) (
          input s_valid, s_last, output s_ready, input [R-1:0][W-1:0] sx,
          output m_valid, output [OW-1:0] m_data);
        """)
    expect(
      Proposal(sketch).manifest { $0 },
      has: [
        "{port: sx, lanes: R, bits: W", "{port: m_data, bits: 2 * W + clog2(R)",
        "arrays: {sx: {axes: [s_beats, sx_lanes]}}",
        "stimulus: {lengths: {s_beats: 1..16, sx_lanes: R}}",
      ])
  }

  @Test func `memories and queues of designs that come from C`() {
    let memory = proposal([
      ("ap_clk", .input, 1), ("ap_rst", .input, 1), ("ap_start", .input, 1),
      ("ap_done", .output, 1), ("ap_idle", .output, 1), ("ap_ready", .output, 1),
      ("a_address0", .output, 4), ("a_ce0", .output, 1), ("a_q0", .input, 16),
      ("c_address0", .output, 4), ("c_ce0", .output, 1), ("c_we0", .output, 1),
      ("c_d0", .output, 32),
    ])
    expect(
      memory,
      has: [
        "  in:\n    direction: input\n    handshake: start_done\n    start: ap_start\n"
          + "    done: ap_done\n  a:\n",
        "    address: a_address0\n    request: a_ce0\n    latency: 1\n",
        "a: {port: a_q0, bits: 16",
        "    write: c_we0\n    address: c_address0\n    done: ap_done\n",
        "stimulus: {lengths: {a: 16", "# ap_idle is not compared.",
      ])
    #expect(!memory.contains("  out:"))
    let queue = proposal([
      ("ap_clk", .input, 1), ("ap_rst", .input, 1), ("x_dout", .input, 16),
      ("x_empty_n", .input, 1), ("x_read", .output, 1), ("y_din", .output, 16),
      ("y_full_n", .input, 1), ("y_write", .output, 1),
    ])
    expect(
      queue,
      has: [
        "  x:\n    direction: input\n    valid: x_empty_n\n    ready: x_read\n",
        "  y:\n    direction: output\n    valid: y_write\n    ready: y_full_n\n",
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
