/// 1 / value = mantissa_o / 2^31 * 2^zeros_o / 2^31, mantissa Q0.31: zeros_o counts the leading
/// zeros of value's 32 bits, and mantissa_o = 1 / (1 + v) for value = 2^(31 - zeros) * (1 + v) by
/// three Newton-Raphson steps, in Q2.29 and every product rounded halfUp:
///   h = (1 + v) / 2, x = 48/17 - 32/17 * h, then three times x = x + 4 * (x * (1 - h * x))
///   mantissa = 2 * x saturated at 2^31 - 1.
/// The value is not 0. Error below 3.3e-9.
/// Free-running: one result a cycle, latency cosim_pkg::gemmlowp_reciprocal_latency() cycles.
/// Source: google/gemmlowp, one_over_one_plus_x_for_x_in_0_1; TensorFlow Lite, GetReciprocal.
module gemmlowp_reciprocal (
  input  logic        clk_i,

  input  logic [31:0] value_i,
  output logic [30:0] mantissa_o,
  output logic [4:0]  zeros_o
);

  localparam int unsigned Multiply = cosim_pkg::gemmlowp_multiplier_latency();
  localparam int unsigned Steps = 3;

  localparam logic signed [31:0] One = 32'sh2000_0000;
  localparam logic signed [31:0] Constant = 32'sd1515870810;
  localparam logic signed [31:0] Slope = -32'sd1010580540;

  logic [31:0]        normalised;
  logic [4:0]         zeros;
  logic signed [31:0] half, estimate;
  logic [1:0]         unused_normalised;

  normaliser #(
    .Width(32)
  ) u_normalise (
    .clk_i,
    .value_i,
    .value_o(normalised),
    .zeros_o(zeros)
  );

  // The half-sum of the fraction and 2^31 - 1, rounded up, is a half-sum with 2^31.
  assign half              = {2'b01, normalised[30:1]};
  assign unused_normalised = {normalised[31], normalised[0]};

  gemmlowp_multiplier u_estimate (
    .clk_i,
    .a_i      (half),
    .b_i      (Slope),
    .product_o(estimate)
  );

  logic signed [31:0] x_step [Steps+1], half_step [Steps+1];

  assign x_step[0] = Constant + estimate;

  delay_line #(
    .Width (32),
    .Cycles(Multiply)
  ) u_half (
    .clk_i,
    .data_i(half),
    .data_o(half_step[0])
  );

  for (genvar i = 0; i < Steps; i++) begin : gen_step
    logic signed [31:0] product, x_middle, correction, x_before;

    gemmlowp_multiplier u_product (
      .clk_i,
      .a_i      (half_step[i]),
      .b_i      (x_step[i]),
      .product_o(product)
    );

    delay_line #(
      .Width (32),
      .Cycles(Multiply)
    ) u_x_middle (
      .clk_i,
      .data_i(x_step[i]),
      .data_o(x_middle)
    );

    gemmlowp_multiplier u_correction (
      .clk_i,
      .a_i      (x_middle),
      .b_i      (One - product),
      .product_o(correction)
    );

    delay_line #(
      .Width (32),
      .Cycles(Multiply)
    ) u_x_before (
      .clk_i,
      .data_i(x_middle),
      .data_o(x_before)
    );

    delay_line #(
      .Width (32),
      .Cycles(2 * Multiply)
    ) u_half_step (
      .clk_i,
      .data_i(half_step[i]),
      .data_o(half_step[i+1])
    );

    // The correction is below 2^28 / 17, so that four times as much fits.
    assign x_step[i+1] = x_before + (correction <<< 2);
  end

  logic [30:0] mantissa_d, mantissa_q;
  logic        unused_bits;

  // x is positive; in Q1.30 it is already half of 2 / (1 + v).
  assign mantissa_d  = x_step[Steps][30] ? '1 : {x_step[Steps][29:0], 1'b0};
  assign unused_bits = ^{x_step[Steps][31], half_step[Steps]};

  always_ff @(posedge clk_i) mantissa_q <= mantissa_d;

  delay_line #(
    .Width (5),
    .Cycles(cosim_pkg::gemmlowp_reciprocal_latency() - cosim_pkg::normaliser_latency())
  ) u_zeros (
    .clk_i,
    .data_i(zeros),
    .data_o(zeros_o)
  );

  assign mantissa_o = mantissa_q;

endmodule
