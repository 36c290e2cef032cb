`include "cosim_assert.svh"

/// Attention of heads, one after another, around a requantiser and a softmax that the block brings:
///   logits  = requantise(sum over the dimension of query * key)
///   probs   = softmax(logits at visible keys), 0 at others
///   context = requantise(sum over the keys of prob * value); 0 for a query that sees no key.
/// One `multiplier_array` of Rows x Columns dot products of Depth does both products by turns, tile
/// after tile. The scores of a block of Rows queries take ceil(dimension / Depth) steps for each
/// tile of Columns keys with a visible pair, its context takes ceil(dimension / Columns) passes of
/// Columns / Depth steps for each of those tiles. A step is a cycle. Context goes first whenever
/// the probabilities of a block are there; meanwhile the blocks behind it are in the softmax, so
/// that the array stands still only when neither product can go on.
/// Which tiles have a visible pair and how positions, masks and decoding are meant says
/// `attention_scanner`.
/// Streams: `head` announces a head; `q`, `k`, `v` and `mask` (for masked heads only) are its
/// queries, keys, values and masks, each token or query in whole beats of Rows * Depth, Depth,
/// Columns and Columns * Depth elements; `context` is one query after another in beats of Columns
/// elements, 0 where there is none, last with the head's last beat. Lane 0 in the low bits.
/// The requantiser takes sums_o, of context where sums_context_o, and gives results_i
/// RescaleLatency cycles later. The softmax is a stream of rows with holes in their keep.
/// Keys and values of the next head load while this one is computed. In a head whose queries are
/// decoded, each is answered as soon as the tokens that it sees have come.
module attention_core #(
  /// Queries in a tile, 1...16.
  parameter int unsigned Rows = 4,
  /// Keys in a tile, a multiple of Depth, 1...32.
  parameter int unsigned Columns = 8,
  /// Products that are summed in a step, 1...32.
  parameter int unsigned Depth = 8,
  /// Lanes of the softmax, a multiple of Columns, 1...64.
  parameter int unsigned Lanes = 16,
  /// Tokens of the longest head, 1...1024.
  parameter int unsigned MaxTokens = 512,
  /// Elements of the longest token, a multiple of Depth, 1...256.
  parameter int unsigned MaxDimension = 64,
  /// Bits of a probability, which has no sign.
  parameter int unsigned ProbBits = 8,
  /// What the probabilities of a row add up to at most.
  parameter int unsigned MaxRowSum = 256,
  /// Bits of a sum of products, of context too, with its sign.
  parameter int unsigned SumBits = 22,
  /// Cycles from sums to results.
  parameter int unsigned RescaleLatency = 7
) (
  input  logic                                       clk_i,
  input  logic                                       rst_ni,

  // Heads.
  input  logic                                       head_valid_i,
  output logic                                       head_ready_o,
  input  logic [15:0]                                head_queries_i,
  input  logic [15:0]                                head_tokens_i,
  input  logic [15:0]                                head_dimension_i,
  input  logic [15:0]                                head_keys_i,
  input  logic                                       head_causal_i,
  input  logic                                       head_decode_i,
  input  logic                                       head_masked_i,

  // Their tensors.
  input  logic                                       q_valid_i,
  output logic                                       q_ready_o,
  input  logic [Rows*Depth-1:0][7:0]                 q_data_i,

  input  logic                                       k_valid_i,
  output logic                                       k_ready_o,
  input  logic [Depth-1:0][7:0]                      k_data_i,

  input  logic                                       v_valid_i,
  output logic                                       v_ready_o,
  input  logic [Columns-1:0][7:0]                    v_data_i,

  input  logic                                       mask_valid_i,
  output logic                                       mask_ready_o,
  input  logic [Columns*Depth-1:0]                   mask_data_i,

  // Requantiser.
  output logic                                       sums_context_o,
  output logic [Rows-1:0][Columns-1:0][SumBits-1:0]  sums_o,
  input  logic [Rows-1:0][Columns-1:0][7:0]          results_i,

  // Softmax.
  output logic                                       scores_valid_o,
  input  logic                                       scores_ready_i,
  output logic [Lanes-1:0][7:0]                      scores_data_o,
  output logic [Lanes-1:0]                           scores_keep_o,
  output logic                                       scores_last_o,

  input  logic                                       probs_valid_i,
  output logic                                       probs_ready_o,
  input  logic [Lanes-1:0][ProbBits-1:0]             probs_data_i,
  input  logic [Lanes-1:0]                           probs_keep_i,
  input  logic                                       probs_last_i,

  // Output stream.
  output logic                                       context_valid_o,
  input  logic                                       context_ready_i,
  output logic [Columns-1:0][7:0]                    context_data_o,
  output logic                                       context_last_o
);

  localparam int unsigned Slots = Lanes / Columns;

  // Two of the longest blocks of queries, and more of short ones, are between scores and softmax,
  // and again between softmax and context; the list holds those and what the softmax holds.
  localparam int unsigned MaxWords = cosim_pkg::ceil_divide(MaxTokens, Lanes);
  localparam int unsigned MaxTiles = cosim_pkg::ceil_divide(MaxTokens, Columns);
  localparam int unsigned MaxParts = cosim_pkg::ceil_divide(MaxDimension, Columns);
  localparam int unsigned Words = 1 << $clog2(cosim_pkg::maximum(2 * MaxWords, 16));
  localparam int unsigned ListWords = 1 << $clog2(cosim_pkg::maximum(6 * MaxTiles, 64));
  localparam int unsigned ContextWords = 1 << $clog2(cosim_pkg::maximum(2 * MaxParts, 32));

  // Results come two cycles less than that after their tile's last step.
  localparam int unsigned InFlight =
      cosim_pkg::multiplier_array_latency(Depth) + RescaleLatency + 4;

  localparam int unsigned TokenBits = cosim_pkg::value_bits(64'(MaxTokens));
  localparam int unsigned DimensionBits = cosim_pkg::value_bits(64'(MaxDimension));
  localparam int unsigned RowCountBits = cosim_pkg::value_bits(64'(Rows));
  localparam int unsigned LaneBits = cosim_pkg::value_bits(64'(Columns));
  localparam int unsigned CountBits = cosim_pkg::value_bits(64'(Words));
  localparam int unsigned ContextCountBits = cosim_pkg::value_bits(64'(ContextWords));
  localparam int unsigned BlockBits = cosim_pkg::index_bits(MaxTiles);
  localparam int unsigned SlotBits = cosim_pkg::index_bits(Slots);
  localparam int unsigned AddressBits = cosim_pkg::index_bits(Words);
  localparam int unsigned KeyPartBits =
      cosim_pkg::index_bits(cosim_pkg::ceil_divide(MaxDimension, Depth));
  localparam int unsigned QueryWordBits =
      cosim_pkg::index_bits(cosim_pkg::ceil_divide(MaxDimension, Rows * Depth));
  localparam int unsigned QuerySliceBits = cosim_pkg::index_bits(Rows);
  localparam int unsigned ValueStepBits =
      cosim_pkg::index_bits(cosim_pkg::ceil_divide(MaxTokens, Depth));
  localparam int unsigned ValuePartBits = cosim_pkg::index_bits(MaxParts);
  localparam int unsigned ProbSliceBits = cosim_pkg::index_bits(Lanes / Depth);

  // Tiles and their operands.

  logic                               tile_valid, tile_ready, tile_opens, tile_last, tile_head_last;
  logic [BlockBits-1:0]               tile_block;
  logic [SlotBits-1:0]                tile_slot;
  logic [RowCountBits-1:0]            tile_rows;
  logic [TokenBits-1:0]               tile_needed;
  logic [DimensionBits-1:0]           tile_dimension;
  logic [Rows-1:0][Columns-1:0]       tile_keep;
  logic                               queries_ready, queries_finish, keys_bank, keys_ready;
  logic                               keys_finish, values_bank, values_ready, values_finish;
  logic                               value_bank;
  logic [QueryWordBits-1:0]           query_word;
  logic [QuerySliceBits-1:0]          query_slice;
  logic [KeyPartBits-1:0]             key_part;
  logic [TokenBits-1:0]               values_needed;
  logic [ValueStepBits-1:0]           value_step;
  logic [ValuePartBits-1:0]           value_part;
  logic [Rows-1:0][Depth-1:0][7:0]    queries;
  logic [Columns-1:0][Depth-1:0][7:0] keys;
  logic [Depth-1:0][Columns-1:0][7:0] values;

  attention_operands #(
    .Rows        (Rows),
    .Columns     (Columns),
    .Depth       (Depth),
    .Slots       (Slots),
    .MaxTokens   (MaxTokens),
    .MaxDimension(MaxDimension)
  ) u_operands (
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
    .tile_valid_o    (tile_valid),
    .tile_ready_i    (tile_ready),
    .tile_block_o    (tile_block),
    .tile_slot_o     (tile_slot),
    .tile_opens_o    (tile_opens),
    .tile_last_o     (tile_last),
    .tile_head_last_o(tile_head_last),
    .tile_rows_o     (tile_rows),
    .tile_needed_o   (tile_needed),
    .tile_dimension_o(tile_dimension),
    .tile_keep_o     (tile_keep),
    .queries_ready_o (queries_ready),
    .queries_finish_i(queries_finish),
    .query_word_i    (query_word),
    .query_slice_i   (query_slice),
    .queries_o       (queries),
    .keys_bank_i     (keys_bank),
    .keys_ready_o    (keys_ready),
    .keys_finish_i   (keys_finish),
    .key_part_i      (key_part),
    .keys_o          (keys),
    .values_bank_i   (values_bank),
    .values_needed_i (values_needed),
    .values_ready_o  (values_ready),
    .values_finish_i (values_finish),
    .value_bank_i    (value_bank),
    .value_step_i    (value_step),
    .value_part_i    (value_part),
    .values_o        (values)
  );

  // Steps of the scores.

  logic                   score_valid, score_take, score_first, score_last, score_issued;
  logic                   score_space, score_open, list_space;
  logic [AddressBits-1:0] score_open_address, score_address, score_index;

  attention_score_sequencer #(
    .Rows        (Rows),
    .Depth       (Depth),
    .MaxDimension(MaxDimension),
    .AddressBits (AddressBits)
  ) u_score_sequencer (
    .clk_i,
    .rst_ni,
    .tile_valid_i    (tile_valid),
    .tile_ready_o    (tile_ready),
    .tile_opens_i    (tile_opens),
    .tile_last_i     (tile_last),
    .tile_head_last_i(tile_head_last),
    .tile_dimension_i(tile_dimension),
    .queries_ready_i (queries_ready),
    .queries_finish_o(queries_finish),
    .keys_ready_i    (keys_ready),
    .keys_bank_o     (keys_bank),
    .keys_finish_o   (keys_finish),
    .space_i         (list_space && score_space),
    .open_address_i  (score_open_address),
    .open_o          (score_open),
    .valid_o         (score_valid),
    .take_i          (score_take),
    .first_o         (score_first),
    .last_o          (score_last),
    .part_o          (key_part),
    .word_o          (query_word),
    .slice_o         (query_slice),
    .issued_o        (score_issued),
    .address_o       (score_address),
    .index_o         (score_index)
  );

  // Steps of the context.

  logic                     context_valid, context_take, context_first, context_last;
  logic                     context_issued, context_block_last, context_head_last, context_space;
  logic                     complete, complete_finish;
  logic [AddressBits-1:0]   complete_words;
  logic [Rows-1:0]          complete_visible;
  logic [AddressBits-1:0]   prob_address;
  logic [ProbSliceBits-1:0] prob_slice;
  logic [RowCountBits-1:0]  context_rows;
  logic [ValuePartBits-1:0] context_part;
  logic [LaneBits-1:0]      context_elements;

  attention_context_sequencer #(
    .Columns     (Columns),
    .Depth       (Depth),
    .Slots       (Slots),
    .MaxTokens   (MaxTokens),
    .MaxDimension(MaxDimension),
    .ListWords   (ListWords),
    .AddressBits (AddressBits),
    .RowCountBits(RowCountBits)
  ) u_context_sequencer (
    .clk_i,
    .rst_ni,
    .list_space_o     (list_space),
    .list_i           (score_issued),
    .list_block_i     (tile_block),
    .list_slot_i      (tile_slot),
    .list_index_i     (score_index),
    .block_i          (score_issued && tile_last),
    .block_rows_i     (tile_rows),
    .block_dimension_i(tile_dimension),
    .block_needed_i   (tile_needed),
    .block_head_last_i(tile_head_last),
    .values_bank_o    (values_bank),
    .values_needed_o  (values_needed),
    .values_ready_i   (values_ready),
    .values_finish_o  (values_finish),
    .probs_ready_i    (complete),
    .probs_words_i    (complete_words),
    .probs_finish_o   (complete_finish),
    .space_i          (context_space),
    .valid_o          (context_valid),
    .take_i           (context_take),
    .first_o          (context_first),
    .last_o           (context_last),
    .address_o        (prob_address),
    .slice_o          (prob_slice),
    .value_bank_o     (value_bank),
    .value_step_o     (value_step),
    .value_part_o     (value_part),
    .issued_o         (context_issued),
    .block_last_o     (context_block_last),
    .head_last_o      (context_head_last),
    .rows_o           (context_rows),
    .part_o           (context_part),
    .elements_o       (context_elements)
  );

  // Products.

  logic                                                      score_write, context_write;
  logic [Rows-1:0][Lanes/Depth-1:0][Depth-1:0][ProbBits-1:0] prob_words;

  attention_products #(
    .Rows          (Rows),
    .Columns       (Columns),
    .Depth         (Depth),
    .Slices        (Lanes / Depth),
    .ProbBits      (ProbBits),
    .SumBits       (SumBits),
    .RescaleLatency(RescaleLatency)
  ) u_products (
    .clk_i,
    .rst_ni,
    .score_valid_i   (score_valid),
    .score_take_o    (score_take),
    .score_first_i   (score_first),
    .score_last_i    (score_last),
    .context_valid_i (context_valid),
    .context_take_o  (context_take),
    .context_first_i (context_first),
    .context_last_i  (context_last),
    .queries_i       (queries),
    .keys_i          (keys),
    .prob_slice_i    (prob_slice),
    .probs_i         (prob_words),
    .values_i        (values),
    .sums_context_o,
    .sums_o,
    .score_result_o  (score_write),
    .context_result_o(context_write)
  );

  // Scores to the softmax.

  attention_scores #(
    .Rows    (Rows),
    .Columns (Columns),
    .Slots   (Slots),
    .Words   (Words),
    .InFlight(InFlight)
  ) u_scores (
    .clk_i,
    .rst_ni,
    .space_o       (score_space),
    .open_address_o(score_open_address),
    .open_i        (score_open),
    .tile_i        (score_issued),
    .tile_address_i(score_address),
    .tile_slot_i   (tile_slot),
    .tile_opens_i  (tile_opens),
    .tile_last_i   (tile_last),
    .tile_words_i  (CountBits'(score_index) + 1'b1),
    .tile_rows_i   (tile_rows),
    .tile_keep_i   (tile_keep),
    .write_i       (score_write),
    .results_i,
    .scores_valid_o,
    .scores_ready_i,
    .scores_data_o,
    .scores_keep_o,
    .scores_last_o
  );

  // Probabilities.

  logic                    block_valid, block_ready, block_space;
  logic [RowCountBits-1:0] block_rows;

  stream_fifo #(
    .Width(RowCountBits),
    .Depth(ListWords)
  ) u_blocks (
    .clk_i,
    .rst_ni,
    .in_valid_i (score_issued && tile_last),
    .in_ready_o (block_space),
    .in_data_i  (tile_rows),
    .out_valid_o(block_valid),
    .out_ready_i(block_ready),
    .out_data_o (block_rows)
  );

  attention_prob_store #(
    .Rows (Rows),
    .Lanes(Lanes),
    .Bits (ProbBits),
    .Words(Words)
  ) u_probs (
    .clk_i,
    .rst_ni,
    .block_valid_i(block_valid),
    .block_ready_o(block_ready),
    .block_rows_i (block_rows),
    .in_valid_i   (probs_valid_i),
    .in_ready_o   (probs_ready_o),
    .in_data_i    (probs_data_i),
    .in_keep_i    (probs_keep_i),
    .in_last_i    (probs_last_i),
    .ready_o      (complete),
    .words_o      (complete_words),
    .visible_o    (complete_visible),
    .finish_i     (complete_finish),
    .address_i    (prob_address),
    .data_o       (prob_words)
  );

  // Context to the output.

  attention_answers #(
    .Rows    (Rows),
    .Columns (Columns),
    .Words   (ContextWords),
    .InFlight(InFlight)
  ) u_answers (
    .clk_i,
    .rst_ni,
    .space_o          (context_space),
    .part_i           (context_issued),
    .part_visible_i   (complete_visible),
    .part_elements_i  (context_elements),
    .part_block_last_i(context_block_last),
    .part_head_last_i (context_head_last),
    .part_words_i     (ContextCountBits'(context_part) + 1'b1),
    .part_rows_i      (context_rows),
    .write_i          (context_write),
    .results_i,
    .context_valid_o,
    .context_ready_i,
    .context_data_o,
    .context_last_o
  );

`ifdef SYNTHESIS
  logic unused_block_space;
  assign unused_block_space = block_space;
`else
  // Tells how large a sum of context can get.
  logic [31:0] row_sum_d, row_sum_q;

  always_comb begin
    row_sum_d = row_sum_q;
    if (probs_valid_i && probs_ready_o) begin
      for (int unsigned i = 0; i < Lanes; i++) row_sum_d += 32'(probs_data_i[i]);
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni || (probs_valid_i && probs_ready_o && probs_last_i)) row_sum_q <= '0;
    else row_sum_q <= row_sum_d;
  end
`endif

  `ASSERT_PARAMETER(Rows, Rows >= 1 && Rows <= 16, "Rows must be 1...16")
  `ASSERT_PARAMETER(Columns, Columns >= 1 && Columns <= 32, "Columns must be 1...32")
  `ASSERT_PARAMETER(Depth, Depth >= 1 && Columns % Depth == 0,
                    "Columns must be a multiple of Depth")
  `ASSERT_PARAMETER(Lanes, Lanes % Columns == 0, "lanes of the softmax must be whole tiles")
  `ASSERT_PARAMETER(MaxTokens, MaxTokens >= 1 && MaxTokens <= 1024, "MaxTokens must be 1...1024")
  `ASSERT_PARAMETER(MaxDimension, MaxDimension >= Depth && MaxDimension <= 256
                    && MaxDimension % Depth == 0,
                    "MaxDimension must be a multiple of Depth, up to 256")
  `ASSERT_PARAMETER(SumBits, 64'(MaxRowSum) << 7 < 64'(1) << (SumBits - 1),
                    "SumBits must hold MaxRowSum * 2^7 with its sign")
  `ASSERT(RowSumIsBounded, row_sum_d <= MaxRowSum)
  `ASSERT(BlocksHaveAPlace, (score_issued && tile_last) |-> block_space)
  `ASSERT_STREAM(head, head_valid_i, head_ready_o,
                 {head_queries_i, head_tokens_i, head_dimension_i, head_keys_i, head_causal_i,
                  head_decode_i, head_masked_i})
  `ASSERT_STREAM(q, q_valid_i, q_ready_o, q_data_i)
  `ASSERT_STREAM(k, k_valid_i, k_ready_o, k_data_i)
  `ASSERT_STREAM(v, v_valid_i, v_ready_o, v_data_i)
  `ASSERT_STREAM(mask, mask_valid_i, mask_ready_o, mask_data_i)
  `ASSERT_STREAM(context, context_valid_o, context_ready_i, {context_data_o, context_last_o})

endmodule
