`include "cosim_assert.svh"

/// What attention multiplies: the tiles of each head that hold a visible pair, in the order of
/// `attention_scanner`, and the queries, keys and values that their steps read.
/// `head` announces a head to all who need to know; `q`, `k`, `v` and `mask` (for masked heads
/// only) follow, each token or query in whole beats. Keys and values of the next head load while
/// this one is read.
/// A step of the scores names a word of queries with its slice, and the part of the keys of the
/// present tile; queries_o are there a cycle later, keys_o two. A step of the context names values
/// a cycle later than it is made, and has them another cycle later.
/// ready says of the present block or tile that what it needs has come; finish lets it go.
module attention_operands #(
  /// Queries in a tile, 1...16.
  parameter int unsigned Rows = 4,
  /// Keys in a tile, a multiple of Depth.
  parameter int unsigned Columns = 8,
  /// Products that are summed in a step, 1 or more.
  parameter int unsigned Depth = 8,
  /// Tiles in a beat of the softmax, 1 or more.
  parameter int unsigned Slots = 2,
  /// Tokens of the longest head, 1 or more.
  parameter int unsigned MaxTokens = 512,
  /// Elements of the longest token, a multiple of Depth.
  parameter int unsigned MaxDimension = 64,
  /// Bits of a number of tokens. Derived, do not overwrite.
  localparam int unsigned TokenBits = cosim_pkg::value_bits(64'(MaxTokens)),
  /// Bits of a number of elements. Derived, do not overwrite.
  localparam int unsigned DimensionBits = cosim_pkg::value_bits(64'(MaxDimension)),
  /// Bits of a number of rows. Derived, do not overwrite.
  localparam int unsigned RowCountBits = cosim_pkg::value_bits(64'(Rows)),
  /// Bits of a tile's index along the keys. Derived, do not overwrite.
  localparam int unsigned BlockBits =
      cosim_pkg::index_bits(cosim_pkg::ceil_divide(MaxTokens, Columns)),
  /// Bits of a tile's index in its beat of the softmax. Derived, do not overwrite.
  localparam int unsigned SlotBits = cosim_pkg::index_bits(Slots),
  /// Bits of the index of Depth elements of a key. Derived, do not overwrite.
  localparam int unsigned KeyPartBits =
      cosim_pkg::index_bits(cosim_pkg::ceil_divide(MaxDimension, Depth)),
  /// Bits of the index of Depth tokens. Derived, do not overwrite.
  localparam int unsigned ValueStepBits =
      cosim_pkg::index_bits(cosim_pkg::ceil_divide(MaxTokens, Depth)),
  /// Bits of the index of Columns elements of a value. Derived, do not overwrite.
  localparam int unsigned ValuePartBits =
      cosim_pkg::index_bits(cosim_pkg::ceil_divide(MaxDimension, Columns)),
  /// Bits of the index of a word of queries. Derived, do not overwrite.
  localparam int unsigned WordBits =
      cosim_pkg::index_bits(cosim_pkg::ceil_divide(MaxDimension, Rows * Depth)),
  /// Bits of the index of a slice of that. Derived, do not overwrite.
  localparam int unsigned SliceBits = cosim_pkg::index_bits(Rows)
) (
  input  logic                                clk_i,
  input  logic                                rst_ni,

  // Heads.
  input  logic                                head_valid_i,
  output logic                                head_ready_o,
  input  logic [15:0]                         head_queries_i,
  input  logic [15:0]                         head_tokens_i,
  input  logic [15:0]                         head_dimension_i,
  input  logic [15:0]                         head_keys_i,
  input  logic                                head_causal_i,
  input  logic                                head_decode_i,
  input  logic                                head_masked_i,

  // Their tensors.
  input  logic                                q_valid_i,
  output logic                                q_ready_o,
  input  logic [Rows*Depth-1:0][7:0]          q_data_i,

  input  logic                                k_valid_i,
  output logic                                k_ready_o,
  input  logic [Depth-1:0][7:0]               k_data_i,

  input  logic                                v_valid_i,
  output logic                                v_ready_o,
  input  logic [Columns-1:0][7:0]             v_data_i,

  input  logic                                mask_valid_i,
  output logic                                mask_ready_o,
  input  logic [Columns*Depth-1:0]            mask_data_i,

  // Tiles.
  output logic                                tile_valid_o,
  input  logic                                tile_ready_i,
  output logic [BlockBits-1:0]                tile_block_o,
  output logic [SlotBits-1:0]                 tile_slot_o,
  output logic                                tile_opens_o,
  output logic                                tile_last_o,
  output logic                                tile_head_last_o,
  output logic [RowCountBits-1:0]             tile_rows_o,
  output logic [TokenBits-1:0]                tile_needed_o,
  output logic [DimensionBits-1:0]            tile_dimension_o,
  output logic [Rows-1:0][Columns-1:0]        tile_keep_o,

  // Queries.
  output logic                                queries_ready_o,
  input  logic                                queries_finish_i,
  input  logic [WordBits-1:0]                 query_word_i,
  input  logic [SliceBits-1:0]                query_slice_i,
  output logic [Rows-1:0][Depth-1:0][7:0]     queries_o,

  // Keys.
  input  logic                                keys_bank_i,
  output logic                                keys_ready_o,
  input  logic                                keys_finish_i,
  input  logic [KeyPartBits-1:0]              key_part_i,
  output logic [Columns-1:0][Depth-1:0][7:0]  keys_o,

  // Values.
  input  logic                                values_bank_i,
  input  logic [TokenBits-1:0]                values_needed_i,
  output logic                                values_ready_o,
  input  logic                                values_finish_i,
  input  logic                                value_bank_i,
  input  logic [ValueStepBits-1:0]            value_step_i,
  input  logic [ValuePartBits-1:0]            value_part_i,
  output logic [Depth-1:0][Columns-1:0][7:0]  values_o
);

  localparam int unsigned MaskWordBits =
      cosim_pkg::index_bits(cosim_pkg::ceil_divide(MaxTokens, Columns * Depth));

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

  logic                               mask_ready, mask_finish, mask_bank;
  logic [MaskWordBits-1:0]            mask_word;
  logic [Rows-1:0][Columns*Depth-1:0] mask_words;

  // A head without a mask has no beats of it: it passes where a mask could begin, in one cycle. The
  // scanner takes longer than that over each head, and so never waits for it.
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
    .head_ready_o (copy_taken[4]),
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
    .tile_valid_o,
    .tile_ready_i,
    .tile_block_o,
    .tile_slot_o,
    .tile_opens_o,
    .tile_last_o,
    .tile_head_last_o,
    .tile_rows_o,
    .tile_needed_o,
    .tile_dimension_o,
    .tile_keep_o
  );

  // Queries, keys and values.

  logic                                       queries_bank, query_bank_q, key_bank_q;
  logic [WordBits-1:0]                        query_word_q;
  logic [SliceBits-1:0]                       query_slice_q;
  logic [BlockBits-1:0]                       key_block_q;
  logic [KeyPartBits-1:0]                     key_part_q;
  logic [Rows-1:0][Rows-1:0][Depth-1:0][7:0]  query_words;

  always_ff @(posedge clk_i) begin
    query_bank_q  <= queries_bank;
    query_word_q  <= query_word_i;
    query_slice_q <= query_slice_i;
    key_bank_q    <= keys_bank_i;
    key_block_q   <= tile_block_o;
    key_part_q    <= key_part_i;
  end

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
    .ready_o      (queries_ready_o),
    .bank_o       (queries_bank),
    .finish_i     (queries_finish_i),
    .read_bank_i  (query_bank_q),
    .word_i       (query_word_q),
    .data_o       (query_words)
  );

  for (genvar r = 0; r < Rows; r++) begin : gen_query
    assign queries_o[r] = query_words[r][query_slice_q];
  end

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
    .bank_i          (keys_bank_i),
    .needed_i        (tile_needed_o),
    .ready_o         (keys_ready_o),
    .finish_i        (keys_finish_i),
    .read_bank_i     (key_bank_q),
    .block_i         (key_block_q),
    .part_i          (key_part_q),
    .data_o          (keys_o)
  );

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
    .bank_i          (values_bank_i),
    .needed_i        (values_needed_i),
    .ready_o         (values_ready_o),
    .finish_i        (values_finish_i),
    .read_bank_i     (value_bank_i),
    .block_i         (value_step_i),
    .part_i          (value_part_i),
    .data_o          (values_o)
  );

  `ASSERT(HeadFits, head_valid_i |-> head_tokens_i <= 16'(MaxTokens)
          && head_dimension_i <= 16'(MaxDimension))
  `ASSERT(QueriesAreAmongTokens, head_valid_i |-> head_queries_i <= head_tokens_i)
  `ASSERT(KeysAreAmongTokens, head_valid_i |-> head_keys_i <= head_tokens_i)
  `ASSERT(DimensionIsWholeSteps, head_valid_i |-> head_dimension_i % 16'(Depth) == '0)

endmodule
