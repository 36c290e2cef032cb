`include "cosim_assert.svh"

/// Quantised matrix product: for every row m of a and every channel n (row of w)
///   acc[m][n] = sum over k of a[m][k] * w[n][k] + bias[n];
///   y[m][n] = saturate(acc[m][n] * multiplier[n] / 2^exponent[n] rounded halfToEven).
/// a and y int8, w WeightBits, acc and bias int32, all signed; multiplier and exponent unsigned.
/// acc must fit 32 bits: a k of at most MaxDepth leaves that to the bias.
///
/// Output-stationary: an array of Rows x Columns dot products of Depth accumulates a tile of y in
/// place, so that no partial sum ever moves. Weights are double-buffered: a strip of Columns
/// channels is stored while the strip before it is used, and stays for all rows. So each weight
/// crosses the pins once; activations are sent once for each strip. Sums are captured beside the
/// accumulators, and a tile is requantised, DrainRows rows a cycle, while the next accumulates.
///
/// Streams, all lanes packed with the first in the least significant bits, tiles cut at the end of
/// the matrix, what lies behind it arbitrary on inputs and 0 on y:
///   shape    m, n, k of a transaction: one beat;
///   w        for each Columns channels, for each Depth of k: [Columns][Depth];
///   channel  for each Columns channels: bias, multiplier, exponent [Columns];
///   a        for each Columns channels, for each Rows rows, for each Depth of k: [Rows][Depth];
///   y        for each Columns channels, for each DrainRows rows: [DrainRows][Columns].
/// Every input takes one beat a cycle; its ready depends on registers only.
///
/// Cycles of a transaction whose inputs and y are never held up, behind another one:
///   ceil(n / Columns) * sum over tiles of rows of max(ceil(k / Depth), ceil(rows / DrainRows)),
/// so every multiplier works in every cycle where m, n, k fill their tiles and k / Depth is at
/// least Rows / DrainRows. A tile's first y is valid 11 + $clog2(Depth) cycles after its last a
/// crossed; a transaction that finds the block idle begins 5 cycles after its shape. Behind the
/// requantiser is a FIFO of two tiles and some dozens of beats: shorter stalls of y cost nothing
/// where its beats are fewer than the cycles.
/// Source: Kim et al., I-BERT (2021): requantisation from its public code.
module int8_gemm #(
  /// Rows of a that are multiplied at once, 1...64.
  parameter int unsigned Rows = 8,
  /// Channels that are multiplied at once, 1...64.
  parameter int unsigned Columns = 8,
  /// Products of a dot product, 1...64.
  parameter int unsigned Depth = 4,
  /// Bits of a weight, 8 or 4.
  parameter int unsigned WeightBits = 8,
  /// Largest k, 1...65536.
  parameter int unsigned MaxDepth = 1024,
  /// Rows of a tile that are requantised in a cycle, a divisor of Rows.
  parameter int unsigned DrainRows = 1
) (
  input  logic                                          clk_i,
  input  logic                                          rst_ni,

  // Input streams.
  input  logic                                          shape_valid_i,
  output logic                                          shape_ready_o,
  input  logic [16:0]                                   shape_m_i,
  input  logic [16:0]                                   shape_n_i,
  input  logic [16:0]                                   shape_k_i,

  input  logic                                          w_valid_i,
  output logic                                          w_ready_o,
  input  logic [Columns-1:0][Depth-1:0][WeightBits-1:0] w_data_i,

  input  logic                                          channel_valid_i,
  output logic                                          channel_ready_o,
  input  logic [Columns-1:0][31:0]                      channel_bias_i,
  input  logic [Columns-1:0][31:0]                      channel_multiplier_i,
  input  logic [Columns-1:0][6:0]                       channel_exponent_i,

  input  logic                                          a_valid_i,
  output logic                                          a_ready_o,
  input  logic [Rows-1:0][Depth-1:0][7:0]               a_data_i,

  // Output stream.
  output logic                                          y_valid_o,
  input  logic                                          y_ready_i,
  output logic [DrainRows-1:0][Columns-1:0][7:0]        y_data_o
);

  localparam int unsigned ExtentBits = 17;
  localparam int unsigned RowBits = cosim_pkg::value_bits(64'(Rows));
  localparam int unsigned ColumnBits = cosim_pkg::value_bits(64'(Columns));

  // The largest product is (-2^7) * (-2^(WeightBits-1)), and the largest sum has MaxDepth of them.
  localparam int unsigned SumBits = cosim_pkg::maximum(
      cosim_pkg::value_bits(64'(MaxDepth) << (WeightBits + 6)) + 1,
      cosim_pkg::dot_product_bits(Depth, 8, WeightBits));

  // Weights, and with them the steps.

  logic                                          step_valid, step, step_first, step_last;
  logic                                          step_last_rows, may_step, may_end;
  logic [RowBits-1:0]                            step_rows;
  logic [ColumnBits-1:0]                         step_columns;
  logic [Columns-1:0][Depth-1:0][WeightBits-1:0] step_w;

  int8_gemm_weights #(
    .Rows      (Rows),
    .Columns   (Columns),
    .Depth     (Depth),
    .WeightBits(WeightBits),
    .MaxDepth  (MaxDepth),
    .ExtentBits(ExtentBits)
  ) u_weights (
    .clk_i,
    .rst_ni,
    .shape_valid_i,
    .shape_ready_o,
    .shape_m_i,
    .shape_n_i,
    .shape_k_i,
    .w_valid_i,
    .w_ready_o,
    .w_data_i,
    .step_valid_o   (step_valid),
    .step_ready_i   (step),
    .step_first_o   (step_first),
    .step_last_o    (step_last),
    .step_last_rows_o(step_last_rows),
    .step_rows_o    (step_rows),
    .step_columns_o (step_columns),
    .step_w_o       (step_w)
  );

  // Activations.

  logic                            a_valid;
  logic [Rows-1:0][Depth-1:0][7:0] a;

  stream_register #(
    .Width(Rows * Depth * 8)
  ) u_activations (
    .clk_i,
    .rst_ni,
    .in_valid_i (a_valid_i),
    .in_ready_o (a_ready_o),
    .in_data_i  (a_data_i),
    .out_valid_o(a_valid),
    .out_ready_i(step_valid && may_step),
    .out_data_o (a)
  );

  assign may_step = !step_last || may_end;
  assign step     = a_valid && step_valid && may_step;

  // Products and results.

  logic                                      sums_valid;
  logic [Rows-1:0][Columns-1:0][SumBits-1:0] sums;

  multiplier_array #(
    .Rows           (Rows),
    .Columns        (Columns),
    .Depth          (Depth),
    .WeightBits     (WeightBits),
    .AccumulatorBits(SumBits)
  ) u_array (
    .clk_i,
    .rst_ni,
    .valid_i(step),
    .first_i(step_first),
    .last_i (step_last),
    .a_i    (a),
    .w_i    (step_w),
    .valid_o(sums_valid),
    .sums_o (sums)
  );

  int8_gemm_drain #(
    .Rows        (Rows),
    .Columns     (Columns),
    .DrainRows   (DrainRows),
    .SumBits     (SumBits),
    .ArrayLatency(cosim_pkg::multiplier_array_latency(Depth))
  ) u_drain (
    .clk_i,
    .rst_ni,
    .may_end_o   (may_end),
    .end_i       (step && step_last),
    .rows_i      (step_rows),
    .columns_i   (step_columns),
    .strip_end_i (step_last_rows),
    .sums_valid_i(sums_valid),
    .sums_i      (sums),
    .channel_valid_i,
    .channel_ready_o,
    .channel_bias_i,
    .channel_multiplier_i,
    .channel_exponent_i,
    .y_valid_o,
    .y_ready_i,
    .y_data_o
  );

  `ASSERT_PARAMETER(Rows, Rows >= 1 && Rows <= 64, "Rows must be 1...64")
  `ASSERT_PARAMETER(Columns, Columns >= 1 && Columns <= 64, "Columns must be 1...64")
  `ASSERT_PARAMETER(Depth, Depth >= 1 && Depth <= 64, "Depth must be 1...64")
  `ASSERT_PARAMETER(WeightBits, WeightBits == 8 || WeightBits == 4, "WeightBits must be 8 or 4")
  `ASSERT_PARAMETER(MaxDepth, MaxDepth >= 1 && MaxDepth <= 65536, "MaxDepth must be 1...65536")
  `ASSERT(DepthInRange, shape_valid_i |-> 64'(shape_k_i) <= 64'(MaxDepth))
  `ASSERT_STREAM(shape, shape_valid_i, shape_ready_o, {shape_m_i, shape_n_i, shape_k_i})
  `ASSERT_STREAM(w, w_valid_i, w_ready_o, w_data_i)
  `ASSERT_STREAM(channel, channel_valid_i, channel_ready_o,
                 {channel_bias_i, channel_multiplier_i, channel_exponent_i})
  `ASSERT_STREAM(a, a_valid_i, a_ready_o, a_data_i)
  `ASSERT_STREAM(y, y_valid_o, y_ready_i, y_data_o)

endmodule
