`include "cosim_assert.svh"

/// I-BERT's integer softmax over rows of 1...MaxLength scores, in three passes that overlap:
///   1. the row's maximum, while the row is stored;
///   2. exp = i-exp(score - maximum), see `ibert_exp`, requantised to 16 bits signed:
///      q = saturate(exp * exp_multiplier / 2^exp_exponent rounded halfToEven), 0...32767;
///      sum = the row's sum of q, factor = 2^32 / sum rounded by floor (0 for sum 0);
///   3. probs = q * factor / 2^24 rounded by floor: 0...256, scale 1/256, in 9 bits.
/// Streams: a row is ceil(length / Lanes) beats, lane 0 in the least significant bits; keep marks
/// the lanes that hold an element (contiguous from lane 0, all but on the last beat), last the
/// row's last beat. Scores signed; what lies in other lanes does not matter; probs are 0 there.
/// With Holes, keep may have any lanes, none in a beat too: elements that are masked out of the row
/// enter nothing, and a row without any has probs 0.
/// One beat a cycle, rows back to back, for every mix of row lengths as long as MaxLength is at
/// most 64 beats (behind a longer row, rows of one beat can have to wait). Two of the longest rows
/// fit before pass 2, and two behind it. The first probs of a row of n beats are valid
/// 38 + n + 2 * $clog2(Lanes) + b cycles after its last score, where b is the bits of Octaves
/// (51 + n cycles for 16 lanes and 30 octaves). `scores_ready_o` depends on registers only.
/// Configuration changes only while no row is in flight.
/// Source: Kim et al., I-BERT (2021), algorithm 2; 16-bit requantisation from its public code.
module ibert_softmax #(
  /// Elements in a beat, 1...64.
  parameter int unsigned Lanes = 16,
  /// Bits of a score, 2...32.
  parameter int unsigned ScoreBits = 8,
  /// Elements of the longest row, 1...65536.
  parameter int unsigned MaxLength = 1024,
  /// Largest number of halvings that i-exp distinguishes, 1...31.
  parameter int unsigned Octaves = 30,
  /// 1 where keep may have holes, 0 where it may not.
  parameter int unsigned Holes = 0
) (
  input  logic                            clk_i,
  input  logic                            rst_ni,

  // Configuration: x0 is -131071...-1.
  input  logic signed [17:0]              cfg_x0_i,
  input  logic        [19:0]              cfg_b_i,
  input  logic        [32:0]              cfg_c_i,
  input  logic        [31:0]              cfg_exp_multiplier_i,
  input  logic        [6:0]               cfg_exp_exponent_i,

  // Input stream.
  input  logic                            scores_valid_i,
  output logic                            scores_ready_o,
  input  logic [Lanes-1:0][ScoreBits-1:0] scores_data_i,
  input  logic [Lanes-1:0]                scores_keep_i,
  input  logic                            scores_last_i,

  // Output stream.
  output logic                            probs_valid_o,
  input  logic                            probs_ready_i,
  output logic [Lanes-1:0][8:0]           probs_data_o,
  output logic [Lanes-1:0]                probs_keep_o,
  output logic                            probs_last_o
);

  localparam int unsigned ExpBits = 15;
  localparam int unsigned FactorBits = 33;
  localparam int unsigned SumBits = cosim_pkg::value_bits(64'(MaxLength) * 64'd32767);
  localparam int unsigned DivideBitsPerStage = 2;

  // Pass 2 takes this many cycles to a beat's q, and this many more until the factor of a row that
  // ends there is at the head of its queue and the row's credit is back.
  localparam int unsigned ExpLatency = cosim_pkg::ibert_exp_latency(Octaves) + 1
      + cosim_pkg::saturating_rescaler_latency();
  localparam int unsigned FactorLatency = $clog2(Lanes) + 1
      + cosim_pkg::pipelined_divider_latency(FactorBits, DivideBitsPerStage) + 4;
  localparam int unsigned RowBeats = cosim_pkg::ceil_divide(MaxLength, Lanes);
  localparam int unsigned Rows = cosim_pkg::minimum(RowBeats, 64) + ExpLatency + FactorLatency;
  localparam int unsigned Beats = 2 * RowBeats + ExpLatency + FactorLatency;

  // Pass 1: store rows and find their maxima.

  logic                            row_valid, row_ready, row_last;
  logic [Lanes-1:0][ScoreBits-1:0] row_scores;
  logic [Lanes-1:0]                row_keep;
  logic signed [ScoreBits-1:0]     row_maximum;

  row_maximum_buffer #(
    .Lanes    (Lanes),
    .Bits     (ScoreBits),
    .MaxLength(MaxLength),
    .Holes    (Holes)
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

  logic                          exp_accept, exp_ready, factor_space;
  logic                          q_valid, q_last;
  logic [Lanes-1:0]              q_keep;
  logic [Lanes-1:0][ExpBits-1:0] q;

  assign row_ready = exp_ready && factor_space;

  ibert_exp_requantizer #(
    .Lanes    (Lanes),
    .ScoreBits(ScoreBits),
    .Octaves  (Octaves)
  ) u_exp (
    .clk_i,
    .rst_ni,
    .cfg_x0_i,
    .cfg_b_i,
    .cfg_c_i,
    .cfg_exp_multiplier_i,
    .cfg_exp_exponent_i,
    .valid_i  (exp_accept),
    .scores_i (row_scores),
    .keep_i   (row_keep),
    .maximum_i(row_maximum),
    .q_o      (q)
  );

  delay_line #(
    .Width (Lanes + 1),
    .Cycles(ExpLatency)
  ) u_row_shape (
    .clk_i,
    .data_i({row_keep, row_last}),
    .data_o({q_keep, q_last})
  );

  logic                          stored_valid, stored_ready, stored_last;
  logic [Lanes-1:0]              stored_keep;
  logic [Lanes-1:0][ExpBits-1:0] stored_q;

  pipeline_guard #(
    .Width  (Lanes * ExpBits + Lanes + 1),
    .Latency(ExpLatency),
    .Depth  (Beats)
  ) u_exp_guard (
    .clk_i,
    .rst_ni,
    .in_valid_i    (row_valid && factor_space),
    .in_ready_o    (exp_ready),
    .accept_o      (exp_accept),
    .result_valid_o(q_valid),
    .result_i      ({q, q_keep, q_last}),
    .out_valid_o   (stored_valid),
    .out_ready_i   (stored_ready),
    .out_data_o    ({stored_q, stored_keep, stored_last})
  );

  logic                  sum_valid, factor_valid;
  logic [SumBits-1:0]    sum, unused_remainder;
  logic [FactorBits-1:0] quotient, factor;

  row_sum #(
    .Lanes    (Lanes),
    .InputBits(ExpBits),
    .SumBits  (SumBits)
  ) u_sum (
    .clk_i,
    .rst_ni,
    .valid_i(q_valid),
    .last_i (q_last),
    .data_i (q),
    .valid_o(sum_valid),
    .sum_o  (sum)
  );

  pipelined_divider #(
    .NumeratorBits(FactorBits),
    .DivisorBits  (SumBits),
    .BitsPerStage (DivideBitsPerStage)
  ) u_divide (
    .clk_i,
    .rst_ni,
    .valid_i    (sum_valid),
    .numerator_i(FactorBits'(64'd1 << 32)),
    .divisor_i  (sum),
    .valid_o    (factor_valid),
    .quotient_o (quotient),
    .remainder_o(unused_remainder)
  );

  // Only division by 0 gives all ones.
  assign factor = quotient == '1 ? '0 : quotient;

  // Pass 3: scale each row by its factor.

  logic                           join_valid, join_ready, join_last;
  logic [Lanes-1:0]               join_keep;
  logic [Lanes-1:0][ExpBits-1:0]  join_q;
  logic [FactorBits-1:0]          join_factor;

  row_value_join #(
    .Width    (Lanes * ExpBits + Lanes),
    .ValueBits(FactorBits),
    .Rows     (Rows)
  ) u_join (
    .clk_i,
    .rst_ni,
    .space_o      (factor_space),
    .open_i       (exp_accept && row_last),
    .value_valid_i(factor_valid),
    .value_i      (factor),
    .beat_valid_i (stored_valid),
    .beat_ready_o (stored_ready),
    .beat_data_i  ({stored_q, stored_keep}),
    .beat_last_i  (stored_last),
    .out_valid_o  (join_valid),
    .out_ready_i  (join_ready),
    .out_data_o   ({join_q, join_keep}),
    .out_last_o   (join_last),
    .out_value_o  (join_factor)
  );

  row_scaler #(
    .Lanes     (Lanes),
    .InputBits (ExpBits),
    .FactorBits(FactorBits),
    .Shift     (24),
    .OutputBits(9)
  ) u_scale (
    .clk_i,
    .rst_ni,
    .in_valid_i (join_valid),
    .in_ready_o (join_ready),
    .in_data_i  (join_q),
    .in_keep_i  (join_keep),
    .in_last_i  (join_last),
    .in_factor_i(join_factor),
    .out_valid_o(probs_valid_o),
    .out_ready_i(probs_ready_i),
    .out_data_o (probs_data_o),
    .out_keep_o (probs_keep_o),
    .out_last_o (probs_last_o)
  );

`ifndef SYNTHESIS
  row_rule #(
    .Lanes    (Lanes),
    .MaxLength(MaxLength),
    .Holes    (Holes)
  ) u_probs_row_rule (
    .clk_i,
    .rst_ni,
    .transfer_i(probs_valid_o && probs_ready_i),
    .keep_i    (probs_keep_o),
    .last_i    (probs_last_o)
  );
`endif

  `ASSERT_PARAMETER(Lanes, Lanes >= 1 && Lanes <= 64, "Lanes must be 1...64")
  `ASSERT_PARAMETER(ScoreBits, ScoreBits >= 2 && ScoreBits <= 32, "ScoreBits must be 2...32")
  `ASSERT_PARAMETER(MaxLength, MaxLength >= 1 && MaxLength <= 65536, "MaxLength must be 1...65536")
  `ASSERT_PARAMETER(Octaves, Octaves >= 1 && Octaves <= 31, "Octaves must be 1...31")
  `ASSERT_STREAM(scores, scores_valid_i, scores_ready_o,
                 {scores_data_i, scores_keep_i, scores_last_i})
  `ASSERT_STREAM(probs, probs_valid_o, probs_ready_i, {probs_data_o, probs_keep_o, probs_last_o})

endmodule
