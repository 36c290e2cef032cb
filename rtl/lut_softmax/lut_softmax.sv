`include "cosim_assert.svh"

/// TensorFlow Lite's int16 softmax over rows of 1...MaxLength scores, in three passes that overlap:
///   1. the row's maximum, while the row is stored;
///   2. e = lookup(exp_table, v), v = (score - maximum) scaled by multiplier and shift, with the
///      two roundings of `gemmlowp_rescaler`, plus 32767, saturated to 16 bits; s = the row's sum
///      of e; r = the reciprocal of s from `reciprocal_table`, see `lut_softmax_factor`;
///   3. probs = e * r / 2^(31 - z) rounded halfUp, at most 32767, where z is the leading zeros of s
///      in 32 bits; 0 where s is 0. Unit 2^-15.
/// `interpolated_table` says how a table is looked up.
/// Streams: a row is ceil(length / Lanes) beats, lane 0 in the least significant bits; keep marks
/// the lanes that hold an element (contiguous from lane 0, all but on the last beat), last the
/// row's last beat. Scores signed; what lies in other lanes does not matter; probs, signed 16 bits,
/// are 0 there. `exp_table` and `reciprocal_table` carry one entry a beat, 0...32767, 513 of them
/// in index order, and start over after the last; scores wait until both tables are complete, after
/// reset and while one is rewritten, and the tables wait until no row is in flight. The next
/// tables are offered behind the last score of these.
/// One beat a cycle, rows back to back, for every mix of row lengths as long as MaxLength is at
/// most 64 beats (behind a longer row, rows of one beat can have to wait). Two of the longest rows
/// fit before pass 2, and one behind it. The first probs of a row of n beats are valid
/// 35 + n + 2 * $clog2(Lanes) cycles after its last score. `scores_ready_o` depends on registers
/// only. Settings change only while no row is in flight.
/// Source: tensorflow/tflite-micro, reference/softmax.h: SoftmaxInt16.
module lut_softmax #(
  /// Elements in a beat, 1...64.
  parameter int unsigned Lanes = 16,
  /// Elements of the longest row, 1...65536.
  parameter int unsigned MaxLength = 1024
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // Settings: multiplier 0...2^31-1, shift -31...15 (a positive one multiplies).
  input  logic signed [31:0]     cfg_multiplier_i,
  input  logic signed [5:0]      cfg_shift_i,

  // Table streams, of the settings.
  input  logic                   exp_table_valid_i,
  output logic                   exp_table_ready_o,
  input  logic [15:0]            exp_table_data_i,

  input  logic                   reciprocal_table_valid_i,
  output logic                   reciprocal_table_ready_o,
  input  logic [15:0]            reciprocal_table_data_i,

  // Input stream.
  input  logic                   scores_valid_i,
  output logic                   scores_ready_o,
  input  logic [Lanes-1:0][15:0] scores_data_i,
  input  logic [Lanes-1:0]       scores_keep_i,
  input  logic                   scores_last_i,

  // Output stream.
  output logic                   probs_valid_o,
  input  logic                   probs_ready_i,
  output logic [Lanes-1:0][15:0] probs_data_o,
  output logic [Lanes-1:0]       probs_keep_o,
  output logic                   probs_last_o
);

  localparam int unsigned ExpBits = 15;
  localparam int unsigned FactorBits = 15 + 5;
  localparam int unsigned RowBeats = cosim_pkg::ceil_divide(MaxLength, Lanes);
  localparam int unsigned ExpLatency = 1 + cosim_pkg::lut_softmax_exp_latency();
  localparam int unsigned ScaleLatency = cosim_pkg::half_up_rescaler_latency() + 1;

  // Tables change between rows: an entry of the next ones is offered once all scores of these have
  // been taken, a cycle later at the earliest.

  logic take, busy, exp_complete, reciprocal_complete, complete, buffer_ready;

  // More than all buffers hold together.
  flight_counter #(
    .Most(4 * RowBeats + 256)
  ) u_flight (
    .clk_i,
    .rst_ni,
    .enter_i(take),
    .leave_i(probs_valid_o && probs_ready_i),
    .busy_o (busy)
  );

  assign complete       = exp_complete && reciprocal_complete;
  assign scores_ready_o = buffer_ready && complete;
  assign take           = scores_valid_i && scores_ready_o;

  // Pass 1: store rows and find their maxima.

  logic                   row_valid, row_ready, row_last;
  logic [Lanes-1:0][15:0] row_scores;
  logic [Lanes-1:0]       row_keep;
  logic signed [15:0]     row_maximum;

  row_maximum_buffer #(
    .Lanes    (Lanes),
    .Bits     (16),
    .MaxLength(MaxLength)
  ) u_maximum (
    .clk_i,
    .rst_ni,
    .in_valid_i   (scores_valid_i && complete),
    .in_ready_o   (buffer_ready),
    .in_data_i    (scores_data_i),
    .in_keep_i    (scores_keep_i),
    .in_last_i    (scores_last_i),
    .out_valid_o  (row_valid),
    .out_ready_i  (row_ready),
    .out_data_o   (row_scores),
    .out_keep_o   (row_keep),
    .out_last_o   (row_last),
    .out_maximum_o(row_maximum)
  );

  // Pass 2: exponentials, their sum, and its reciprocal.

  logic                          unused_accept, exp_valid, exp_last, factor_valid;
  logic [Lanes-1:0][15:0]        distance;
  logic [Lanes-1:0]              exp_keep;
  logic [Lanes-1:0][ExpBits-1:0] exp_all, exp;
  logic [14:0]                   reciprocal;
  logic [4:0]                    shift;

  row_distance #(
    .Lanes(Lanes),
    .Bits (16)
  ) u_distance (
    .clk_i,
    .data_i    (row_scores),
    .keep_i    (row_keep),
    .maximum_i (row_maximum),
    .distance_o(distance)
  );

  lut_softmax_exp #(
    .Lanes(Lanes)
  ) u_exp (
    .clk_i,
    .rst_ni,
    .cfg_multiplier_i(cfg_multiplier_i[30:0]),
    .cfg_shift_i,
    .hold_i       (busy),
    .complete_o   (exp_complete),
    .table_valid_i(exp_table_valid_i),
    .table_ready_o(exp_table_ready_o),
    .table_data_i (exp_table_data_i),
    .distance_i   (distance),
    .exp_o        (exp_all)
  );

  delay_line #(
    .Width (Lanes),
    .Cycles(ExpLatency)
  ) u_keep (
    .clk_i,
    .data_i(row_keep),
    .data_o(exp_keep)
  );

  always_comb begin
    for (int unsigned lane = 0; lane < Lanes; lane++) begin
      exp[lane] = exp_keep[lane] ? exp_all[lane] : '0;
    end
  end

  lut_softmax_factor #(
    .Lanes(Lanes)
  ) u_factor (
    .clk_i,
    .rst_ni,
    .hold_i       (busy),
    .complete_o   (reciprocal_complete),
    .table_valid_i(reciprocal_table_valid_i),
    .table_ready_o(reciprocal_table_ready_o),
    .table_data_i (reciprocal_table_data_i),
    .valid_i      (exp_valid),
    .last_i       (exp_last),
    .exp_i        (exp),
    .valid_o      (factor_valid),
    .reciprocal_o (reciprocal),
    .shift_o      (shift)
  );

  logic                          scale_valid, scale_ready, scale_last;
  logic [Lanes-1:0]              scale_keep;
  logic [Lanes-1:0][ExpBits-1:0] scale_exp;
  logic [14:0]                   scale_reciprocal;
  logic [4:0]                    scale_shift;

  row_pass #(
    .Width       (Lanes * ExpBits + Lanes),
    .ValueBits   (FactorBits),
    .RowBeats    (RowBeats),
    .Latency     (ExpLatency),
    .ValueLatency(cosim_pkg::lut_softmax_factor_latency(Lanes))
  ) u_pass (
    .clk_i,
    .rst_ni,
    .in_valid_i    (row_valid),
    .in_ready_o    (row_ready),
    .in_last_i     (row_last),
    .accept_o      (unused_accept),
    .result_valid_o(exp_valid),
    .result_last_o (exp_last),
    .result_i      ({exp, exp_keep}),
    .value_valid_i (factor_valid),
    .value_i       ({reciprocal, shift}),
    .out_valid_o   (scale_valid),
    .out_ready_i   (scale_ready),
    .out_data_o    ({scale_exp, scale_keep}),
    .out_last_o    (scale_last),
    .out_value_o   ({scale_reciprocal, scale_shift})
  );

  // Pass 3: scale each row.

  logic                   unused_scale_accept, unused_result_valid, result_last;
  logic [Lanes-1:0][15:0] result;
  logic [Lanes-1:0]       result_keep;

  for (genvar lane = 0; lane < Lanes; lane++) begin : gen_lane
    logic signed [30:0] product;
    logic [15:0]        result_d, result_q;

    half_up_rescaler #(
      .InputBits     (16),
      .MultiplierBits(15),
      .ExponentBits  (5)
    ) u_scale (
      .clk_i,
      .x_i         (signed'({1'b0, scale_exp[lane]})),
      .multiplier_i(scale_reciprocal),
      .exponent_i  (scale_shift),
      .value_o     (product)
    );

    assign result_d = (product >> 15) == '0 ? product[15:0] : 16'h7fff;

    always_ff @(posedge clk_i) result_q <= result_d;

    assign result[lane] = result_q;
  end

  delay_line #(
    .Width (Lanes + 1),
    .Cycles(ScaleLatency)
  ) u_row_shape (
    .clk_i,
    .data_i({scale_keep, scale_last}),
    .data_o({result_keep, result_last})
  );

  pipeline_guard #(
    .Width  (Lanes * 16 + Lanes + 1),
    .Latency(ScaleLatency)
  ) u_guard (
    .clk_i,
    .rst_ni,
    .in_valid_i    (scale_valid),
    .in_ready_o    (scale_ready),
    .accept_o      (unused_scale_accept),
    .result_valid_o(unused_result_valid),
    .result_i      ({result, result_keep, result_last}),
    .out_valid_o   (probs_valid_o),
    .out_ready_i   (probs_ready_i),
    .out_data_o    ({probs_data_o, probs_keep_o, probs_last_o})
  );

`ifndef SYNTHESIS
  row_rule #(
    .Lanes    (Lanes),
    .MaxLength(MaxLength)
  ) u_probs_row_rule (
    .clk_i,
    .rst_ni,
    .transfer_i(probs_valid_o && probs_ready_i),
    .keep_i    (probs_keep_o),
    .last_i    (probs_last_o)
  );
`else
  logic unused_multiplier;
  assign unused_multiplier = cfg_multiplier_i[31];
`endif

  `ASSERT_PARAMETER(Lanes, Lanes >= 1 && Lanes <= 64, "Lanes must be 1...64")
  `ASSERT_PARAMETER(MaxLength, MaxLength >= 1 && MaxLength <= 65536, "MaxLength must be 1...65536")
  `ASSERT(MultiplierInRange, take |-> cfg_multiplier_i >= 0)
  `ASSERT(ShiftInRange, take |-> cfg_shift_i >= -6'sd31 && cfg_shift_i <= 6'sd15)
  `ASSERT(NextTablesComeBehindScores,
          take |-> !exp_table_valid_i && !reciprocal_table_valid_i)
  `ASSERT_STREAM(exp_table, exp_table_valid_i, exp_table_ready_o, exp_table_data_i)
  `ASSERT_STREAM(reciprocal_table, reciprocal_table_valid_i, reciprocal_table_ready_o,
                 reciprocal_table_data_i)
  `ASSERT_STREAM(scores, scores_valid_i, scores_ready_o,
                 {scores_data_i, scores_keep_i, scores_last_i})
  `ASSERT_STREAM(probs, probs_valid_o, probs_ready_i, {probs_data_o, probs_keep_o, probs_last_o})

endmodule
