`include "cosim_assert.svh"

/// value_o = x_i * multiplier_i / 2^exponent_i rounded halfUp: ties go up, also those of negative
/// products, and an exponent of 0 rounds nothing. Not saturated: InputBits + MultiplierBits bits
/// hold every result. x and value signed, multiplier and exponent unsigned.
/// Free-running: one result a cycle, latency cosim_pkg::half_up_rescaler_latency() cycles.
module half_up_rescaler #(
  /// Bits of `x_i`, 2...64.
  parameter int unsigned InputBits = 32,
  /// Bits of the multiplier, 1...64.
  parameter int unsigned MultiplierBits = 31,
  /// Bits of the exponent, 1...32.
  parameter int unsigned ExponentBits = 6
) (
  input  logic                                       clk_i,

  input  logic signed [InputBits-1:0]                x_i,
  input  logic        [MultiplierBits-1:0]           multiplier_i,
  input  logic        [ExponentBits-1:0]             exponent_i,
  output logic signed [InputBits+MultiplierBits-1:0] value_o
);

  localparam int unsigned ProductBits = InputBits + MultiplierBits;
  localparam int unsigned MultiplyStages = cosim_pkg::half_up_rescaler_latency() - 2;

  logic signed [ProductBits-1:0] product, floor_d, floor_q, value_d, value_q;
  logic [ExponentBits-1:0]       exponent;
  logic                          half_d, half_q, unused_below_half;

  pipelined_multiplier #(
    .ABits      (InputBits),
    .BBits      (MultiplierBits + 1),
    .ProductBits(ProductBits),
    .Stages     (MultiplyStages)
  ) u_multiply (
    .clk_i,
    .a_i      (x_i),
    .b_i      (signed'({1'b0, multiplier_i})),
    .product_o(product)
  );

  delay_line #(
    .Width (ExponentBits),
    .Cycles(MultiplyStages)
  ) u_exponent (
    .clk_i,
    .data_i(exponent_i),
    .data_o(exponent)
  );

  floor_shift_with_half #(
    .Width    (ProductBits),
    .ShiftBits(ExponentBits)
  ) u_shift (
    .value_i     (product),
    .shift_i     (exponent),
    .floor_o     (floor_d),
    .half_o      (half_d),
    .below_half_o(unused_below_half)
  );

  assign value_d = floor_q + signed'(ProductBits'(half_q));

  always_ff @(posedge clk_i) begin
    floor_q <= floor_d;
    half_q  <= half_d;
    value_q <= value_d;
  end

  assign value_o = value_q;

  `ASSERT_PARAMETER(InputBits, InputBits >= 2 && InputBits <= 64, "InputBits must be 2...64")
  `ASSERT_PARAMETER(MultiplierBits, MultiplierBits >= 1 && MultiplierBits <= 64,
                    "MultiplierBits must be 1...64")

endmodule
