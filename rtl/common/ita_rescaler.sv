`include "cosim_assert.svh"

/// y_o = saturate(x_i * multiplier_i / 2^shift_i rounded halfUp, + add_i). Ties go up, also those
/// of negative products; a shift of 0 rounds nothing, and one beyond the product's width leaves
/// add_i.
/// Product and sum are exact; the sum saturates to the two's complement range of 8 bits.
/// x, add and y signed, multiplier and shift unsigned.
/// Free-running: one result a cycle, latency cosim_pkg::ita_rescaler_latency() cycles.
module ita_rescaler #(
  /// Bits of `x_i`, 2...64.
  parameter int unsigned InputBits = 26
) (
  input  logic                        clk_i,

  input  logic signed [InputBits-1:0] x_i,
  input  logic        [7:0]           multiplier_i,
  input  logic        [7:0]           shift_i,
  input  logic signed [7:0]           add_i,
  output logic signed [7:0]           y_o
);

  localparam int unsigned ValueBits = InputBits + 8;

  logic signed [ValueBits-1:0] value;
  logic signed [7:0]           add;

  half_up_rescaler #(
    .InputBits     (InputBits),
    .MultiplierBits(8),
    .ExponentBits  (8)
  ) u_scale (
    .clk_i,
    .x_i,
    .multiplier_i,
    .exponent_i(shift_i),
    .value_o   (value)
  );

  delay_line #(
    .Width (8),
    .Cycles(cosim_pkg::half_up_rescaler_latency())
  ) u_add (
    .clk_i,
    .data_i(add_i),
    .data_o(add)
  );

  saturating_adder #(
    .InputBits (ValueBits),
    .OutputBits(8)
  ) u_sum (
    .clk_i,
    .a_i  (value),
    .b_i  (ValueBits'(add)),
    .sum_o(y_o)
  );

  `ASSERT_PARAMETER(InputBits, InputBits >= 2 && InputBits <= 64, "InputBits must be 2...64")

endmodule
