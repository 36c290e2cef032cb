/// exp_o = gemmlowp's exponential of a_i, 0 or negative, Q5.26; exp_o is Q0.31, unsigned.
/// With f = a mod 1/4 - 1/4 and x = f + 1/8, in Q0.31, every product rounded halfUp:
///   tail = (x^4 / 4 rounded halfAwayFromZero + x^3) / 3 + x^2
///   exp  = e^-1/8 + e^-1/8 * (x + tail / 2 rounded halfAwayFromZero)
/// and then exp is multiplied by e^-2^w for each set bit, of weight 2^w, of f - a, from 1/4 to 16.
/// An a of 0 gives 2^31 - 1. Error below 2.3e-7.
/// Free-running: one result a cycle, latency cosim_pkg::gemmlowp_exp_latency() cycles.
/// Source: google/gemmlowp, fixedpoint.h, exp_on_negative_values.
module gemmlowp_exp (
  input  logic               clk_i,

  input  logic signed [31:0] a_i,
  output logic        [30:0] exp_o
);

  localparam int unsigned Multiply = cosim_pkg::gemmlowp_multiplier_latency();
  localparam int unsigned Factors = 7;

  localparam logic signed [31:0] ExpMinusEighth = 32'sd1895147668;
  localparam logic signed [30:0] Third = 31'sd715827883;
  /// e^-2^w of w = -2...4, lowest first.
  localparam logic [Factors-1:0][30:0] Factor = {
    31'd242, 31'd720401, 31'd39332535, 31'd290630308, 31'd790015084, 31'd1302514674, 31'd1672461947
  };

  // x, at least -2^28 and below 2^28, and the bits of f - a.

  logic signed [25:0]  fraction;
  logic signed [28:0]  x, x_q4, x_q12;
  logic [Factors-1:0]  bits, bits_q;
  logic                is_zero, is_zero_q;
  logic signed [31:0]  remainder;
  logic [24:0]         unused_remainder;

  // a mod 1/4 is the low 24 bits; less 1/4, they are negative.
  assign fraction         = signed'({2'b00, a_i[23:0]}) - 26'sh100_0000;
  assign x                = (29'(fraction) <<< 5) + 29'sh1000_0000;
  assign remainder        = 32'(fraction) - a_i;
  assign bits             = remainder[30:24];
  assign is_zero          = a_i == '0;
  assign unused_remainder = {remainder[31], remainder[23:0]};

  // The polynomial.

  logic signed [26:0] x2, x2_q8, third_term, tail, half_tail;
  logic signed [23:0] x3, x4, cubic;
  logic signed [29:0] half_tail_x;
  logic signed [31:0] scaled, interval;
  logic signed [23:0] x4_quarter;

  gemmlowp_multiplier #(
    .ABits      (29),
    .BBits      (29),
    .ProductBits(27)
  ) u_x2 (
    .clk_i,
    .a_i      (x),
    .b_i      (x),
    .product_o(x2)
  );

  delay_line #(
    .Width (29),
    .Cycles(Multiply)
  ) u_x_q4 (
    .clk_i,
    .data_i(x),
    .data_o(x_q4)
  );

  gemmlowp_multiplier #(
    .ABits      (27),
    .BBits      (29),
    .ProductBits(24)
  ) u_x3 (
    .clk_i,
    .a_i      (x2),
    .b_i      (x_q4),
    .product_o(x3)
  );

  gemmlowp_multiplier #(
    .ABits      (27),
    .BBits      (27),
    .ProductBits(24)
  ) u_x4 (
    .clk_i,
    .a_i      (x2),
    .b_i      (x2),
    .product_o(x4)
  );

  // x^4 is not negative, so that halfAwayFromZero is halfUp.
  assign x4_quarter = (x4 + 24'sd2) >>> 2;
  assign cubic      = x4_quarter + x3;

  gemmlowp_multiplier #(
    .ABits      (24),
    .BBits      (31),
    .ProductBits(27)
  ) u_third (
    .clk_i,
    .a_i      (cubic),
    .b_i      (Third),
    .product_o(third_term)
  );

  delay_line #(
    .Width (27),
    .Cycles(2 * Multiply)
  ) u_x2_q8 (
    .clk_i,
    .data_i(x2),
    .data_o(x2_q8)
  );

  delay_line #(
    .Width (29),
    .Cycles(2 * Multiply)
  ) u_x_q12 (
    .clk_i,
    .data_i(x_q4),
    .data_o(x_q12)
  );

  // |x| is at most 1/8, so that x^2 exceeds what x^3 takes away: the tail is not negative, and
  // halfAwayFromZero is halfUp.
  assign tail        = third_term + x2_q8;
  assign half_tail   = (tail + 27'sd1) >>> 1;
  assign half_tail_x = 30'(half_tail) + 30'(x_q12);

  gemmlowp_multiplier #(
    .ABits(30),
    .BBits(32)
  ) u_scale (
    .clk_i,
    .a_i      (half_tail_x),
    .b_i      (ExpMinusEighth),
    .product_o(scaled)
  );

  assign interval = ExpMinusEighth + scaled;

  // The factors.

  delay_line #(
    .Width (Factors + 1),
    .Cycles(4 * Multiply)
  ) u_bits (
    .clk_i,
    .data_i({is_zero, bits}),
    .data_o({is_zero_q, bits_q})
  );

  logic signed [31:0] result [Factors+1];
  logic [Factors:0]   rest [Factors+1];
  logic [30:0]        exp_d, exp_q;
  logic               unused_result;

  assign result[0] = interval;
  assign rest[0]   = {is_zero_q, bits_q};

  for (genvar i = 0; i < Factors; i++) begin : gen_factor
    logic signed [31:0] product, passed;

    gemmlowp_multiplier u_multiply (
      .clk_i,
      .a_i      (result[i]),
      .b_i      (signed'({1'b0, Factor[i]})),
      .product_o(product)
    );

    delay_line #(
      .Width (32 + Factors + 1),
      .Cycles(Multiply)
    ) u_passed (
      .clk_i,
      .data_i({result[i], rest[i]}),
      .data_o({passed, rest[i+1]})
    );

    assign result[i+1] = rest[i+1][i] ? product : passed;
  end

  assign exp_d         = rest[Factors][Factors] ? '1 : result[Factors][30:0];
  assign unused_result = ^{result[Factors][31], rest[Factors]};

  always_ff @(posedge clk_i) exp_q <= exp_d;

  assign exp_o = exp_q;

endmodule
