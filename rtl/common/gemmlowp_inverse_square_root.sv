/// 1 / sqrt(value) = mantissa_o / 2^31 / 2^right_shift_o, as TensorFlow Lite computes it: with n =
/// value times a power of 4, in 2^27...2^29-1, and in fixed point with 28 fraction bits,
///   half = n / 4 rounded halfUp, x = 1, then five times x = 3/2 * x - half * x^3,
///   mantissa = sqrt(1/2) * x, shifted to the left where right_shift_o would be negative,
/// every product rounded as `gemmlowp_multiplier` does. 0 and 1 give 2^31 - 1 and no shift.
/// The first step is free, as it starts from 1: thirteen multipliers.
/// Free-running: one result a cycle, latency cosim_pkg::gemmlowp_inverse_square_root_latency()
/// cycles.
/// Source: TensorFlow Lite, GetInvSqrtQuantizedMultiplierExp.
module gemmlowp_inverse_square_root (
  input  logic        clk_i,

  input  logic [30:0] value_i,
  output logic [30:0] mantissa_o,
  output logic [3:0]  right_shift_o
);

  localparam int unsigned Multiply = cosim_pkg::gemmlowp_multiplier_latency();
  localparam int unsigned Steps = 4;
  localparam int unsigned StepLatency = 3 * Multiply;
  localparam logic signed [31:0] SquareRootOfHalf = 32'sd1518500250;

  // Normalise to an even number of places.
  logic [31:0] shifted;
  logic [4:0]  zeros;
  logic [28:0] normal;
  logic        unused_shifted;

  normaliser #(
    .Width(32)
  ) u_normalise (
    .clk_i,
    .value_i({1'b0, value_i}),
    .value_o(shifted),
    .zeros_o(zeros)
  );

  assign normal         = zeros[0] ? shifted[31:3] : {1'b0, shifted[31:4]};
  assign unused_shifted = ^{shifted[2:0], normal[0]};

  // The first step: 3/2 - half.
  logic signed [31:0] half_d, x_d;
  logic signed [31:0] half_step [Steps+1], x_step [Steps+1];
  logic               unused_half;

  assign half_d = 32'(normal[28:2]) + 32'(normal[1]);
  assign x_d    = (32'sh0300_0000 - ((half_d + 32'sd4) >>> 3)) <<< 3;

  delay_line #(
    .Width (64),
    .Cycles(1)
  ) u_first (
    .clk_i,
    .data_i({half_d, x_d}),
    .data_o({half_step[0], x_step[0]})
  );

  for (genvar i = 0; i < Steps; i++) begin : gen_step
    logic signed [31:0] square, x_middle, cube, half_late, x_late, product;

    gemmlowp_multiplier u_square (
      .clk_i,
      .a_i      (x_step[i]),
      .b_i      (x_step[i]),
      .product_o(square)
    );

    delay_line #(
      .Width (32),
      .Cycles(Multiply)
    ) u_x_middle (
      .clk_i,
      .data_i(x_step[i]),
      .data_o(x_middle)
    );

    gemmlowp_multiplier u_cube (
      .clk_i,
      .a_i      (square),
      .b_i      (x_middle),
      .product_o(cube)
    );

    delay_line #(
      .Width (32),
      .Cycles(2 * Multiply)
    ) u_half (
      .clk_i,
      .data_i(half_step[i]),
      .data_o(half_late)
    );

    // x is at most 1.5, so that neither the cube nor the next x leaves its 3 integer bits.
    gemmlowp_multiplier u_product (
      .clk_i,
      .a_i      (half_late),
      .b_i      (cube <<< 6),
      .product_o(product)
    );

    delay_line #(
      .Width (32),
      .Cycles(2 * Multiply)
    ) u_x_late (
      .clk_i,
      .data_i(x_middle),
      .data_o(x_late)
    );

    delay_line #(
      .Width (32),
      .Cycles(Multiply)
    ) u_half_step (
      .clk_i,
      .data_i(half_late),
      .data_o(half_step[i+1])
    );

    // 3/2 * x, in the 25 fraction bits of the product, rounded halfUp.
    assign x_step[i+1] = (((x_late + (x_late <<< 1) + 32'sd8) >>> 4) - product) <<< 3;
  end

  assign unused_half = ^half_step[Steps];

  // 12 - floor((zeros - 1) / 2) places to the right, down to -2.
  logic signed [31:0] x_scaled;
  logic signed [4:0]  places;
  logic               least;
  logic [4:0]         zeros_late;
  logic [30:0]        mantissa_d, mantissa_q;
  logic [3:0]         right_shift_d, right_shift_q;
  logic               unused_x_scaled, unused_zeros;

  gemmlowp_multiplier u_scale (
    .clk_i,
    .a_i      (x_step[Steps]),
    .b_i      (SquareRootOfHalf),
    .product_o(x_scaled)
  );

  delay_line #(
    .Width (6),
    .Cycles(1 + Steps * StepLatency + Multiply)
  ) u_zeros (
    .clk_i,
    // 0 stays 0, and 1 has 31 zeros.
    .data_i({!shifted[31] || zeros == 5'd31, zeros}),
    .data_o({least, zeros_late})
  );

  always_comb begin
    places        = 5'sd12 - signed'({1'b0, 4'((zeros_late - 1'b1) >> 1)});
    mantissa_d    = x_scaled[30:0];
    right_shift_d = places[3:0];
    if (places < 0) begin
      mantissa_d    = x_scaled[30:0] << (-places);
      right_shift_d = '0;
    end
    if (least) begin
      mantissa_d    = '1;
      right_shift_d = '0;
    end
  end

  assign unused_x_scaled = x_scaled[31];
  assign unused_zeros    = ^zeros_late;

  always_ff @(posedge clk_i) begin
    mantissa_q    <= mantissa_d;
    right_shift_q <= right_shift_d;
  end

  assign mantissa_o    = mantissa_q;
  assign right_shift_o = right_shift_q;

endmodule
