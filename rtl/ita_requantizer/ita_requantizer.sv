`include "cosim_assert.svh"

/// y = saturate(halfUp(x * multiplier / 2^shift) + add), elementwise.
/// The product is exact and rounded once, halfUp: ties go up, also those of negative products. A
/// shift of 0 rounds nothing, one of 35 or more leaves add alone. The sum saturates to int8.
/// Streams: lane 0 in the least significant bits, every lane of every beat an element. x, add and y
/// signed integers, multiplier and shift unsigned, one each a lane.
/// Latency 9 cycles, one beat a cycle. `x_ready_o` depends on registers only.
module ita_requantizer #(
  /// Elements in a beat, 1...64.
  parameter int unsigned Lanes = 16
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // Input stream.
  input  logic                   x_valid_i,
  output logic                   x_ready_o,
  input  logic [Lanes-1:0][25:0] x_data_i,
  input  logic [Lanes-1:0][7:0]  x_multiplier_i,
  input  logic [Lanes-1:0][7:0]  x_shift_i,
  input  logic [Lanes-1:0][7:0]  x_add_i,

  // Output stream.
  output logic                   y_valid_o,
  input  logic                   y_ready_i,
  output logic [Lanes-1:0][7:0]  y_data_o
);

  logic [Lanes-1:0][7:0] result;
  logic                  unused_accept, unused_result_valid;

  for (genvar lane = 0; lane < Lanes; lane++) begin : gen_lane
    ita_rescaler #(
      .InputBits(26)
    ) u_rescale (
      .clk_i,
      .x_i         (signed'(x_data_i[lane])),
      .multiplier_i(x_multiplier_i[lane]),
      .shift_i     (x_shift_i[lane]),
      .add_i       (signed'(x_add_i[lane])),
      .y_o         (result[lane])
    );
  end

  pipeline_guard #(
    .Width  (Lanes * 8),
    .Latency(cosim_pkg::ita_rescaler_latency())
  ) u_guard (
    .clk_i,
    .rst_ni,
    .in_valid_i    (x_valid_i),
    .in_ready_o    (x_ready_o),
    .accept_o      (unused_accept),
    .result_valid_o(unused_result_valid),
    .result_i      (result),
    .out_valid_o   (y_valid_o),
    .out_ready_i   (y_ready_i),
    .out_data_o    (y_data_o)
  );

  `ASSERT_PARAMETER(Lanes, Lanes >= 1 && Lanes <= 64, "Lanes must be 1...64")
  `ASSERT_STREAM(x, x_valid_i, x_ready_o, {x_data_i, x_multiplier_i, x_shift_i, x_add_i})
  `ASSERT_STREAM(y, y_valid_o, y_ready_i, y_data_o)

endmodule
