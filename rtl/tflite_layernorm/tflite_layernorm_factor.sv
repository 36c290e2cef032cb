`include "cosim_assert.svh"

/// For each row, valid for one cycle:
///   mean_o   = 1024 * sum / length rounded truncate, length being the number of kept elements,
///   variance = (sum of squares * floor(2^20 / length) - mean^2) / 2^20 rounded truncate, or
///              cfg_variance_limit_i where that is below 1,
///   mantissa_o, right_shift_o: 1 / sqrt(variance), see `gemmlowp_inverse_square_root`.
/// Elements and mean signed. Lanes that are not kept do not matter. Beats of a row arrive in any
/// cycles; `last_i` ends the row and the next beat begins another; no more than Rows rows are
/// between their first beat and their factor. Lane 0 in the low bits.
/// Free-running: one beat a cycle, a row may end in every cycle; latency
/// cosim_pkg::tflite_layernorm_factor_latency(Lanes) cycles after the row's last beat.
module tflite_layernorm_factor #(
  /// Elements in a beat, 1 or more.
  parameter int unsigned Lanes = 16,
  /// Elements of the longest row, 1...65536.
  parameter int unsigned MaxLength = 1024,
  /// Rows that wait for their factor at most, 1 or more.
  parameter int unsigned Rows = 64
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // Setting.
  input  logic [30:0]            cfg_variance_limit_i,

  input  logic                   valid_i,
  input  logic                   last_i,
  input  logic [Lanes-1:0]       keep_i,
  input  logic [Lanes-1:0][15:0] data_i,

  output logic                   valid_o,
  output logic signed [25:0]     mean_o,
  output logic [30:0]            mantissa_o,
  output logic [3:0]             right_shift_o
);

  localparam int unsigned LengthBits = cosim_pkg::value_bits(64'(MaxLength));
  localparam int unsigned SumBits = 16 + LengthBits;
  localparam int unsigned SquareBits = 31;
  localparam int unsigned SquaresBits = 30 + LengthBits;
  localparam int unsigned MeanBits = 26;
  localparam int unsigned ShareBits = 21;
  localparam int unsigned ProductBits = 53;
  localparam int unsigned Stages = cosim_pkg::square_latency();
  localparam int unsigned MeanLatency = cosim_pkg::pipelined_divider_latency(MeanBits, 2);
  localparam int unsigned ShareLatency = cosim_pkg::pipelined_divider_latency(ShareBits, 2);

  // Sums, of element + 2^15 and of squares.

  logic [Lanes-1:0][15:0]           raised;
  logic [Lanes-1:0][SquareBits-1:0] square;
  logic                             sum_valid, unused_length_valid, unused_squares_valid;
  logic                             square_valid, square_last;
  logic [SumBits-1:0]               raised_sum;
  logic [LengthBits-1:0]            length, length_q;
  logic [SquaresBits-1:0]           squares, squares_late;

  for (genvar lane = 0; lane < Lanes; lane++) begin : gen_lane
    logic signed [15:0]         element;
    logic signed [SquareBits:0] wide_square;
    logic                       unused_sign;

    assign raised[lane] = keep_i[lane] ? {!data_i[lane][15], data_i[lane][14:0]} : '0;
    assign element      = keep_i[lane] ? signed'(data_i[lane]) : '0;

    pipelined_multiplier #(
      .ABits (16),
      .BBits (16),
      .Stages(Stages)
    ) u_square (
      .clk_i,
      .a_i      (element),
      .b_i      (element),
      .product_o(wide_square)
    );

    assign square[lane] = wide_square[SquareBits-1:0];
    assign unused_sign  = wide_square[SquareBits];
  end

  row_sum #(
    .Lanes    (Lanes),
    .InputBits(16),
    .SumBits  (SumBits)
  ) u_sum (
    .clk_i,
    .rst_ni,
    .valid_i,
    .last_i,
    .data_i (raised),
    .valid_o(sum_valid),
    .sum_o  (raised_sum)
  );

  row_sum #(
    .Lanes    (Lanes),
    .InputBits(1),
    .SumBits  (LengthBits)
  ) u_length (
    .clk_i,
    .rst_ni,
    .valid_i,
    .last_i,
    .data_i (keep_i),
    .valid_o(unused_length_valid),
    .sum_o  (length)
  );

  valid_line #(
    .Cycles(Stages)
  ) u_square_valid (
    .clk_i,
    .rst_ni,
    .valid_i,
    .valid_o(square_valid)
  );

  delay_line #(
    .Width (1),
    .Cycles(Stages)
  ) u_square_last (
    .clk_i,
    .data_i(last_i),
    .data_o(square_last)
  );

  row_sum #(
    .Lanes    (Lanes),
    .InputBits(SquareBits),
    .SumBits  (SquaresBits)
  ) u_squares (
    .clk_i,
    .rst_ni,
    .valid_i(square_valid),
    .last_i (square_last),
    .data_i (square),
    .valid_o(unused_squares_valid),
    .sum_o  (squares)
  );

  // Mean of the magnitude, which truncates, and 2^20 / length.

  logic signed [SumBits-1:0]  sum;
  logic                       negative_d, negative_q, negative;
  logic [SumBits-2:0]         magnitude_d, magnitude_q;
  logic                       magnitude_valid, quotient_valid, unused_share_valid, mean_valid;
  logic [MeanBits-1:0]        quotient;
  logic [ShareBits-1:0]       share, share_late, share_q;
  logic [LengthBits-1:0]      unused_remainder, unused_share_remainder;
  logic signed [MeanBits-1:0] mean_d, mean_q;

  assign sum         = signed'(raised_sum - (SumBits'(length) << 15));
  assign negative_d  = sum < 0;
  assign magnitude_d = (SumBits - 1)'(negative_d ? -sum : sum);

  always_ff @(posedge clk_i) begin
    negative_q  <= negative_d;
    magnitude_q <= magnitude_d;
    length_q    <= length;
  end

  valid_line u_magnitude_valid (
    .clk_i,
    .rst_ni,
    .valid_i(sum_valid),
    .valid_o(magnitude_valid)
  );

  pipelined_divider #(
    .NumeratorBits(SumBits - 1 + 10),
    .DivisorBits  (LengthBits),
    .BitsPerStage (2),
    .QuotientBits (MeanBits)
  ) u_mean (
    .clk_i,
    .rst_ni,
    .valid_i    (magnitude_valid),
    .numerator_i({magnitude_q, 10'd0}),
    .divisor_i  (length_q),
    .valid_o    (quotient_valid),
    .quotient_o (quotient),
    .remainder_o(unused_remainder)
  );

  delay_line #(
    .Width (1),
    .Cycles(MeanLatency)
  ) u_negative (
    .clk_i,
    .data_i(negative_q),
    .data_o(negative)
  );

  pipelined_divider #(
    .NumeratorBits(ShareBits),
    .DivisorBits  (LengthBits),
    .BitsPerStage (2),
    .QuotientBits (ShareBits)
  ) u_share (
    .clk_i,
    .rst_ni,
    .valid_i    (magnitude_valid),
    .numerator_i(ShareBits'(64'd1 << 20)),
    .divisor_i  (length_q),
    .valid_o    (unused_share_valid),
    .quotient_o (share),
    .remainder_o(unused_share_remainder)
  );

  delay_line #(
    .Width (ShareBits),
    .Cycles(MeanLatency - ShareLatency)
  ) u_share_line (
    .clk_i,
    .data_i(share),
    .data_o(share_late)
  );

  // A mean is in -2^25...2^25 - 1, as the elements have 16 bits.
  assign mean_d = negative ? -signed'(quotient) : signed'(quotient);

  always_ff @(posedge clk_i) begin
    mean_q  <= mean_d;
    share_q <= share_late;
  end

  valid_line u_mean_valid (
    .clk_i,
    .rst_ni,
    .valid_i(quotient_valid),
    .valid_o(mean_valid)
  );

  // Variance, and its inverse square root.

  logic signed [ProductBits-1:0] product, mean_square, difference_d, difference_q;
  logic [30:0]                   variance_d, variance_q;
  logic                          unused_difference, mean_ready, queue_valid;

  delay_line #(
    .Width (SquaresBits),
    .Cycles(1 + MeanLatency + 1 - Stages)
  ) u_squares_line (
    .clk_i,
    .data_i(squares),
    .data_o(squares_late)
  );

  pipelined_multiplier #(
    .ABits      (SquaresBits + 1),
    .BBits      (ShareBits + 1),
    .ProductBits(ProductBits),
    .Stages     (Stages)
  ) u_product (
    .clk_i,
    .a_i      (signed'({1'b0, squares_late})),
    .b_i      (signed'({1'b0, share_q})),
    .product_o(product)
  );

  pipelined_multiplier #(
    .ABits      (MeanBits),
    .BBits      (MeanBits),
    .ProductBits(ProductBits),
    .Stages     (Stages)
  ) u_mean_square (
    .clk_i,
    .a_i      (mean_q),
    .b_i      (mean_q),
    .product_o(mean_square)
  );

  assign difference_d = product - mean_square;

  // Nothing below 1 is left, so what would be truncated is positive.
  always_comb begin
    variance_d = difference_q[50:20];
    if (difference_q < signed'(ProductBits'(64'd1 << 20))) variance_d = cfg_variance_limit_i;
  end

  assign unused_difference = ^difference_q;

  always_ff @(posedge clk_i) begin
    difference_q <= difference_d;
    variance_q   <= variance_d;
  end

  gemmlowp_inverse_square_root u_inverse (
    .clk_i,
    .value_i      (variance_q),
    .mantissa_o,
    .right_shift_o
  );

  valid_line #(
    .Cycles(Stages + 2 + cosim_pkg::gemmlowp_inverse_square_root_latency())
  ) u_valid (
    .clk_i,
    .rst_ni,
    .valid_i(mean_valid),
    .valid_o
  );

  // Means wait beside the root.
  stream_fifo #(
    .Width(MeanBits),
    .Depth(Rows)
  ) u_means (
    .clk_i,
    .rst_ni,
    .in_valid_i (mean_valid),
    .in_ready_o (mean_ready),
    .in_data_i  (mean_q),
    .out_valid_o(queue_valid),
    .out_ready_i(valid_o),
    .out_data_o (mean_o)
  );

`ifdef SYNTHESIS
  logic unused_places;
  assign unused_places = mean_ready ^ queue_valid;
`endif

  `ASSERT(MeanHasAPlace, mean_valid |-> mean_ready)
  `ASSERT(MeanHasCome, valid_o |-> queue_valid)

endmodule
