`include "cosim_assert.svh"

/// y = table[x mod 256], elementwise: any function of int8 codes, the index being the code read as
/// an unsigned byte (0...127, then -128...-1). Nothing is rounded.
/// Streams: lane 0 in the least significant bits, every lane of every beat an element, int8.
/// `table` carries one entry a beat, 256 of them in index order, and starts over after the last; x
/// waits until a table is complete, after reset and while one is rewritten. A lane has its own copy
/// of the table, and a beat of x reads it in the cycle in which it is taken.
/// Latency 3 cycles, one beat a cycle, `table` too. `x_ready_o` depends on registers only.
module lut_activation #(
  /// Elements in a beat, 1...64.
  parameter int unsigned Lanes = 16
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  // Table stream, of the settings.
  input  logic                  table_valid_i,
  output logic                  table_ready_o,
  input  logic [7:0]            table_data_i,

  // Input stream.
  input  logic                  x_valid_i,
  output logic                  x_ready_o,
  input  logic [Lanes-1:0][7:0] x_data_i,

  // Output stream.
  output logic                  y_valid_o,
  input  logic                  y_ready_i,
  output logic [Lanes-1:0][7:0] y_data_o
);

  logic [Lanes-1:0][7:0] result;
  logic                  complete, ready, unused_accept, unused_result_valid;

  stream_table #(
    .Width  (8),
    .Entries(256),
    .Ports  (Lanes)
  ) u_table (
    .clk_i,
    .rst_ni,
    .hold_i    (1'b0),
    .complete_o(complete),
    .in_valid_i(table_valid_i),
    .in_ready_o(table_ready_o),
    .in_data_i (table_data_i),
    .address_i (x_data_i),
    .data_o    (result)
  );

  assign x_ready_o = ready && complete;

  pipeline_guard #(
    .Width  (Lanes * 8),
    .Latency(1)
  ) u_guard (
    .clk_i,
    .rst_ni,
    .in_valid_i    (x_valid_i && complete),
    .in_ready_o    (ready),
    .accept_o      (unused_accept),
    .result_valid_o(unused_result_valid),
    .result_i      (result),
    .out_valid_o   (y_valid_o),
    .out_ready_i   (y_ready_i),
    .out_data_o    (y_data_o)
  );

  `ASSERT_PARAMETER(Lanes, Lanes >= 1 && Lanes <= 64, "Lanes must be 1...64")
  `ASSERT_STREAM(table, table_valid_i, table_ready_o, table_data_i)
  `ASSERT_STREAM(x, x_valid_i, x_ready_o, x_data_i)
  `ASSERT_STREAM(y, y_valid_o, y_ready_i, y_data_o)

endmodule
