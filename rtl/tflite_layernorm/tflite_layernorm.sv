`include "cosim_assert.svh"

/// TensorFlow Lite's int16 layer normalisation over rows of 1...MaxLength elements, in two passes
/// that overlap:
///   1. while the row is stored, its mean in units of 2^-10, its variance, or variance_limit where
///      that is below 1, and 1 / sqrt(variance), see `tflite_layernorm_factor`;
///   2. v = (1024 * x - mean) / sqrt(variance) * weight + bias,
///      y = saturate(v / 1024 * multiplier * 2^(shift + 12) / 2^31), unit 2^-12,
///      with the roundings of `tflite_layernorm_lane`: two for each multiplier, as gemmlowp's, and
///      halfAwayFromZero for v / 1024.
/// v, and v / 1024 shifted to the left, fit 32 bits, which is asserted.
/// Streams: a row is ceil(length / Lanes) beats, lane 0 in the least significant bits; keep marks
/// the lanes that hold an element (contiguous from lane 0, all but on the last beat), last the
/// row's last beat. All data signed; what lies in other lanes does not matter; y is 0 there.
/// `affine` brings weights and biases for each row of x, a row of the same length; it is taken in
/// pass 2.
/// One beat a cycle, rows back to back, for every mix of row lengths as long as MaxLength is at
/// most 64 beats (behind a longer row, rows of one beat can have to wait): means and roots are
/// pipelined, so a row may end in every cycle. A row's first y is valid 103 + $clog2(Lanes) cycles
/// after its last x. `x_ready_o` and `affine_ready_o` depend on registers only.
/// Settings change only while no row is in flight.
/// Source: tensorflow/tflite-micro, portable_tensor_utils.cc: PortableApplyLayerNorm.
module tflite_layernorm #(
  /// Elements in a beat, 1...64.
  parameter int unsigned Lanes = 16,
  /// Elements of the longest row, 1...65536.
  parameter int unsigned MaxLength = 1024
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // Settings: multiplier 0...2^31-1, shift -43...18 (a positive one multiplies), limit 1...2^31-1.
  input  logic signed [31:0]     cfg_multiplier_i,
  input  logic signed [6:0]      cfg_shift_i,
  input  logic signed [31:0]     cfg_variance_limit_i,

  // Input streams.
  input  logic                   x_valid_i,
  output logic                   x_ready_o,
  input  logic [Lanes-1:0][15:0] x_data_i,
  input  logic [Lanes-1:0]       x_keep_i,
  input  logic                   x_last_i,

  input  logic                   affine_valid_i,
  output logic                   affine_ready_o,
  input  logic [Lanes-1:0][15:0] affine_weight_i,
  input  logic [Lanes-1:0][31:0] affine_bias_i,
  input  logic [Lanes-1:0]       affine_keep_i,
  input  logic                   affine_last_i,

  // Output stream.
  output logic                   y_valid_o,
  input  logic                   y_ready_i,
  output logic [Lanes-1:0][15:0] y_data_o,
  output logic [Lanes-1:0]       y_keep_o,
  output logic                   y_last_o
);

  localparam int unsigned FactorBits = 26 + 31 + 4;
  localparam int unsigned RowBeats = cosim_pkg::ceil_divide(MaxLength, Lanes);
  localparam int unsigned FactorLatency = cosim_pkg::tflite_layernorm_factor_latency(Lanes);
  localparam int unsigned LaneLatency = cosim_pkg::tflite_layernorm_lane_latency();

  // Pass 1: store rows, and find mean and factor.

  logic                   take, unused_valid, unused_last, factor_valid;
  logic signed [25:0]     mean, row_mean;
  logic [30:0]            mantissa, row_mantissa;
  logic [3:0]             right_shift, row_right_shift;
  logic                   row_valid, row_ready, row_last;
  logic [Lanes-1:0]       row_keep;
  logic [Lanes-1:0][15:0] row_x;

  tflite_layernorm_factor #(
    .Lanes    (Lanes),
    .MaxLength(MaxLength),
    .Rows     (cosim_pkg::row_pass_rows(RowBeats, FactorLatency, 1))
  ) u_factor (
    .clk_i,
    .rst_ni,
    .cfg_variance_limit_i(cfg_variance_limit_i[30:0]),
    .valid_i             (take),
    .last_i              (x_last_i),
    .keep_i              (x_keep_i),
    .data_i              (x_data_i),
    .valid_o             (factor_valid),
    .mean_o              (mean),
    .mantissa_o          (mantissa),
    .right_shift_o       (right_shift)
  );

  row_pass #(
    .Width       (Lanes * 16 + Lanes),
    .ValueBits   (FactorBits),
    .RowBeats    (RowBeats),
    .Latency     (0),
    .ValueLatency(FactorLatency)
  ) u_pass (
    .clk_i,
    .rst_ni,
    .in_valid_i    (x_valid_i),
    .in_ready_o    (x_ready_o),
    .in_last_i     (x_last_i),
    .accept_o      (take),
    .result_valid_o(unused_valid),
    .result_last_o (unused_last),
    .result_i      ({x_keep_i, x_data_i}),
    .value_valid_i (factor_valid),
    .value_i       ({mean, mantissa, right_shift}),
    .out_valid_o   (row_valid),
    .out_ready_i   (row_ready),
    .out_data_o    ({row_keep, row_x}),
    .out_last_o    (row_last),
    .out_value_o   ({row_mean, row_mantissa, row_right_shift})
  );

  // Pass 2: normalise, weigh and scale.

  logic                   join_valid, join_ready, join_last, accept;
  logic [Lanes-1:0]       join_keep;
  logic [Lanes-1:0][15:0] join_x, join_weight;
  logic [Lanes-1:0][31:0] join_bias;
  logic signed [25:0]     join_mean;
  logic [30:0]            join_mantissa;
  logic [3:0]             join_right_shift;
  logic [Lanes-1:0][15:0] lane_y, result;
  logic [Lanes-1:0]       result_keep;
  logic                   unused_result_valid, result_last;

  row_stream_join #(
    .Lanes (Lanes),
    .AWidth(Lanes * 16 + FactorBits),
    .BWidth(Lanes * 48)
  ) u_affine (
    .clk_i,
    .rst_ni,
    .a_valid_i  (row_valid),
    .a_ready_o  (row_ready),
    .a_data_i   ({row_x, row_mean, row_mantissa, row_right_shift}),
    .a_keep_i   (row_keep),
    .a_last_i   (row_last),
    .b_valid_i  (affine_valid_i),
    .b_ready_o  (affine_ready_o),
    .b_data_i   ({affine_weight_i, affine_bias_i}),
    .b_keep_i   (affine_keep_i),
    .b_last_i   (affine_last_i),
    .out_valid_o(join_valid),
    .out_ready_i(join_ready),
    .out_a_o    ({join_x, join_mean, join_mantissa, join_right_shift}),
    .out_b_o    ({join_weight, join_bias}),
    .out_keep_o (join_keep),
    .out_last_o (join_last)
  );

  for (genvar lane = 0; lane < Lanes; lane++) begin : gen_lane
    tflite_layernorm_lane u_lane (
      .clk_i,
      .rst_ni,
      .cfg_multiplier_i(cfg_multiplier_i[30:0]),
      .cfg_shift_i,
      .valid_i         (accept && join_keep[lane]),
      .x_i             (signed'(join_x[lane])),
      .weight_i        (signed'(join_weight[lane])),
      .bias_i          (signed'(join_bias[lane])),
      .mean_i          (join_mean),
      .mantissa_i      (join_mantissa),
      .right_shift_i   (join_right_shift),
      .y_o             (lane_y[lane])
    );

    assign result[lane] = result_keep[lane] ? lane_y[lane] : '0;
  end

  delay_line #(
    .Width (Lanes + 1),
    .Cycles(LaneLatency)
  ) u_row_shape (
    .clk_i,
    .data_i({join_keep, join_last}),
    .data_o({result_keep, result_last})
  );

  pipeline_guard #(
    .Width  (Lanes * 16 + Lanes + 1),
    .Latency(LaneLatency)
  ) u_guard (
    .clk_i,
    .rst_ni,
    .in_valid_i    (join_valid),
    .in_ready_o    (join_ready),
    .accept_o      (accept),
    .result_valid_o(unused_result_valid),
    .result_i      ({result, result_keep, result_last}),
    .out_valid_o   (y_valid_o),
    .out_ready_i   (y_ready_i),
    .out_data_o    ({y_data_o, y_keep_o, y_last_o})
  );

`ifndef SYNTHESIS
  row_rule #(
    .Lanes    (Lanes),
    .MaxLength(MaxLength)
  ) u_x_row_rule (
    .clk_i,
    .rst_ni,
    .transfer_i(take),
    .keep_i    (x_keep_i),
    .last_i    (x_last_i)
  );

  row_rule #(
    .Lanes    (Lanes),
    .MaxLength(MaxLength)
  ) u_y_row_rule (
    .clk_i,
    .rst_ni,
    .transfer_i(y_valid_o && y_ready_i),
    .keep_i    (y_keep_o),
    .last_i    (y_last_o)
  );
`else
  logic unused_signs;
  assign unused_signs = cfg_multiplier_i[31] ^ cfg_variance_limit_i[31];
`endif

  `ASSERT_PARAMETER(Lanes, Lanes >= 1 && Lanes <= 64, "Lanes must be 1...64")
  `ASSERT_PARAMETER(MaxLength, MaxLength >= 1 && MaxLength <= 65536, "MaxLength must be 1...65536")
  `ASSERT(MultiplierInRange, take |-> cfg_multiplier_i >= 0)
  `ASSERT(ShiftInRange, take |-> cfg_shift_i >= -7'sd43 && cfg_shift_i <= 7'sd18)
  `ASSERT(VarianceLimitInRange, take |-> cfg_variance_limit_i >= 1)
  `ASSERT_STREAM(x, x_valid_i, x_ready_o, {x_data_i, x_keep_i, x_last_i})
  `ASSERT_STREAM(affine, affine_valid_i, affine_ready_o,
                 {affine_weight_i, affine_bias_i, affine_keep_i, affine_last_i})
  `ASSERT_STREAM(y, y_valid_o, y_ready_i, {y_data_o, y_keep_o, y_last_o})

endmodule
