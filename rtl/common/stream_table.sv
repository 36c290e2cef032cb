`include "cosim_assert.svh"

/// A table that a stream fills and a pipeline reads: one entry a beat, in index order from 0.
/// After the last entry the next beat is entry 0 again, so the table can be rewritten; reset
/// returns to entry 0 and forgets the contents. `complete_o` is high while the table holds all of
/// one writing: low from reset to the first last entry, and from each first entry to its last one.
/// Entries are taken only while `hold_i` is low, at one a cycle.
/// Each port reads one entry a cycle from a memory of its own: data_o is the entry at address_i one
/// cycle ago, the old one where that cycle wrote it.
module stream_table #(
  /// Bits of an entry, 1 or more.
  parameter int unsigned Width = 8,
  /// Entries, 1 or more, not necessarily a power of two.
  parameter int unsigned Entries = 256,
  /// Reads in one cycle, 1 or more.
  parameter int unsigned Ports = 1,
  /// Bits of an address. Derived, do not overwrite.
  localparam int unsigned AddressBits = cosim_pkg::index_bits(Entries)
) (
  input  logic                              clk_i,
  input  logic                              rst_ni,

  input  logic                              hold_i,
  output logic                              complete_o,

  input  logic                              in_valid_i,
  output logic                              in_ready_o,
  input  logic [Width-1:0]                  in_data_i,

  input  logic [Ports-1:0][AddressBits-1:0] address_i,
  output logic [Ports-1:0][Width-1:0]       data_o
);

  localparam logic [AddressBits-1:0] LastAddress = AddressBits'(Entries - 1);

  logic [AddressBits-1:0] write_address_d, write_address_q;
  logic                   complete_d, complete_q, write;

  assign in_ready_o = !hold_i;
  assign write      = in_valid_i && in_ready_o;

  always_comb begin
    write_address_d = write_address_q;
    complete_d      = complete_q;
    if (write) begin
      complete_d      = write_address_q == LastAddress;
      write_address_d = complete_d ? '0 : write_address_q + 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      write_address_q <= '0;
      complete_q      <= 1'b0;
    end else begin
      write_address_q <= write_address_d;
      complete_q      <= complete_d;
    end
  end

  for (genvar port = 0; port < Ports; port++) begin : gen_port
    (* ram_style = "auto" *)
    logic [Width-1:0] memory [Entries];
    logic [Width-1:0] data_q;

    always_ff @(posedge clk_i) begin
      if (write) memory[write_address_q] <= in_data_i;
    end

    always_ff @(posedge clk_i) begin
      data_q <= memory[address_i[port]];
    end

    assign data_o[port] = data_q;
  end

  assign complete_o = complete_q;

  `ASSERT_PARAMETER(Width, Width >= 1, "Width must be at least 1")
  `ASSERT_PARAMETER(Entries, Entries >= 1, "Entries must be at least 1")
  `ASSERT_PARAMETER(Ports, Ports >= 1, "Ports must be at least 1")
  `ASSERT_STREAM(in, in_valid_i, in_ready_o, in_data_i)
  `ASSERT(WriteAddressInRange, write_address_q <= LastAddress)

endmodule
