`include "cosim_assert.svh"

/// I-ViT's integer softmax over rows of 1...MaxLength scores, in three passes that overlap:
///   1. the row's maximum, while the row is stored;
///   2. exp = shift-exp(score - maximum), see `shift_exp`, at least 1 and below 2^31;
///      sum = the row's sum of exp, saturated at 2^31 - 1, factor = (2^31 - 1) / sum rounded by
///      floor;
///   3. probs = exp * factor / 2^24 rounded by floor: 0...127, scale 1/128.
/// Streams: a row is ceil(length / Lanes) beats, lane 0 in the least significant bits; keep marks
/// the lanes that hold an element (contiguous from lane 0, all but on the last beat), last the
/// row's last beat. Scores signed; what lies in other lanes does not matter; probs, signed 8 bits,
/// are 0 there.
/// One beat a cycle, rows back to back, for every mix of row lengths as long as MaxLength is at
/// most 64 beats (behind a longer row, rows of one beat can have to wait). Two of the longest rows
/// fit before pass 2, and one behind it. The first probs of a row of n beats are valid
/// 16 + n + 2 * $clog2(Lanes) + b + ceil((31 - Octaves) / 2) cycles after its last score, where b
/// is the bits of Octaves (36 + n cycles for 16 lanes and 15 octaves). `scores_ready_o` depends on
/// registers only. Configuration changes only while no row is in flight.
/// Source: Li and Gu, I-ViT (2022), section 3.3, in the exact integers of its public code.
module shiftmax #(
  /// Elements in a beat, 1...64.
  parameter int unsigned Lanes = 16,
  /// Bits of a score, 2...16.
  parameter int unsigned ScoreBits = 8,
  /// Elements of the longest row, 1...65536.
  parameter int unsigned MaxLength = 1024,
  /// Largest number of halvings that the exponential distinguishes, 1...29.
  parameter int unsigned Octaves = 15
) (
  input  logic                            clk_i,
  input  logic                            rst_ni,

  // Configuration: -x0 * 2^Octaves is above 0 and below 2^31.
  input  logic signed [31-Octaves:0]      cfg_x0_i,

  // Input stream.
  input  logic                            scores_valid_i,
  output logic                            scores_ready_o,
  input  logic [Lanes-1:0][ScoreBits-1:0] scores_data_i,
  input  logic [Lanes-1:0]                scores_keep_i,
  input  logic                            scores_last_i,

  // Output stream.
  output logic                            probs_valid_o,
  input  logic                            probs_ready_i,
  output logic [Lanes-1:0][7:0]           probs_data_o,
  output logic [Lanes-1:0]                probs_keep_o,
  output logic                            probs_last_o
);

  localparam int unsigned ExpBits = 31;
  localparam int unsigned SumBits = cosim_pkg::value_bits(64'(MaxLength) * 64'h7fff_ffff);
  localparam int unsigned DivideBitsPerStage = 2;
  // The maximum alone adds 2^Octaves or more to the sum.
  localparam int unsigned FactorBits = 31 - Octaves;

  localparam int unsigned ExpLatency = 1 + cosim_pkg::shift_exp_latency(Octaves);
  localparam int unsigned FactorLatency = $clog2(Lanes) + 2
      + cosim_pkg::pipelined_divider_latency(FactorBits, DivideBitsPerStage);

  // Pass 1: store rows and find their maxima.

  logic                            row_valid, row_ready, row_last;
  logic [Lanes-1:0][ScoreBits-1:0] row_scores;
  logic [Lanes-1:0]                row_keep;
  logic signed [ScoreBits-1:0]     row_maximum;

  row_maximum_buffer #(
    .Lanes    (Lanes),
    .Bits     (ScoreBits),
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

  // Pass 2: exponentials, their sum, and the factor.

  logic                            accept, distance_valid;
  logic [Lanes-1:0][ScoreBits-1:0] distance;
  logic                            exp_valid, exp_last, unused_exp_valid;
  logic [Lanes-1:0]                exp_keep;
  logic [Lanes-1:0][ExpBits-1:0]   exp_all, exp;

  row_distance #(
    .Lanes(Lanes),
    .Bits (ScoreBits)
  ) u_distance (
    .clk_i,
    .data_i    (row_scores),
    .keep_i    (row_keep),
    .maximum_i (row_maximum),
    .distance_o(distance)
  );

  valid_line u_distance_valid (
    .clk_i,
    .rst_ni,
    .valid_i(accept),
    .valid_o(distance_valid)
  );

  shift_exp #(
    .Lanes       (Lanes),
    .DistanceBits(ScoreBits),
    .Octaves     (Octaves)
  ) u_exp (
    .clk_i,
    .rst_ni,
    .cfg_x0_i,
    .valid_i   (distance_valid),
    .distance_i(distance),
    .valid_o   (unused_exp_valid),
    .exp_o     (exp_all)
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

  logic                  sum_valid, saturated_valid, factor_valid;
  logic [SumBits-1:0]    sum;
  logic [30:0]           saturated_d, saturated_q, unused_remainder;
  logic [FactorBits-1:0] factor;

  row_sum #(
    .Lanes    (Lanes),
    .InputBits(ExpBits),
    .SumBits  (SumBits)
  ) u_sum (
    .clk_i,
    .rst_ni,
    .valid_i(exp_valid),
    .last_i (exp_last),
    .data_i (exp),
    .valid_o(sum_valid),
    .sum_o  (sum)
  );

  assign saturated_d = (sum >> 31) == '0 ? sum[30:0] : '1;

  always_ff @(posedge clk_i) saturated_q <= saturated_d;

  valid_line u_saturated_valid (
    .clk_i,
    .rst_ni,
    .valid_i(sum_valid),
    .valid_o(saturated_valid)
  );

  pipelined_divider #(
    .NumeratorBits(31),
    .DivisorBits  (31),
    .BitsPerStage (DivideBitsPerStage),
    .QuotientBits (FactorBits)
  ) u_divide (
    .clk_i,
    .rst_ni,
    .valid_i    (saturated_valid),
    .numerator_i('1),
    .divisor_i  (saturated_q),
    .valid_o    (factor_valid),
    .quotient_o (factor),
    .remainder_o(unused_remainder)
  );

  logic                          scale_valid, scale_ready, scale_last;
  logic [Lanes-1:0]              scale_keep;
  logic [Lanes-1:0][ExpBits-1:0] scale_exp;
  logic [FactorBits-1:0]         scale_factor;

  row_pass #(
    .Width       (Lanes * ExpBits + Lanes),
    .ValueBits   (FactorBits),
    .RowBeats    (cosim_pkg::ceil_divide(MaxLength, Lanes)),
    .Latency     (ExpLatency),
    .ValueLatency(FactorLatency)
  ) u_pass (
    .clk_i,
    .rst_ni,
    .in_valid_i    (row_valid),
    .in_ready_o    (row_ready),
    .in_last_i     (row_last),
    .accept_o      (accept),
    .result_valid_o(exp_valid),
    .result_last_o (exp_last),
    .result_i      ({exp, exp_keep}),
    .value_valid_i (factor_valid),
    .value_i       (factor),
    .out_valid_o   (scale_valid),
    .out_ready_i   (scale_ready),
    .out_data_o    ({scale_exp, scale_keep}),
    .out_last_o    (scale_last),
    .out_value_o   (scale_factor)
  );

  // Pass 3: scale each row by its factor.

  logic [Lanes-1:0][6:0] probs;

  row_scaler #(
    .Lanes     (Lanes),
    .InputBits (ExpBits),
    .FactorBits(FactorBits),
    .Shift     (24),
    .OutputBits(7)
  ) u_scale (
    .clk_i,
    .rst_ni,
    .in_valid_i (scale_valid),
    .in_ready_o (scale_ready),
    .in_data_i  (scale_exp),
    .in_keep_i  (scale_keep),
    .in_last_i  (scale_last),
    .in_factor_i(scale_factor),
    .out_valid_o(probs_valid_o),
    .out_ready_i(probs_ready_i),
    .out_data_o (probs),
    .out_keep_o (probs_keep_o),
    .out_last_o (probs_last_o)
  );

  always_comb begin
    for (int unsigned lane = 0; lane < Lanes; lane++) probs_data_o[lane] = {1'b0, probs[lane]};
  end

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
`endif

  `ASSERT_PARAMETER(Lanes, Lanes >= 1 && Lanes <= 64, "Lanes must be 1...64")
  `ASSERT_PARAMETER(ScoreBits, ScoreBits >= 2 && ScoreBits <= 16, "ScoreBits must be 2...16")
  `ASSERT_PARAMETER(MaxLength, MaxLength >= 1 && MaxLength <= 65536, "MaxLength must be 1...65536")
  `ASSERT_PARAMETER(Octaves, Octaves >= 1 && Octaves <= 29, "Octaves must be 1...29")
  `ASSERT_STREAM(scores, scores_valid_i, scores_ready_o,
                 {scores_data_i, scores_keep_i, scores_last_i})
  `ASSERT_STREAM(probs, probs_valid_o, probs_ready_i, {probs_data_o, probs_keep_o, probs_last_o})

endmodule
