`include "cosim_assert.svh"

/// product_o = a_i * b_i / 2^31 rounded halfUp, signed: gemmlowp's high half of the doubled product
/// of two Q0.31 values, its low ProductBits bits, so that a caller who knows the result's range
/// gets no wider one. It saturates nowhere: a_i and b_i are not both -2^31.
/// Free-running: one product a cycle, latency cosim_pkg::gemmlowp_multiplier_latency() cycles.
/// Source: google/gemmlowp, SaturatingRoundingDoublingHighMul.
module gemmlowp_multiplier #(
  /// Bits of `a_i`, 1...32.
  parameter int unsigned ABits = 32,
  /// Bits of `b_i`, 1...32.
  parameter int unsigned BBits = 32,
  /// Bits of `product_o`, 1...32.
  parameter int unsigned ProductBits = 32
) (
  input  logic                          clk_i,

  input  logic signed [ABits-1:0]       a_i,
  input  logic signed [BBits-1:0]       b_i,
  output logic signed [ProductBits-1:0] product_o
);

  localparam int unsigned FullBits = ABits + BBits;

  logic signed [FullBits-1:0]    full;
  logic signed [ProductBits-1:0] rounded_d, rounded_q;
  logic                          unused_full;

  pipelined_multiplier #(
    .ABits (ABits),
    .BBits (BBits),
    .Stages(cosim_pkg::gemmlowp_multiplier_latency() - 1)
  ) u_multiply (
    .clk_i,
    .a_i,
    .b_i,
    .product_o(full)
  );

  assign rounded_d   = ProductBits'(full >>> 31) + ProductBits'(full[30]);
  assign unused_full = ^full;

  always_ff @(posedge clk_i) rounded_q <= rounded_d;

  assign product_o = rounded_q;

  `ASSERT_PARAMETER(ABits, ABits >= 1 && ABits <= 32, "ABits must be 1...32")
  `ASSERT_PARAMETER(BBits, BBits >= 1 && BBits <= 32, "BBits must be 1...32")
  `ASSERT_PARAMETER(FullBits, FullBits >= 32, "ABits + BBits must be 32 or more")
  `ASSERT_PARAMETER(ProductBits, ProductBits >= 1 && ProductBits <= 32,
                    "ProductBits must be 1...32")

endmodule
