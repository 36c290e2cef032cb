`include "cosim_assert.svh"

/// value_o = x_i * multiplier_i / 2^exponent_i rounded halfToEven, then saturated to
/// 2^OutputBits - 1. x, multiplier and value unsigned; exponent signed, -MaxLeftShift or more (a
/// negative one multiplies).
/// Free-running: one result a cycle, latency cosim_pkg::saturating_rescaler_latency() cycles.
module saturating_rescaler #(
  /// Bits of `x_i`, 1...64.
  parameter int unsigned InputBits = 33,
  /// Bits of the multiplier, 1...64.
  parameter int unsigned MultiplierBits = 32,
  /// Bits of the exponent with its sign, 2...32.
  parameter int unsigned ExponentBits = 8,
  /// Places of the largest shift to the left, 0 or more.
  parameter int unsigned MaxLeftShift = 31,
  /// Bits of `value_o`, 1...InputBits + MultiplierBits.
  parameter int unsigned OutputBits = 15
) (
  input  logic                             clk_i,

  input  logic        [InputBits-1:0]      x_i,
  input  logic        [MultiplierBits-1:0] multiplier_i,
  input  logic signed [ExponentBits-1:0]   exponent_i,
  output logic        [OutputBits-1:0]     value_o
);

  localparam int unsigned MultiplyStages = cosim_pkg::saturating_rescaler_latency() - 2;
  localparam int unsigned ProductBits = InputBits + MultiplierBits + 1;
  localparam int unsigned LeftBits = OutputBits + MaxLeftShift;
  localparam logic [OutputBits-1:0] Most = '1;

  logic signed [ProductBits-1:0]  product, quotient;
  logic signed [ExponentBits-1:0] exponent;
  logic        [ExponentBits-1:0] right_shift, left_shift;
  logic        [LeftBits-1:0]     left;
  logic                           right_round_up, left_beyond;
  logic        [OutputBits-1:0]   floor_d, floor_q, value_d, value_q;
  logic                           round_up_d, round_up_q, beyond_d, beyond_q;

  pipelined_multiplier #(
    .ABits      (InputBits + 1),
    .BBits      (MultiplierBits + 1),
    .ProductBits(ProductBits),
    .Stages     (MultiplyStages)
  ) u_multiply (
    .clk_i,
    .a_i      (signed'({1'b0, x_i})),
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

  assign right_shift = exponent < 0 ? '0 : unsigned'(exponent);
  assign left_shift  = exponent < 0 ? unsigned'(-exponent) : '0;

  floor_shift_with_round #(
    .Width    (ProductBits),
    .ShiftBits(ExponentBits)
  ) u_shift (
    .value_i   (product),
    .shift_i   (right_shift),
    .floor_o   (quotient),
    .round_up_o(right_round_up)
  );

  // To the left nothing is rounded, and every one that passes the output's top saturates. At least
  // one of the two shifts is by 0, so the quotient is what the left shift starts from.
  assign left        = LeftBits'(quotient[OutputBits-1:0]) << left_shift;
  assign left_beyond = (left >> OutputBits) != '0;

  assign floor_d    = left[OutputBits-1:0];
  assign beyond_d   = left_beyond || (quotient >> OutputBits) != '0;
  assign round_up_d = right_round_up;

  always_comb begin
    value_d = floor_q + OutputBits'(round_up_q);
    if (beyond_q || floor_q == Most) value_d = Most;
  end

  always_ff @(posedge clk_i) begin
    floor_q    <= floor_d;
    beyond_q   <= beyond_d;
    round_up_q <= round_up_d;
    value_q    <= value_d;
  end

  assign value_o = value_q;

  `ASSERT_PARAMETER(OutputBits, OutputBits >= 1 && OutputBits < ProductBits,
                    "OutputBits must be 1...InputBits + MultiplierBits")
  `ASSERT_PARAMETER(ExponentBits, ExponentBits >= 2 && ExponentBits <= 32,
                    "ExponentBits must be 2...32")

endmodule
