`include "cosim_assert.svh"

/// For each row, valid for one cycle:
///   mean_o     = sum of its kept elements / length rounded halfToEven, length being their number,
///   variance_o = sum of (element - mean)^2 over them, exact and not divided.
/// One pass suffices, as variance = sum of squares - mean * (sum + remainder) where remainder is
/// sum - length * mean. Elements and mean signed, variance unsigned. Lanes that are not kept do not
/// matter. Beats of a row arrive in any cycles; `last_i` ends the row and the next beat begins
/// another. Lane 0 in the low bits.
/// Free-running: one beat a cycle, a row may end in every cycle; latency
/// cosim_pkg::row_variance_latency(Lanes, Bits) cycles after the row's last beat.
module row_variance #(
  /// Elements in a beat, 1 or more.
  parameter int unsigned Lanes = 16,
  /// Bits of an element, 2...24.
  parameter int unsigned Bits = 16,
  /// Elements of the longest row, 1...65536.
  parameter int unsigned MaxLength = 1024,
  /// Bits of a variance. Derived, do not overwrite.
  localparam int unsigned VarianceBits = cosim_pkg::variance_bits(Bits, MaxLength)
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,

  input  logic                       valid_i,
  input  logic                       last_i,
  input  logic [Lanes-1:0]           keep_i,
  input  logic [Lanes-1:0][Bits-1:0] data_i,

  output logic                       valid_o,
  output logic signed [Bits-1:0]     mean_o,
  output logic [VarianceBits-1:0]    variance_o
);

  localparam int unsigned SquareStages = cosim_pkg::square_latency();
  localparam int unsigned SquareBits = 2 * Bits - 1;
  localparam int unsigned LengthBits = cosim_pkg::value_bits(64'(MaxLength));
  localparam int unsigned SumBits = Bits + LengthBits;
  localparam int unsigned ProductBits = cosim_pkg::maximum(VarianceBits, SumBits + 1);
  // The squares' sum is ahead of the product by what the mean takes after the sum.
  localparam int unsigned MeanLatency = cosim_pkg::row_mean_latency(Lanes, Bits)
      - cosim_pkg::row_sum_latency(Lanes);

  logic                             mean_valid, square_valid, square_last;
  logic                             unused_squares_valid, product_valid;
  logic signed [SumBits-1:0]        sum;
  logic signed [LengthBits-1:0]     remainder;
  logic signed [Bits-1:0]           mean, mean_q;
  logic signed [Bits-1:0]           product_mean;
  logic [Lanes-1:0][SquareBits-1:0] square;
  logic [VarianceBits-1:0]          squares, product_squares, variance_d, variance_q;
  logic signed [ProductBits-1:0]    product;

  row_mean #(
    .Lanes    (Lanes),
    .Bits     (Bits),
    .MaxLength(MaxLength)
  ) u_mean (
    .clk_i,
    .rst_ni,
    .valid_i,
    .last_i,
    .keep_i,
    .data_i,
    .valid_o    (mean_valid),
    .sum_o      (sum),
    .mean_o     (mean),
    .remainder_o(remainder)
  );

  for (genvar lane = 0; lane < Lanes; lane++) begin : gen_lane
    logic signed [Bits-1:0]     element;
    logic signed [SquareBits:0] wide_square;
    logic                       unused_sign;

    assign element = keep_i[lane] ? signed'(data_i[lane]) : '0;

    pipelined_multiplier #(
      .ABits      (Bits),
      .BBits      (Bits),
      .ProductBits(SquareBits + 1),
      .Stages     (SquareStages)
    ) u_square (
      .clk_i,
      .a_i      (element),
      .b_i      (element),
      .product_o(wide_square)
    );

    assign square[lane] = wide_square[SquareBits-1:0];
    assign unused_sign  = wide_square[SquareBits];
  end

  valid_line #(
    .Cycles(SquareStages)
  ) u_square_valid (
    .clk_i,
    .rst_ni,
    .valid_i,
    .valid_o(square_valid)
  );

  delay_line #(
    .Width (1),
    .Cycles(SquareStages)
  ) u_square_last (
    .clk_i,
    .data_i(last_i),
    .data_o(square_last)
  );

  row_sum #(
    .Lanes    (Lanes),
    .InputBits(SquareBits),
    .SumBits  (VarianceBits)
  ) u_squares (
    .clk_i,
    .rst_ni,
    .valid_i(square_valid),
    .last_i (square_last),
    .data_i (square),
    .valid_o(unused_squares_valid),
    .sum_o  (squares)
  );

  delay_line #(
    .Width (VarianceBits),
    .Cycles(MeanLatency)
  ) u_squares_line (
    .clk_i,
    .data_i(squares),
    .data_o(product_squares)
  );

  pipelined_multiplier #(
    .ABits      (Bits),
    .BBits      (SumBits + 1),
    .ProductBits(ProductBits),
    .Stages     (SquareStages)
  ) u_multiply (
    .clk_i,
    .a_i      (mean),
    .b_i      ((SumBits + 1)'(sum) + (SumBits + 1)'(remainder)),
    .product_o(product)
  );

  delay_line #(
    .Width (Bits),
    .Cycles(SquareStages)
  ) u_mean_line (
    .clk_i,
    .data_i(mean),
    .data_o(product_mean)
  );

  valid_line #(
    .Cycles(SquareStages)
  ) u_product_valid (
    .clk_i,
    .rst_ni,
    .valid_i(mean_valid),
    .valid_o(product_valid)
  );

  // Modulo 2^VarianceBits, which the difference is below.
  assign variance_d = product_squares - VarianceBits'(product);

  always_ff @(posedge clk_i) begin
    variance_q <= variance_d;
    mean_q     <= product_mean;
  end

  valid_line u_valid (
    .clk_i,
    .rst_ni,
    .valid_i(product_valid),
    .valid_o
  );

  logic unused_product;
  assign unused_product = ^product;

  assign mean_o     = mean_q;
  assign variance_o = variance_q;

  `ASSERT_PARAMETER(Bits, Bits >= 2 && Bits <= 24, "Bits must be 2...24")
  `ASSERT_PARAMETER(MaxLength, MaxLength >= 1 && MaxLength <= 65536, "MaxLength must be 1...65536")

endmodule
