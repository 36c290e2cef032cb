`include "cosim_assert.svh"

/// TensorFlow Lite's fixed-point int8 softmax over rows of 1...MaxLength scores, in three passes
/// that overlap:
///   1. the row's maximum, while the row is stored;
///   2. exp of score - maximum, Q0.31, see `gemmlowp_exp_table` (0 where score - maximum <
///      diff_min); sum = the row's sum of exp / 2^12 rounded halfAwayFromZero, Q12.19, and its
///      reciprocal, see `gemmlowp_reciprocal`: 1 / sum = mantissa / 2^31 / 2^(12 - zeros);
///   3. probs = mantissa * exp / 2^31 rounded halfUp, / 2^(35 - zeros) rounded halfAwayFromZero,
///      - 128, at most 127: scale 1/256, zero point -128.
/// The sum of exponentials of a row is below 512, that is zeros 4 or more; the source aborts on
/// others.
/// Streams: a row is ceil(length / Lanes) beats, lane 0 in the least significant bits; keep marks
/// the lanes that hold an element (contiguous from lane 0, all but on the last beat), last the
/// row's last beat. Scores signed; what lies in other lanes does not matter; probs, signed, are 0
/// there.
/// One beat a cycle, rows back to back, for every mix of row lengths as long as MaxLength is at
/// most 64 beats (behind a longer row, rows of one beat can have to wait). Two of the longest rows
/// fit before pass 2, and one behind it. The first probs of a row of n beats are valid
/// 47 + n + 2 * $clog2(Lanes) cycles after its last score (55 + n cycles for 16 lanes), but pass 2
/// waits for the table after reset and after a change of the configuration (118 cycles from 4 lanes
/// on). `scores_ready_o` depends on registers only. Configuration changes only while no row is in
/// flight; (maximum - score) * 2^left_shift is at most 2^31 where it counts.
/// Source: tensorflow/tflite-micro, reference/softmax.h; google/gemmlowp, fixedpoint.h.
module gemmlowp_softmax #(
  /// Elements in a beat, 1...64.
  parameter int unsigned Lanes = 16,
  /// Elements of the longest row, 1...4096.
  parameter int unsigned MaxLength = 1024
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  // Configuration: multiplier not negative, diff_min not positive.
  input  logic signed [31:0]    cfg_multiplier_i,
  input  logic        [4:0]     cfg_left_shift_i,
  input  logic signed [31:0]    cfg_diff_min_i,

  // Input stream.
  input  logic                  scores_valid_i,
  output logic                  scores_ready_o,
  input  logic [Lanes-1:0][7:0] scores_data_i,
  input  logic [Lanes-1:0]      scores_keep_i,
  input  logic                  scores_last_i,

  // Output stream.
  output logic                  probs_valid_o,
  input  logic                  probs_ready_i,
  output logic [Lanes-1:0][7:0] probs_data_o,
  output logic [Lanes-1:0]      probs_keep_o,
  output logic                  probs_last_o
);

  localparam int unsigned ExpBits = 31;
  localparam int unsigned TermBits = 20;
  localparam int unsigned SumBits = cosim_pkg::value_bits(64'(MaxLength) << 19);

  localparam int unsigned ExpLatency = 4;
  localparam int unsigned ReciprocalLatency =
      $clog2(Lanes) + 1 + cosim_pkg::gemmlowp_reciprocal_latency();
  localparam int unsigned ScaleLatency = cosim_pkg::gemmlowp_multiplier_latency() + 2;

  // Pass 1: store rows and find their maxima.

  logic                  row_valid, row_ready, row_last;
  logic [Lanes-1:0][7:0] row_scores;
  logic [Lanes-1:0]      row_keep;
  logic signed [7:0]     row_maximum;

  row_maximum_buffer #(
    .Lanes    (Lanes),
    .Bits     (8),
    .MaxLength(MaxLength)
  ) u_maximum (
    .clk_i,
    .rst_ni,
    .in_valid_i   (scores_valid_i),
    .in_ready_o   (scores_ready_o),
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

  logic                           accept, pass_ready, complete;
  logic [Lanes-1:0][7:0]          distance;
  logic                           exp_valid, exp_last;
  logic [Lanes-1:0]               table_keep, exp_keep;
  logic [Lanes-1:0][ExpBits-1:0]  table_exp, exp_q;
  logic [Lanes-1:0][TermBits-1:0] term_d, term_q;

  assign row_ready = pass_ready && complete;

  row_distance #(
    .Lanes(Lanes),
    .Bits (8)
  ) u_distance (
    .clk_i,
    .data_i    (row_scores),
    .keep_i    (row_keep),
    .maximum_i (row_maximum),
    .distance_o(distance)
  );

  gemmlowp_exp_table #(
    .Lanes(Lanes)
  ) u_table (
    .clk_i,
    .rst_ni,
    .cfg_multiplier_i,
    .cfg_left_shift_i,
    .cfg_diff_min_i,
    .complete_o(complete),
    .distance_i(distance),
    .exp_o     (table_exp)
  );

  delay_line #(
    .Width (Lanes),
    .Cycles(ExpLatency - 1)
  ) u_table_keep (
    .clk_i,
    .data_i(row_keep),
    .data_o(table_keep)
  );

  always_comb begin
    for (int unsigned lane = 0; lane < Lanes; lane++) begin
      term_d[lane] = '0;
      // Not negative, so that halfAwayFromZero is halfUp.
      if (table_keep[lane]) begin
        term_d[lane] = {1'b0, table_exp[lane][30:12]} + 20'(table_exp[lane][11]);
      end
    end
  end

  always_ff @(posedge clk_i) begin
    exp_q    <= table_exp;
    term_q   <= term_d;
    exp_keep <= table_keep;
  end

  logic               sum_valid, reciprocal_valid;
  logic [SumBits-1:0] sum;
  logic [30:0]        mantissa;
  logic [4:0]         zeros;

  row_sum #(
    .Lanes    (Lanes),
    .InputBits(TermBits),
    .SumBits  (SumBits)
  ) u_sum (
    .clk_i,
    .rst_ni,
    .valid_i(exp_valid),
    .last_i (exp_last),
    .data_i (term_q),
    .valid_o(sum_valid),
    .sum_o  (sum)
  );

  gemmlowp_reciprocal u_reciprocal (
    .clk_i,
    .value_i   (32'(sum)),
    .mantissa_o(mantissa),
    .zeros_o   (zeros)
  );

  valid_line #(
    .Cycles(cosim_pkg::gemmlowp_reciprocal_latency())
  ) u_reciprocal_valid (
    .clk_i,
    .rst_ni,
    .valid_i(sum_valid),
    .valid_o(reciprocal_valid)
  );

  logic                          scale_valid, scale_ready, scale_last;
  logic [Lanes-1:0]              scale_keep;
  logic [Lanes-1:0][ExpBits-1:0] scale_exp;
  logic [30:0]                   scale_mantissa;
  logic [4:0]                    scale_zeros;

  row_pass #(
    .Width       (Lanes * (ExpBits + 1)),
    .ValueBits   (36),
    .RowBeats    (cosim_pkg::ceil_divide(MaxLength, Lanes)),
    .Latency     (ExpLatency),
    .ValueLatency(ReciprocalLatency)
  ) u_pass (
    .clk_i,
    .rst_ni,
    .in_valid_i    (row_valid && complete),
    .in_ready_o    (pass_ready),
    .in_last_i     (row_last),
    .accept_o      (accept),
    .result_valid_o(exp_valid),
    .result_last_o (exp_last),
    .result_i      ({exp_q, exp_keep}),
    .value_valid_i (reciprocal_valid),
    .value_i       ({mantissa, zeros}),
    .out_valid_o   (scale_valid),
    .out_ready_i   (scale_ready),
    .out_data_o    ({scale_exp, scale_keep}),
    .out_last_o    (scale_last),
    .out_value_o   ({scale_mantissa, scale_zeros})
  );

  // Pass 3: exponentials times reciprocal, brought to 8 bits.

  logic [4:0]            shift, product_shift;
  logic [Lanes-1:0][7:0] probs;
  logic [Lanes-1:0]      probs_keep;
  logic                  probs_last, unused_accept, unused_result_valid;

  // 35 - zeros, 23...31.
  assign shift = 5'd3 - scale_zeros;

  delay_line #(
    .Width (5),
    .Cycles(cosim_pkg::gemmlowp_multiplier_latency())
  ) u_shift (
    .clk_i,
    .data_i(shift),
    .data_o(product_shift)
  );

  for (genvar lane = 0; lane < Lanes; lane++) begin : gen_lane
    logic signed [31:0] product, quotient;
    logic [8:0]         quotient_q, rounded;
    logic [7:0]         probs_d, probs_q;
    logic               half, half_q, unused_bits;

    gemmlowp_multiplier u_multiply (
      .clk_i,
      .a_i      (signed'({1'b0, scale_mantissa})),
      .b_i      (signed'({1'b0, scale_exp[lane]})),
      .product_o(product)
    );

    floor_shift_with_half #(
      .Width    (32),
      .ShiftBits(5)
    ) u_round (
      .value_i     (product),
      .shift_i     (product_shift),
      .floor_o     (quotient),
      .half_o      (half),
      .below_half_o(unused_bits)
    );

    // Not negative, so that halfAwayFromZero is halfUp; at most 256, which reads 255.
    assign rounded = quotient_q + 9'(half_q);
    assign probs_d = rounded[8] ? 8'd127 : rounded[7:0] - 8'd128;

    always_ff @(posedge clk_i) begin
      quotient_q <= quotient[8:0];
      half_q     <= half;
      probs_q    <= probs_d;
    end

    assign probs[lane] = probs_keep[lane] ? probs_q : '0;

    logic unused_quotient;
    assign unused_quotient = ^quotient[31:9];
  end

  delay_line #(
    .Width (Lanes + 1),
    .Cycles(ScaleLatency)
  ) u_row_shape (
    .clk_i,
    .data_i({scale_keep, scale_last}),
    .data_o({probs_keep, probs_last})
  );

  pipeline_guard #(
    .Width  (9 * Lanes + 1),
    .Latency(ScaleLatency)
  ) u_guard (
    .clk_i,
    .rst_ni,
    .in_valid_i    (scale_valid),
    .in_ready_o    (scale_ready),
    .accept_o      (unused_accept),
    .result_valid_o(unused_result_valid),
    .result_i      ({probs, probs_keep, probs_last}),
    .out_valid_o   (probs_valid_o),
    .out_ready_i   (probs_ready_i),
    .out_data_o    ({probs_data_o, probs_keep_o, probs_last_o})
  );

`ifndef SYNTHESIS
  logic             distance_valid;
  logic [Lanes-1:0] distance_keep, fits;

  valid_line u_distance_valid (
    .clk_i,
    .rst_ni,
    .valid_i(accept),
    .valid_o(distance_valid)
  );

  delay_line #(
    .Width(Lanes)
  ) u_distance_keep (
    .clk_i,
    .data_i(row_keep),
    .data_o(distance_keep)
  );

  always_comb begin
    for (int unsigned lane = 0; lane < Lanes; lane++) begin
      fits[lane] = !distance_keep[lane] || -signed'(32'(distance[lane])) < cfg_diff_min_i
          || 39'(distance[lane]) << cfg_left_shift_i <= 39'h8000_0000;
    end
  end

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
  logic unused_accept_row;
  assign unused_accept_row = accept;
`endif

  `ASSERT_PARAMETER(Lanes, Lanes >= 1 && Lanes <= 64, "Lanes must be 1...64")
  `ASSERT_PARAMETER(MaxLength, MaxLength >= 1 && MaxLength <= 4096, "MaxLength must be 1...4096")
  `ASSERT(ShiftedDistanceFits, distance_valid |-> fits == '1)
  `ASSERT(SumInRange, sum_valid |-> 64'(sum) < 64'h1000_0000)
  `ASSERT_STREAM(scores, scores_valid_i, scores_ready_o,
                 {scores_data_i, scores_keep_i, scores_last_i})
  `ASSERT_STREAM(probs, probs_valid_o, probs_ready_i, {probs_data_o, probs_keep_o, probs_last_o})

endmodule
