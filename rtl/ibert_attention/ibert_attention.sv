/// Attention with I-BERT's softmax and requantisers, int8 heads of 1...MaxTokens tokens:
///   logits  = saturate(halfToEven(sum over d of q * k * qk_multiplier / 2^qk_exponent))
///   probs   = `ibert_softmax` of the visible logits
///   context = saturate(halfToEven(sum over keys of prob * v * av_multiplier / 2^av_exponent)),
///             0 for a query that sees no key.
/// Query i of a head stands at position tokens - queries + i and sees key j where
///   j < keys  and  (not causal, or j <= its position)  and  (not masked, or mask[i][j]).
/// Streams, lane 0 in the least significant bits, lanes beyond the end arbitrary on inputs and 0 on
/// outputs:
///   head     one beat a head; with decode queries are answered one by one
///   q        each query in beats of Rows * Depth elements       int8
///   k        each token in beats of Depth elements              int8
///   v        each token in beats of Columns elements            int8
///   mask     each query in beats of Columns * Depth keys, only in masked heads; 1 is visible
///   context  each query in beats of Columns elements, last on the head's last     int8
/// Sums are exact: the probs of a row add up to at most 256, so that the sums of the logits are
/// the larger ones. The softmax rounds by halfToEven and floor as `ibert_softmax` says.
/// One array of Rows * Columns * Depth multipliers takes both products by turns: a head takes
///   visible tiles * (dimension / Depth + ceil(dimension / Columns) * Columns / Depth)
/// cycles, a visible tile being one with a visible pair among its Rows queries and Columns keys, as
/// long as the beats of q, k, v and context keep up. Heads follow each other without a gap.
/// Configuration changes only while no head is in flight.
/// Source: Kim et al., I-BERT (2021), section 3; its public code.
module ibert_attention #(
  /// Queries in a tile, 1...16.
  parameter int unsigned Rows = 4,
  /// Keys in a tile, a multiple of Depth, 1...32.
  parameter int unsigned Columns = 8,
  /// Products summed in a cycle, 1...32.
  parameter int unsigned Depth = 8,
  /// Lanes of the softmax, a multiple of Columns, 1...64.
  parameter int unsigned Lanes = 16,
  /// Tokens of the longest head, 1...1024.
  parameter int unsigned MaxTokens = 512,
  /// Largest dimension of a head, a multiple of Depth, 1...256.
  parameter int unsigned MaxDimension = 64,
  /// Largest number of halvings that i-exp distinguishes, 1...31.
  parameter int unsigned Octaves = 30
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,

  // Configuration: x0 is -131071...-1.
  input  logic        [31:0]         cfg_qk_multiplier_i,
  input  logic        [6:0]          cfg_qk_exponent_i,
  input  logic signed [17:0]         cfg_x0_i,
  input  logic        [19:0]         cfg_b_i,
  input  logic        [32:0]         cfg_c_i,
  input  logic        [31:0]         cfg_exp_multiplier_i,
  input  logic        [6:0]          cfg_exp_exponent_i,
  input  logic        [31:0]         cfg_av_multiplier_i,
  input  logic        [6:0]          cfg_av_exponent_i,

  // Input streams.
  input  logic                       head_valid_i,
  output logic                       head_ready_o,
  input  logic [15:0]                head_queries_i,
  input  logic [15:0]                head_tokens_i,
  input  logic [15:0]                head_dimension_i,
  input  logic [15:0]                head_keys_i,
  input  logic                       head_causal_i,
  input  logic                       head_decode_i,
  input  logic                       head_masked_i,

  input  logic                       q_valid_i,
  output logic                       q_ready_o,
  input  logic [Rows*Depth-1:0][7:0] q_data_i,

  input  logic                       k_valid_i,
  output logic                       k_ready_o,
  input  logic [Depth-1:0][7:0]      k_data_i,

  input  logic                       v_valid_i,
  output logic                       v_ready_o,
  input  logic [Columns-1:0][7:0]    v_data_i,

  input  logic                       mask_valid_i,
  output logic                       mask_ready_o,
  input  logic [Columns*Depth-1:0]   mask_data_i,

  // Output stream.
  output logic                       context_valid_o,
  input  logic                       context_ready_i,
  output logic [Columns-1:0][7:0]    context_data_o,
  output logic                       context_last_o
);

  localparam int unsigned ProbBits = 9;

  // Floors keep the sum of a row's probs at or below the whole.
  localparam int unsigned MaxRowSum = 256;

  // The largest logit sum is 2^14 * MaxDimension, that of the context 2^7 * MaxRowSum.
  localparam int unsigned SumBits = cosim_pkg::maximum(
      cosim_pkg::value_bits(64'(cosim_pkg::maximum(MaxDimension << 7, MaxRowSum)) << 7) + 1,
      cosim_pkg::dot_product_bits(Depth, ProbBits + 1, 8));
  localparam int unsigned RescaleLatency = cosim_pkg::dyadic_rescaler_latency() + 1;

  logic                                       sums_context;
  logic [Rows-1:0][Columns-1:0][SumBits-1:0]  sums;
  logic [Rows-1:0][Columns-1:0][7:0]          results;
  logic                                       scores_valid, scores_ready, scores_last;
  logic [Lanes-1:0][7:0]                      scores;
  logic [Lanes-1:0]                           scores_keep;
  logic                                       probs_valid, probs_ready, probs_last;
  logic [Lanes-1:0][ProbBits-1:0]             probs;
  logic [Lanes-1:0]                           probs_keep;
  logic [31:0]                                multiplier;
  logic [6:0]                                 exponent;

  assign multiplier = sums_context ? cfg_av_multiplier_i : cfg_qk_multiplier_i;
  assign exponent   = sums_context ? cfg_av_exponent_i : cfg_qk_exponent_i;

  for (genvar r = 0; r < Rows; r++) begin : gen_row
    for (genvar c = 0; c < Columns; c++) begin : gen_column
      logic signed [SumBits+31:0] scaled;
      logic signed [7:0]          result_d, result_q;

      dyadic_rescaler #(
        .InputBits(SumBits)
      ) u_rescale (
        .clk_i,
        .x_i         (signed'(sums[r][c])),
        .multiplier_i(multiplier),
        .exponent_i  (exponent),
        .value_o     (scaled)
      );

      saturate #(
        .InputBits (SumBits + 32),
        .OutputBits(8)
      ) u_saturate (
        .value_i(scaled),
        .value_o(result_d)
      );

      always_ff @(posedge clk_i) result_q <= result_d;

      assign results[r][c] = result_q;
    end
  end

  ibert_softmax #(
    .Lanes    (Lanes),
    .ScoreBits(8),
    .MaxLength(MaxTokens),
    .Octaves  (Octaves),
    .Holes    (1)
  ) u_softmax (
    .clk_i,
    .rst_ni,
    .cfg_x0_i,
    .cfg_b_i,
    .cfg_c_i,
    .cfg_exp_multiplier_i,
    .cfg_exp_exponent_i,
    .scores_valid_i(scores_valid),
    .scores_ready_o(scores_ready),
    .scores_data_i (scores),
    .scores_keep_i (scores_keep),
    .scores_last_i (scores_last),
    .probs_valid_o (probs_valid),
    .probs_ready_i (probs_ready),
    .probs_data_o  (probs),
    .probs_keep_o  (probs_keep),
    .probs_last_o  (probs_last)
  );

  attention_core #(
    .Rows          (Rows),
    .Columns       (Columns),
    .Depth         (Depth),
    .Lanes         (Lanes),
    .MaxTokens     (MaxTokens),
    .MaxDimension  (MaxDimension),
    .ProbBits      (ProbBits),
    .MaxRowSum     (MaxRowSum),
    .SumBits       (SumBits),
    .RescaleLatency(RescaleLatency)
  ) u_core (
    .clk_i,
    .rst_ni,
    .head_valid_i,
    .head_ready_o,
    .head_queries_i,
    .head_tokens_i,
    .head_dimension_i,
    .head_keys_i,
    .head_causal_i,
    .head_decode_i,
    .head_masked_i,
    .q_valid_i,
    .q_ready_o,
    .q_data_i,
    .k_valid_i,
    .k_ready_o,
    .k_data_i,
    .v_valid_i,
    .v_ready_o,
    .v_data_i,
    .mask_valid_i,
    .mask_ready_o,
    .mask_data_i,
    .sums_context_o(sums_context),
    .sums_o        (sums),
    .results_i     (results),
    .scores_valid_o(scores_valid),
    .scores_ready_i(scores_ready),
    .scores_data_o (scores),
    .scores_keep_o (scores_keep),
    .scores_last_o (scores_last),
    .probs_valid_i (probs_valid),
    .probs_ready_o (probs_ready),
    .probs_data_i  (probs),
    .probs_keep_i  (probs_keep),
    .probs_last_i  (probs_last),
    .context_valid_o,
    .context_ready_i,
    .context_data_o,
    .context_last_o
  );

endmodule
