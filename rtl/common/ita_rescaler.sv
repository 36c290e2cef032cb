`include "cosim_assert.svh"

/// y_o = saturate(x_i * multiplier_i / 2^shift_i rounded halfUp, + add_i). Ties go up, also those of
/// negative products; a shift of 0 rounds nothing, and one beyond the product's width leaves add_i.
/// The product is exact; the sum saturates to the two's complement range of 8 bits.
/// x, add and y signed, multiplier and shift unsigned.
/// Free-running: one result a cycle, latency cosim_pkg::ita_rescaler_latency() cycles.
module ita_rescaler #(
  /// Bits of `x_i`, 8 or more.
  parameter int unsigned InputBits = 26
) (
  input  logic                        clk_i,

  input  logic signed [InputBits-1:0] x_i,
  input  logic        [7:0]           multiplier_i,
  input  logic        [7:0]           shift_i,
  input  logic signed [7:0]           add_i,
  output logic signed [7:0]           y_o
);

  // Holds the sum as well: |x * multiplier| <= 2^(ProductBits-1) - 2^(InputBits-1).
  localparam int unsigned ProductBits = InputBits + 8;
  localparam int unsigned MultiplyStages = cosim_pkg::ita_rescaler_latency() - 3;

  logic signed [ProductBits-1:0] product, floor_d, floor_q, sum_d, sum_q;
  logic        [7:0]             shift;
  logic signed [7:0]             add, add_q, y_d, y_q;
  logic                          half_d, half_q, unused_below_half;

  pipelined_multiplier #(
    .ABits      (InputBits),
    .BBits      (9),
    .ProductBits(ProductBits),
    .Stages     (MultiplyStages)
  ) u_multiply (
    .clk_i,
    .a_i      (x_i),
    .b_i      (signed'({1'b0, multiplier_i})),
    .product_o(product)
  );

  delay_line #(
    .Width (16),
    .Cycles(MultiplyStages)
  ) u_operands (
    .clk_i,
    .data_i({shift_i, add_i}),
    .data_o({shift, add})
  );

  floor_shift_with_half #(
    .Width    (ProductBits),
    .ShiftBits(8)
  ) u_shift (
    .value_i     (product),
    .shift_i     (shift),
    .floor_o     (floor_d),
    .half_o      (half_d),
    .below_half_o(unused_below_half)
  );

  assign sum_d = floor_q + signed'(ProductBits'(half_q)) + ProductBits'(add_q);

  saturate #(
    .InputBits (ProductBits),
    .OutputBits(8)
  ) u_saturate (
    .value_i(sum_q),
    .value_o(y_d)
  );

  always_ff @(posedge clk_i) begin
    floor_q <= floor_d;
    half_q  <= half_d;
    add_q   <= add;
    sum_q   <= sum_d;
    y_q     <= y_d;
  end

  assign y_o = y_q;

  `ASSERT_PARAMETER(InputBits, InputBits >= 8, "InputBits must be at least 8")

endmodule
