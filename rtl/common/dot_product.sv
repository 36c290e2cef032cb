`include "cosim_assert.svh"

/// sum_o = sum of a_i[d] * w_i[d] over d, exact. w and sum signed; a signed or unsigned. An operand
/// of 0 on either side leaves its product out.
/// Free-running: one sum a cycle, latency cosim_pkg::dot_product_latency(Depth) cycles: a register
/// behind each product, then an `adder_tree`. Element 0 in the low bits.
module dot_product #(
  /// Products, 1 or more.
  parameter int unsigned Depth = 4,
  /// Bits of an element of a, 2...32.
  parameter int unsigned ActivationBits = 8,
  /// 1 where a is signed, 0 where it is unsigned.
  parameter int unsigned ActivationSigned = 1,
  /// Bits of an element of w, 2...32.
  parameter int unsigned WeightBits = 8,
  /// Bits of the sum, cosim_pkg::dot_product_bits() or more.
  parameter int unsigned SumBits = cosim_pkg::dot_product_bits(Depth, ActivationBits, WeightBits)
) (
  input  logic                                 clk_i,

  input  logic [Depth-1:0][ActivationBits-1:0] a_i,
  input  logic [Depth-1:0][WeightBits-1:0]     w_i,
  output logic signed [SumBits-1:0]            sum_o
);

  localparam int unsigned ProductBits = ActivationBits + WeightBits;

  logic [Depth-1:0][SumBits-1:0] terms;
  logic [SumBits-1:0]            sum;

  for (genvar d = 0; d < Depth; d++) begin : gen_product
    logic                          sign;
    logic signed [ProductBits-1:0] product_d, product_q;

    // The product of an unsigned a fits as well: its most negative is short of -2^(ProductBits-1).
    assign sign      = ActivationSigned != 0 && a_i[d][ActivationBits-1];
    assign product_d = ProductBits'(signed'({sign, a_i[d]})) * ProductBits'(signed'(w_i[d]));

    always_ff @(posedge clk_i) product_q <= product_d;

    assign terms[d] = SumBits'(product_q);
  end

  adder_tree #(
    .Lanes     (Depth),
    .InputBits (SumBits),
    .OutputBits(SumBits)
  ) u_sum (
    .clk_i,
    .terms_i(terms),
    .sum_o  (sum)
  );

  assign sum_o = signed'(sum);

  `ASSERT_PARAMETER(Depth, Depth >= 1, "Depth must be at least 1")
  `ASSERT_PARAMETER(ActivationBits, ActivationBits >= 2 && ActivationBits <= 32,
                    "ActivationBits must be 2...32")
  `ASSERT_PARAMETER(ActivationSigned, ActivationSigned <= 1, "ActivationSigned must be 0 or 1")
  `ASSERT_PARAMETER(WeightBits, WeightBits >= 2 && WeightBits <= 32, "WeightBits must be 2...32")
  `ASSERT_PARAMETER(SumBits,
                    SumBits >= cosim_pkg::dot_product_bits(Depth, ActivationBits, WeightBits),
                    "SumBits must hold the sum of Depth products")

endmodule
