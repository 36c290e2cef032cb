`include "cosim_assert.svh"

/// Gives every beat of a row the value that was computed from the whole row (its maximum, its
/// factor): `out` is `beat` with `out_value_o` beside it.
/// A row is announced with `open_i` when its last beat goes on its way, only while `space_o`; that
/// reserves a place, so that its value, computed meanwhile, is never refused: `value_valid_i` has
/// no ready. Values come in the order of the rows. Beats wait here until the value has come.
/// Adds no cycle to a beat; a value is ready 2 cycles after it came; one beat a cycle, rows of one
/// beat included when Rows covers the cycles from `open_i` until the row's last beat has left.
module row_value_join #(
  /// Bits of a beat's payload besides its last flag, 1 or more.
  parameter int unsigned Width = 8,
  /// Bits of a row's value, 1 or more.
  parameter int unsigned ValueBits = 8,
  /// Rows announced and not yet gone, 1 or more.
  parameter int unsigned Rows = 16
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  // Rows announced.
  output logic                 space_o,
  input  logic                 open_i,

  // Their values.
  input  logic                 value_valid_i,
  input  logic [ValueBits-1:0] value_i,

  // Input stream.
  input  logic                 beat_valid_i,
  output logic                 beat_ready_o,
  input  logic [Width-1:0]     beat_data_i,
  input  logic                 beat_last_i,

  // Output stream.
  output logic                 out_valid_o,
  input  logic                 out_ready_i,
  output logic [Width-1:0]     out_data_o,
  output logic                 out_last_o,
  output logic [ValueBits-1:0] out_value_o
);

  logic value_ready, head_valid, row_done;

  credit_counter #(
    .Credits(Rows)
  ) u_rows (
    .clk_i,
    .rst_ni,
    .take_i     (open_i),
    .give_i     (row_done),
    .available_o(space_o)
  );

  stream_fifo #(
    .Width(ValueBits),
    .Depth(Rows)
  ) u_values (
    .clk_i,
    .rst_ni,
    .in_valid_i (value_valid_i),
    .in_ready_o (value_ready),
    .in_data_i  (value_i),
    .out_valid_o(head_valid),
    .out_ready_i(row_done),
    .out_data_o (out_value_o)
  );

  assign out_valid_o  = beat_valid_i && head_valid;
  assign beat_ready_o = out_ready_i && head_valid;
  assign row_done     = out_valid_o && out_ready_i && beat_last_i;
  assign out_data_o   = beat_data_i;
  assign out_last_o   = beat_last_i;

`ifdef SYNTHESIS
  logic unused_value_ready;
  assign unused_value_ready = value_ready;
`endif

  `ASSERT(ValueHasAPlace, value_valid_i |-> value_ready)
  `ASSERT_STREAM(beat, beat_valid_i, beat_ready_o, {beat_data_i, beat_last_i})
  `ASSERT_STREAM(out, out_valid_o, out_ready_i, {out_data_o, out_last_o, out_value_o})

endmodule
