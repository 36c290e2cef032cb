`include "cosim_assert.svh"

/// Joins two streams of rows beat for beat: a beat moves in `a`, `b` and `out` in the same cycle.
/// Rows of `b` have the shape of those of `a`, which is asserted; `out` has the keep and last of
/// `a`. Combinational; `b_ready_o` depends on `a_valid_i` and `out_ready_i` alone, so it comes from
/// registers where those do.
module row_stream_join #(
  /// Elements in a beat, 1 or more.
  parameter int unsigned Lanes = 16,
  /// Bits of the payload of `a`, 1 or more.
  parameter int unsigned AWidth = 8,
  /// Bits of the payload of `b`, 1 or more.
  parameter int unsigned BWidth = 8
) (
  input  logic              clk_i,
  input  logic              rst_ni,

  // Input streams.
  input  logic              a_valid_i,
  output logic              a_ready_o,
  input  logic [AWidth-1:0] a_data_i,
  input  logic [Lanes-1:0]  a_keep_i,
  input  logic              a_last_i,

  input  logic              b_valid_i,
  output logic              b_ready_o,
  input  logic [BWidth-1:0] b_data_i,
  input  logic [Lanes-1:0]  b_keep_i,
  input  logic              b_last_i,

  // Output stream.
  output logic              out_valid_o,
  input  logic              out_ready_i,
  output logic [AWidth-1:0] out_a_o,
  output logic [BWidth-1:0] out_b_o,
  output logic [Lanes-1:0]  out_keep_o,
  output logic              out_last_o
);

  assign out_valid_o = a_valid_i && b_valid_i;
  assign a_ready_o   = out_ready_i && b_valid_i;
  assign b_ready_o   = out_ready_i && a_valid_i;
  assign out_a_o     = a_data_i;
  assign out_b_o     = b_data_i;
  assign out_keep_o  = a_keep_i;
  assign out_last_o  = a_last_i;

`ifdef SYNTHESIS
  logic unused_shape;
  assign unused_shape = clk_i ^ rst_ni ^ b_last_i ^ (^b_keep_i);
`endif

  `ASSERT(RowsHaveOneShape, out_valid_o |-> a_keep_i == b_keep_i && a_last_i == b_last_i)
  `ASSERT_STREAM(a, a_valid_i, a_ready_o, {a_data_i, a_keep_i, a_last_i})
  `ASSERT_STREAM(b, b_valid_i, b_ready_o, {b_data_i, b_keep_i, b_last_i})

endmodule
