`include "cosim_assert.svh"

/// First pass of a softmax: stores whole rows and gives each beat of a row the row's maximum.
/// `out` is `in` with `out_maximum_o` = the largest kept element of the row. Elements signed; lane
/// 0 in the low bits; keep is contiguous from lane 0 and all ones but on the last beat.
/// Rows of 1...MaxLength elements; holds two of the longest, or Rows short ones. A row begins to
/// leave $clog2(Lanes) + 3 cycles after its last beat came; one beat a cycle, and for every mix of
/// row lengths as long as MaxLength is at most 64 beats (behind a longer row, rows of one beat can
/// have to wait). `in_ready_o` depends on registers only.
module row_maximum_buffer #(
  /// Elements in a beat, 1 or more.
  parameter int unsigned Lanes = 16,
  /// Bits of an element, 2 or more.
  parameter int unsigned Bits = 8,
  /// Elements of the longest row, 1 or more.
  parameter int unsigned MaxLength = 1024,
  /// 1 where keep may have holes, 0 where it may not.
  parameter int unsigned Holes = 0
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,

  input  logic                       in_valid_i,
  output logic                       in_ready_o,
  input  logic [Lanes-1:0][Bits-1:0] in_data_i,
  input  logic [Lanes-1:0]           in_keep_i,
  input  logic                       in_last_i,

  output logic                       out_valid_o,
  input  logic                       out_ready_i,
  output logic [Lanes-1:0][Bits-1:0] out_data_o,
  output logic [Lanes-1:0]           out_keep_o,
  output logic                       out_last_o,
  output logic signed [Bits-1:0]     out_maximum_o
);

  // A row of one beat stays for the tree, the row's register, the queue of values and the credit,
  // and behind a long row for as many cycles more as that has beats.
  localparam int unsigned RowBeats = cosim_pkg::ceil_divide(MaxLength, Lanes);
  localparam int unsigned Rows = cosim_pkg::minimum(RowBeats, 64) + $clog2(Lanes) + 6;
  localparam int unsigned Beats = 2 * RowBeats + $clog2(Lanes) + 6;
  localparam int unsigned BeatBits = Lanes * Bits + Lanes;

  logic                take, fifo_ready, space;
  logic                stored_valid, stored_ready, stored_last;
  logic [BeatBits-1:0] stored;
  logic                maximum_valid;
  logic [Bits-1:0]     maximum;

  assign in_ready_o = fifo_ready && space;
  assign take       = in_valid_i && in_ready_o;

  stream_fifo #(
    .Width(BeatBits + 1),
    .Depth(Beats)
  ) u_beats (
    .clk_i,
    .rst_ni,
    .in_valid_i (take),
    .in_ready_o (fifo_ready),
    .in_data_i  ({in_last_i, in_keep_i, in_data_i}),
    .out_valid_o(stored_valid),
    .out_ready_i(stored_ready),
    .out_data_o ({stored_last, stored})
  );

  row_maximum #(
    .Lanes(Lanes),
    .Bits (Bits)
  ) u_maximum (
    .clk_i,
    .rst_ni,
    .valid_i  (take),
    .last_i   (in_last_i),
    .keep_i   (in_keep_i),
    .data_i   (in_data_i),
    .valid_o  (maximum_valid),
    .maximum_o(maximum)
  );

  row_value_join #(
    .Width    (BeatBits),
    .ValueBits(Bits),
    .Rows     (Rows)
  ) u_join (
    .clk_i,
    .rst_ni,
    .space_o      (space),
    .open_i       (take && in_last_i),
    .value_valid_i(maximum_valid),
    .value_i      (maximum),
    .beat_valid_i (stored_valid),
    .beat_ready_o (stored_ready),
    .beat_data_i  (stored),
    .beat_last_i  (stored_last),
    .out_valid_o,
    .out_ready_i,
    .out_data_o   ({out_keep_o, out_data_o}),
    .out_last_o,
    .out_value_o  (out_maximum_o)
  );

`ifndef SYNTHESIS
  row_rule #(
    .Lanes    (Lanes),
    .MaxLength(MaxLength),
    .Holes    (Holes)
  ) u_row_rule (
    .clk_i,
    .rst_ni,
    .transfer_i(take),
    .keep_i    (in_keep_i),
    .last_i    (in_last_i)
  );
`endif

  `ASSERT_PARAMETER(MaxLength, MaxLength >= 1, "MaxLength must be at least 1")
  `ASSERT_STREAM(in, in_valid_i, in_ready_o, {in_data_i, in_keep_i, in_last_i})

endmodule
