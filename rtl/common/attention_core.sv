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
  localparam int unsigned ActivationBits = ProbBits + 1;
  localparam int unsigned ArrayLatency = cosim_pkg::multiplier_array_latency(Depth);

  // Two of the longest blocks of queries, and more of short ones, are between scores and softmax,
  // and again between softmax and context; the list holds those and what the softmax holds.
  localparam int unsigned MaxWords = cosim_pkg::ceil_divide(MaxTokens, Lanes);
  localparam int unsigned MaxTiles = cosim_pkg::ceil_divide(MaxTokens, Columns);
  localparam int unsigned MaxParts = cosim_pkg::ceil_divide(MaxDimension, Columns);
  localparam int unsigned Words = 1 << $clog2(cosim_pkg::maximum(2 * MaxWords, 16));
  localparam int unsigned ListWords = 1 << $clog2(cosim_pkg::maximum(6 * MaxTiles, 64));
  localparam int unsigned ContextWords = 1 << $clog2(cosim_pkg::maximum(2 * MaxParts, 32));

  // A result is in flight for this many cycles after its tile's last step.
  localparam int unsigned StepLatency = 2;
  localparam int unsigned ResultLatency = StepLatency + ArrayLatency + RescaleLatency;

  localparam int unsigned TokenBits = cosim_pkg::value_bits(64'(MaxTokens));
  localparam int unsigned DimensionBits = cosim_pkg::value_bits(64'(MaxDimension));
  localparam int unsigned RowCountBits = cosim_pkg::value_bits(64'(Rows));
  localparam int unsigned BlockBits = cosim_pkg::index_bits(MaxTiles);
  localparam int unsigned SlotBits = cosim_pkg::index_bits(Slots);
  localparam int unsigned AddressBits = cosim_pkg::index_bits(Words);
  localparam int unsigned CountBits = cosim_pkg::value_bits(64'(Words));
  localparam int unsigned ContextAddressBits = cosim_pkg::index_bits(ContextWords);
  localparam int unsigned ContextCountBits = cosim_pkg::value_bits(64'(ContextWords));
  localparam int unsigned KeyPartBits =
      cosim_pkg::index_bits(cosim_pkg::ceil_divide(MaxDimension, Depth));
  localparam int unsigned ValueStepBits =
      cosim_pkg::index_bits(cosim_pkg::ceil_divide(MaxTokens, Depth));
  localparam int unsigned ValuePartBits = cosim_pkg::index_bits(MaxParts);
  localparam int unsigned QueryWordBits =
      cosim_pkg::index_bits(cosim_pkg::ceil_divide(MaxDimension, Rows * Depth));
  localparam int unsigned QuerySliceBits = cosim_pkg::index_bits(Rows);
  localparam int unsigned MaskWordBits =
      cosim_pkg::index_bits(cosim_pkg::ceil_divide(MaxTokens, Columns * Depth));
  localparam int unsigned ProbSliceBits = cosim_pkg::index_bits(Lanes / Depth);
  localparam int unsigned LaneBits = cosim_pkg::value_bits(64'(Columns));

  // Heads, one copy for each that needs to know: scanner, queries, keys, values, masks.

  localparam int unsigned Consumers = 5;
  localparam int unsigned HeadBits = 3 * TokenBits + DimensionBits + 3;

  typedef struct packed {
    logic [TokenBits-1:0]     queries;
    logic [TokenBits-1:0]     tokens;
    logic [DimensionBits-1:0] dimension;
    logic [TokenBits-1:0]     keys;
    logic                     causal;
    logic                     decode;
    logic                     masked;
  } head_t;

  head_t                            head;
  logic [Consumers-1:0]             copy_ready, copy_valid, copy_taken;
  logic [Consumers-1:0][HeadBits-1:0] copy_data;
  head_t                            scan_head, query_head, key_head, value_head, mask_head;

  assign head = {head_queries_i[TokenBits-1:0], head_tokens_i[TokenBits-1:0],
                 head_dimension_i[DimensionBits-1:0], head_keys_i[TokenBits-1:0],
                 head_causal_i, head_decode_i, head_masked_i};

  assign head_ready_o = copy_ready == '1;

  for (genvar i = 0; i < Consumers; i++) begin : gen_head
    stream_fifo #(
      .Width(HeadBits),
      .Depth(4)
    ) u_copy (
      .clk_i,
      .rst_ni,
      .in_valid_i (head_valid_i && head_ready_o),
      .in_ready_o (copy_ready[i]),
      .in_data_i  (head),
      .out_valid_o(copy_valid[i]),
      .out_ready_i(copy_taken[i]),
      .out_data_o (copy_data[i])
    );
  end

  assign scan_head  = copy_data[0];
  assign query_head = copy_data[1];
  assign key_head   = copy_data[2];
  assign value_head = copy_data[3];
  assign mask_head  = copy_data[4];

  // None needs all of it.
  logic unused_heads;
  assign unused_heads = ^{query_head, key_head, value_head, mask_head};

  // Tiles.

  logic                                 mask_ready, mask_finish, mask_bank, mask_taken;
  logic [MaskWordBits-1:0]              mask_word;
  logic [Rows-1:0][Columns*Depth-1:0]   mask_words;
  logic                                 tile_valid, tile_ready, tile_opens, tile_last;
  logic                                 tile_head_last;
  logic [BlockBits-1:0]                 tile_block;
  logic [SlotBits-1:0]                  tile_slot;
  logic [RowCountBits-1:0]              tile_rows;
  logic [TokenBits-1:0]                 tile_needed;
  logic [DimensionBits-1:0]             tile_dimension;
  logic [Rows-1:0][Columns-1:0]         tile_keep;

  // Heads without a mask have no beats of it.
  assign copy_taken[4] = mask_taken || !mask_head.masked;

  attention_row_buffer #(
    .Rows     (Rows),
    .Elements (Columns * Depth),
    .Bits     (1),
    .MaxRows  (MaxTokens),
    .MaxLength(MaxTokens)
  ) u_masks (
    .clk_i,
    .rst_ni,
    .head_valid_i (copy_valid[4] && mask_head.masked),
    .head_ready_o (mask_taken),
    .head_rows_i  (mask_head.queries),
    .head_length_i(mask_head.tokens),
    .head_single_i(mask_head.decode),
    .in_valid_i   (mask_valid_i),
    .in_ready_o   (mask_ready_o),
    .in_data_i    (mask_data_i),
    .ready_o      (mask_ready),
    .bank_o       (mask_bank),
    .finish_i     (mask_finish),
    .read_bank_i  (mask_bank),
    .word_i       (mask_word),
    .data_o       (mask_words)
  );

  attention_scanner #(
    .Rows        (Rows),
    .Columns     (Columns),
    .MaskTiles   (Depth),
    .Slots       (Slots),
    .MaxTokens   (MaxTokens),
    .MaxDimension(MaxDimension)
  ) u_scanner (
    .clk_i,
    .rst_ni,
    .head_valid_i    (copy_valid[0]),
    .head_ready_o    (copy_taken[0]),
    .head_queries_i  (scan_head.queries),
    .head_tokens_i   (scan_head.tokens),
    .head_keys_i     (scan_head.keys),
    .head_dimension_i(scan_head.dimension),
    .head_causal_i   (scan_head.causal),
    .head_decode_i   (scan_head.decode),
    .head_masked_i   (scan_head.masked),
    .mask_ready_i    (mask_ready),
    .mask_finish_o   (mask_finish),
    .mask_word_o     (mask_word),
    .mask_data_i     (mask_words),
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
    .tile_keep_o     (tile_keep)
  );

  // Queries, keys and values.

  logic                                  queries_ready, queries_finish, queries_bank;
  logic                                  step_query_bank_q;
  logic [QueryWordBits-1:0]              step_query_word_q;
  logic [QuerySliceBits-1:0]             step_query_slice_q;
  logic [Rows-1:0][Rows-1:0][Depth-1:0][7:0] query_words;
  logic [Rows-1:0][Depth-1:0][7:0]       query_slices_d, query_slices_q;

  attention_row_buffer #(
    .Rows     (Rows),
    .Elements (Rows * Depth),
    .Bits     (8),
    .MaxRows  (MaxTokens),
    .MaxLength(MaxDimension)
  ) u_queries (
    .clk_i,
    .rst_ni,
    .head_valid_i (copy_valid[1]),
    .head_ready_o (copy_taken[1]),
    .head_rows_i  (query_head.queries),
    .head_length_i(query_head.dimension),
    .head_single_i(query_head.decode),
    .in_valid_i   (q_valid_i),
    .in_ready_o   (q_ready_o),
    .in_data_i    (q_data_i),
    .ready_o      (queries_ready),
    .bank_o       (queries_bank),
    .finish_i     (queries_finish),
    .read_bank_i  (step_query_bank_q),
    .word_i       (step_query_word_q),
    .data_o       (query_words)
  );

  for (genvar r = 0; r < Rows; r++) begin : gen_query
    assign query_slices_d[r] = query_words[r][step_query_slice_q];
  end

  logic                                 keys_bank, keys_ready, keys_finish, step_keys_bank_q;
  logic [BlockBits-1:0]                 step_keys_block_q;
  logic [KeyPartBits-1:0]               step_keys_part_q;
  logic [Columns-1:0][Depth-1:0][7:0]   keys;

  attention_token_buffer #(
    .Tokens      (Columns),
    .Elements    (Depth),
    .MaxTokens   (MaxTokens),
    .MaxDimension(MaxDimension)
  ) u_keys (
    .clk_i,
    .rst_ni,
    .head_valid_i    (copy_valid[2]),
    .head_ready_o    (copy_taken[2]),
    .head_tokens_i   (key_head.tokens),
    .head_dimension_i(key_head.dimension),
    .in_valid_i      (k_valid_i),
    .in_ready_o      (k_ready_o),
    .in_data_i       (k_data_i),
    .bank_i          (keys_bank),
    .needed_i        (tile_needed),
    .ready_o         (keys_ready),
    .finish_i        (keys_finish),
    .read_bank_i     (step_keys_bank_q),
    .block_i         (step_keys_block_q),
    .part_i          (step_keys_part_q),
    .data_o          (keys)
  );

  logic                               values_bank, values_ready, values_finish, step_values_bank;
  logic [TokenBits-1:0]               values_needed;
  logic [ValueStepBits-1:0]           step_values_step;
  logic [ValuePartBits-1:0]           step_values_part;
  logic [Depth-1:0][Columns-1:0][7:0] values;

  attention_token_buffer #(
    .Tokens      (Depth),
    .Elements    (Columns),
    .MaxTokens   (MaxTokens),
    .MaxDimension(MaxDimension)
  ) u_values (
    .clk_i,
    .rst_ni,
    .head_valid_i    (copy_valid[3]),
    .head_ready_o    (copy_taken[3]),
    .head_tokens_i   (value_head.tokens),
    .head_dimension_i(value_head.dimension),
    .in_valid_i      (v_valid_i),
    .in_ready_o      (v_ready_o),
    .in_data_i       (v_data_i),
    .bank_i          (values_bank),
    .needed_i        (values_needed),
    .ready_o         (values_ready),
    .finish_i        (values_finish),
    .read_bank_i     (step_values_bank),
    .block_i         (step_values_step),
    .part_i          (step_values_part),
    .data_o          (values)
  );

  // Steps of the scores.

  logic                      score_valid, score_take, score_first, score_last, score_issued;
  logic                      score_space, score_open, list_space;
  logic [KeyPartBits-1:0]    score_part;
  logic [QueryWordBits-1:0]  score_word;
  logic [QuerySliceBits-1:0] score_slice;
  logic [AddressBits-1:0]    score_open_address, score_address, score_index;

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
    .space_i         (list_space && (score_space || !tile_opens)),
    .open_address_i  (score_open_address),
    .open_o          (score_open),
    .valid_o         (score_valid),
    .take_i          (score_take),
    .first_o         (score_first),
    .last_o          (score_last),
    .part_o          (score_part),
    .word_o          (score_word),
    .slice_o         (score_slice),
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
  logic [AddressBits-1:0]   step_probs_address;
  logic [ProbSliceBits-1:0] step_probs_slice, probs_slice_q;
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
    .address_o        (step_probs_address),
    .slice_o          (step_probs_slice),
    .value_bank_o     (step_values_bank),
    .value_step_o     (step_values_step),
    .value_part_o     (step_values_part),
    .issued_o         (context_issued),
    .block_last_o     (context_block_last),
    .head_last_o      (context_head_last),
    .rows_o           (context_rows),
    .part_o           (context_part),
    .elements_o       (context_elements)
  );

  // One of the two has the array; a tile that has begun keeps it.

  logic open_d, open_q, turn_d, turn_q, step, step_first, step_last;

  assign turn_d       = open_q ? turn_q : context_valid;
  assign context_take = turn_d && context_valid;
  assign score_take   = !turn_d && score_valid;
  assign step         = context_take || score_take;
  assign step_first   = turn_d ? context_first : score_first;
  assign step_last    = turn_d ? context_last : score_last;
  assign open_d       = step ? !step_last : open_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) open_q <= 1'b0;
    else open_q <= open_d;
  end

  always_ff @(posedge clk_i) turn_q <= turn_d;

  // A cycle later the words are read, and another cycle later they are multiplied.

  logic array_valid, array_first, array_last, array_context;
  logic sums_valid, sums_context, result_valid, result_context;

  always_ff @(posedge clk_i) begin
    step_query_bank_q  <= queries_bank;
    step_query_word_q  <= score_word;
    step_query_slice_q <= score_slice;
    step_keys_bank_q   <= keys_bank;
    step_keys_block_q  <= tile_block;
    step_keys_part_q   <= score_part;
    query_slices_q     <= query_slices_d;
    probs_slice_q      <= step_probs_slice;
  end

  valid_line #(
    .Cycles(StepLatency)
  ) u_step_valid (
    .clk_i,
    .rst_ni,
    .valid_i(step),
    .valid_o(array_valid)
  );

  delay_line #(
    .Width (3),
    .Cycles(StepLatency)
  ) u_step (
    .clk_i,
    .data_i({step_first, step_last, turn_d}),
    .data_o({array_first, array_last, array_context})
  );

  logic [Rows-1:0][Lanes/Depth-1:0][Depth-1:0][ProbBits-1:0] prob_words;
  logic [Rows-1:0][Depth-1:0][ActivationBits-1:0]            activations;
  logic [Columns-1:0][Depth-1:0][7:0]                        weights;

  always_comb begin
    for (int unsigned d = 0; d < Depth; d++) begin
      for (int unsigned r = 0; r < Rows; r++) begin
        activations[r][d] = array_context ? {1'b0, prob_words[r][probs_slice_q][d]}
            : ActivationBits'(signed'(query_slices_q[r][d]));
      end
      for (int unsigned c = 0; c < Columns; c++) begin
        weights[c][d] = array_context ? values[d][c] : keys[c][d];
      end
    end
  end

  multiplier_array #(
    .Rows           (Rows),
    .Columns        (Columns),
    .Depth          (Depth),
    .ActivationBits (ActivationBits),
    .WeightBits     (8),
    .AccumulatorBits(SumBits)
  ) u_array (
    .clk_i,
    .rst_ni,
    .valid_i(array_valid),
    .first_i(array_first),
    .last_i (array_last),
    .a_i    (activations),
    .w_i    (weights),
    .valid_o(sums_valid),
    .sums_o
  );

  delay_line #(
    .Width (1),
    .Cycles(ArrayLatency)
  ) u_sums_context (
    .clk_i,
    .data_i(array_context),
    .data_o(sums_context)
  );

  assign sums_context_o = sums_context;

  valid_line #(
    .Cycles(RescaleLatency)
  ) u_result_valid (
    .clk_i,
    .rst_ni,
    .valid_i(sums_valid),
    .valid_o(result_valid)
  );

  delay_line #(
    .Width (1),
    .Cycles(RescaleLatency)
  ) u_result_context (
    .clk_i,
    .data_i(sums_context),
    .data_o(result_context)
  );

  // The scores of a tile go where its last step said.

  localparam int unsigned ScoreSlotBits = 9 * Columns;

  typedef struct packed {
    logic [AddressBits-1:0]       address;
    logic [SlotBits-1:0]          slot;
    logic                         opens;
    logic                         last;
    logic [CountBits-1:0]         words;
    logic [RowCountBits-1:0]      rows;
    logic [Rows-1:0][Columns-1:0] keep;
  } score_t;

  score_t                                        score_in, score;
  logic                                          score_in_ready, score_out_valid, score_write;
  logic [Slots-1:0]                              score_slots;
  logic [Rows-1:0][Slots-1:0][ScoreSlotBits-1:0] score_data;
  logic [Slots-1:0][ScoreSlotBits-1:0]           row_data;
  logic                                          unused_row_block_last, unused_row_tag;

  assign score_in = {score_address, tile_slot, tile_opens, tile_last,
                     CountBits'(score_index) + 1'b1, tile_rows, tile_keep};
  assign score_write = result_valid && !result_context;

  stream_fifo #(
    .Width($bits(score_t)),
    .Depth(ResultLatency + 2)
  ) u_scores_in_flight (
    .clk_i,
    .rst_ni,
    .in_valid_i (score_issued),
    .in_ready_o (score_in_ready),
    .in_data_i  (score_in),
    .out_valid_o(score_out_valid),
    .out_ready_i(score_write),
    .out_data_o (score)
  );

  // The first tile of a word clears the others' places: a tile without a visible pair never comes.
  always_comb begin
    for (int unsigned s = 0; s < Slots; s++) begin
      score_slots[s] = score.opens || score.slot == SlotBits'(s);
      for (int unsigned r = 0; r < Rows; r++) begin
        score_data[r][s] = {score.keep[r] & {Columns{score.slot == SlotBits'(s)}}, results_i[r]};
      end
    end
  end

  attention_row_store #(
    .Rows    (Rows),
    .Slots   (Slots),
    .SlotBits(ScoreSlotBits),
    .Words   (Words)
  ) u_scores (
    .clk_i,
    .rst_ni,
    .space_o         (score_space),
    .address_o       (score_open_address),
    .open_i          (score_open),
    .write_i         (score_write),
    .write_address_i (score.address),
    .write_slots_i   (score_slots),
    .write_data_i    (score_data),
    .block_i         (score_write && score.last),
    .block_words_i   (score.words),
    .block_rows_i    (score.rows),
    .block_tag_i     (1'b0),
    .out_valid_o     (scores_valid_o),
    .out_ready_i     (scores_ready_i),
    .out_data_o      (row_data),
    .out_last_o      (scores_last_o),
    .out_block_last_o(unused_row_block_last),
    .out_tag_o       (unused_row_tag)
  );

  for (genvar s = 0; s < Slots; s++) begin : gen_slot
    assign {scores_keep_o[s*Columns+:Columns], scores_data_o[s*Columns+:Columns]} = row_data[s];
  end

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
    .address_i    (step_probs_address),
    .data_o       (prob_words)
  );

  // Context.

  typedef struct packed {
    logic [ContextAddressBits-1:0] address;
    logic [Rows-1:0]               visible;
    logic [LaneBits-1:0]           elements;
    logic                          block_last;
    logic                          head_last;
    logic [ContextCountBits-1:0]   words;
    logic [RowCountBits-1:0]       rows;
  } answer_t;

  answer_t                            answer_in, answer;
  logic                               answer_in_ready, answer_out_valid, answer_write;
  logic [ContextAddressBits-1:0]      context_address;
  logic [Rows-1:0][Columns-1:0][7:0]  answer_data;
  logic                               unused_context_row_last, out_block_last, out_head_last;

  assign answer_in = {context_address, complete_visible, context_elements, context_block_last,
                      context_head_last, ContextCountBits'(context_part) + 1'b1, context_rows};
  assign answer_write = result_valid && result_context;

  stream_fifo #(
    .Width($bits(answer_t)),
    .Depth(ResultLatency + 2)
  ) u_answers_in_flight (
    .clk_i,
    .rst_ni,
    .in_valid_i (context_issued),
    .in_ready_o (answer_in_ready),
    .in_data_i  (answer_in),
    .out_valid_o(answer_out_valid),
    .out_ready_i(answer_write),
    .out_data_o (answer)
  );

  always_comb begin
    for (int unsigned r = 0; r < Rows; r++) begin
      for (int unsigned c = 0; c < Columns; c++) begin
        answer_data[r][c] = answer.visible[r] && LaneBits'(c) < answer.elements ? results_i[r][c]
                                                                                : '0;
      end
    end
  end

  attention_row_store #(
    .Rows    (Rows),
    .Slots   (1),
    .SlotBits(8 * Columns),
    .Words   (ContextWords)
  ) u_context (
    .clk_i,
    .rst_ni,
    .space_o         (context_space),
    .address_o       (context_address),
    .open_i          (context_issued),
    .write_i         (answer_write),
    .write_address_i (answer.address),
    .write_slots_i   (1'b1),
    .write_data_i    (answer_data),
    .block_i         (answer_write && answer.block_last),
    .block_words_i   (answer.words),
    .block_rows_i    (answer.rows),
    .block_tag_i     (answer.head_last),
    .out_valid_o     (context_valid_o),
    .out_ready_i     (context_ready_i),
    .out_data_o      (context_data_o),
    .out_last_o      (unused_context_row_last),
    .out_block_last_o(out_block_last),
    .out_tag_o       (out_head_last)
  );

  assign context_last_o = out_block_last && out_head_last;

`ifdef SYNTHESIS
  logic unused_in_flight;
  assign unused_in_flight = ^{score_in_ready, score_out_valid, answer_in_ready, answer_out_valid,
                              block_space};
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
  `ASSERT(HeadFits, head_valid_i |-> head_tokens_i <= 16'(MaxTokens)
          && head_dimension_i <= 16'(MaxDimension))
  `ASSERT(QueriesAreAmongTokens, head_valid_i |-> head_queries_i <= head_tokens_i)
  `ASSERT(KeysAreAmongTokens, head_valid_i |-> head_keys_i <= head_tokens_i)
  `ASSERT(DimensionIsWholeSteps, head_valid_i |-> head_dimension_i % 16'(Depth) == '0)
  `ASSERT(ScoresHaveAPlace, score_issued |-> score_in_ready && block_space)
  `ASSERT(ScoresAreExpected, score_write |-> score_out_valid)
  `ASSERT(AnswersHaveAPlace, context_issued |-> answer_in_ready)
  `ASSERT(AnswersAreExpected, answer_write |-> answer_out_valid)

endmodule
