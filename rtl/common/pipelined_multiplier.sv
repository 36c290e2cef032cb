`include "cosim_assert.svh"

/// product_o = a_i * b_i, signed: its low ProductBits bits, so that a caller who knows the
/// product's range gets no wider one. ABits + BBits bits always hold it.
/// Free-running: one product a cycle, latency Stages cycles. The registers stand around one `*` for
/// synthesis to move into the multiplier: one before it when Stages is 2 or more, the others
/// behind.
module pipelined_multiplier #(
  /// Bits of `a_i`, 1 or more.
  parameter int unsigned ABits = 32,
  /// Bits of `b_i`, 1 or more.
  parameter int unsigned BBits = 33,
  /// Bits of `product_o`, the wider operand's or more.
  parameter int unsigned ProductBits = ABits + BBits,
  /// Latency in cycles, 1 or more.
  parameter int unsigned Stages = 3
) (
  input  logic                          clk_i,

  input  logic signed [ABits-1:0]       a_i,
  input  logic signed [BBits-1:0]       b_i,
  output logic signed [ProductBits-1:0] product_o
);

  localparam int unsigned InputStages = Stages == 1 ? 0 : 1;

  logic signed [ABits-1:0] a;
  logic signed [BBits-1:0] b;

  delay_line #(
    .Width (ABits + BBits),
    .Cycles(InputStages)
  ) u_operands (
    .clk_i,
    .data_i({a_i, b_i}),
    .data_o({a, b})
  );

  delay_line #(
    .Width (ProductBits),
    .Cycles(Stages - InputStages)
  ) u_product (
    .clk_i,
    .data_i(ProductBits'(a) * ProductBits'(b)),
    .data_o(product_o)
  );

  `ASSERT_PARAMETER(ProductBits, ProductBits >= ABits && ProductBits >= BBits,
                    "ProductBits must be ABits and BBits or more")
  `ASSERT_PARAMETER(Stages, Stages >= 1, "Stages must be at least 1")

endmodule
