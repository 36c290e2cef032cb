`include "cosim_assert.svh"

/// Lists the tiles of attention that hold a visible pair of query and key, so that the others cost
/// nothing. A tile is Rows queries (in decode 1) by Columns keys; tiles come in the order of the
/// queries, then of the keys.
/// Query i of a head stands at position tokens - queries + i. Key j is visible to it where
///   j < keys  and  (not causal, or j <= the query's position)  and  (not masked, or mask[i][j]).
/// Each tile comes with its visible pairs and with the number of tokens that must have come before
/// it is computed (the head's last one needs them all). Queries that see no key at all share one
/// tile without a visible pair, so that each has an answer.
/// Looks at one tile a cycle, from key 0 to the last that length and causality leave, and takes a
/// cycle more for each block of queries and for each head. `tile` comes from a FIFO.
module attention_scanner #(
  /// Queries in a tile, 1 or more.
  parameter int unsigned Rows = 4,
  /// Keys in a tile, 1 or more.
  parameter int unsigned Columns = 8,
  /// Tiles in a word of the mask, 1 or more.
  parameter int unsigned MaskTiles = 8,
  /// Tiles in a beat of the softmax, 1 or more.
  parameter int unsigned Slots = 2,
  /// Tokens of the longest head, 1 or more.
  parameter int unsigned MaxTokens = 512,
  /// Elements of the longest token, 1 or more.
  parameter int unsigned MaxDimension = 64,
  /// Bits of a number of tokens. Derived, do not overwrite.
  localparam int unsigned TokenBits = cosim_pkg::value_bits(64'(MaxTokens)),
  /// Bits of a number of elements. Derived, do not overwrite.
  localparam int unsigned DimensionBits = cosim_pkg::value_bits(64'(MaxDimension)),
  /// Bits of a tile's index along the keys. Derived, do not overwrite.
  localparam int unsigned BlockBits =
      cosim_pkg::index_bits(cosim_pkg::ceil_divide(MaxTokens, Columns)),
  /// Bits of a tile's index in its beat of the softmax. Derived, do not overwrite.
  localparam int unsigned SlotBits = cosim_pkg::index_bits(Slots),
  /// Bits of a number of rows. Derived, do not overwrite.
  localparam int unsigned RowCountBits = cosim_pkg::value_bits(64'(Rows)),
  /// Bits of the index of a word of the mask. Derived, do not overwrite.
  localparam int unsigned WordBits =
      cosim_pkg::index_bits(cosim_pkg::ceil_divide(MaxTokens, Columns * MaskTiles))
) (
  input  logic                                             clk_i,
  input  logic                                             rst_ni,

  // Heads.
  input  logic                                             head_valid_i,
  output logic                                             head_ready_o,
  input  logic [TokenBits-1:0]                             head_queries_i,
  input  logic [TokenBits-1:0]                             head_tokens_i,
  input  logic [TokenBits-1:0]                             head_keys_i,
  input  logic [DimensionBits-1:0]                         head_dimension_i,
  input  logic                                             head_causal_i,
  input  logic                                             head_decode_i,
  input  logic                                             head_masked_i,

  // The mask's block of rows that is next.
  input  logic                                             mask_ready_i,
  output logic                                             mask_finish_o,
  output logic [WordBits-1:0]                              mask_word_o,
  input  logic [Rows-1:0][MaskTiles-1:0][Columns-1:0]      mask_data_i,

  // Tiles: their index along the keys, place in a beat of the softmax, whether they are the first
  // of such a beat, the last of their queries, the last of their head; the number of queries.
  output logic                                             tile_valid_o,
  input  logic                                             tile_ready_i,
  output logic [BlockBits-1:0]                             tile_block_o,
  output logic [SlotBits-1:0]                              tile_slot_o,
  output logic                                             tile_opens_o,
  output logic                                             tile_last_o,
  output logic                                             tile_head_last_o,
  output logic [RowCountBits-1:0]                          tile_rows_o,
  output logic [TokenBits-1:0]                             tile_needed_o,
  output logic [DimensionBits-1:0]                         tile_dimension_o,
  output logic [Rows-1:0][Columns-1:0]                     tile_keep_o
);

  // Blocks of queries cannot be longer than a head.
  localparam int unsigned BlockRows = cosim_pkg::minimum(Rows, MaxTokens);
  localparam int unsigned Bits =
      cosim_pkg::value_bits(64'(MaxTokens) + 64'(Rows) + 64'(Columns));
  localparam int unsigned MaskTileBits = cosim_pkg::index_bits(MaskTiles);
  localparam logic [SlotBits-1:0] LastSlot = SlotBits'(Slots - 1);
  localparam logic [MaskTileBits-1:0] LastMaskTile = MaskTileBits'(MaskTiles - 1);

  typedef enum logic [1:0] {Idle, Scan, Flush} state_e;

  typedef struct packed {
    logic [BlockBits-1:0]         block;
    logic [SlotBits-1:0]          slot;
    logic                         opens;
    logic [TokenBits-1:0]         needed;
    logic [Rows-1:0][Columns-1:0] keep;
  } tile_t;

  typedef struct packed {
    tile_t                    tile;
    logic                     last;
    logic                     head_last;
    logic [RowCountBits-1:0]  rows;
    logic [DimensionBits-1:0] dimension;
  } entry_t;

  state_e                   state_d, state_q;
  logic [TokenBits-1:0]     left_d, left_q, tokens_d, tokens_q, keys_d, keys_q;
  logic [TokenBits-1:0]     position_d, position_q;
  logic [DimensionBits-1:0] dimension_d, dimension_q;
  logic                     causal_d, causal_q, decode_d, decode_q, masked_d, masked_q;
  logic [Bits-1:0]          key_d, key_q, key_end;
  logic [BlockBits-1:0]     block_d, block_q;
  logic [SlotBits-1:0]      slot_d, slot_q;
  logic [WordBits-1:0]      word_d, word_q;
  logic [MaskTileBits-1:0]  mask_tile_d, mask_tile_q;
  logic                     open_d, open_q, held_valid_d, held_valid_q;
  tile_t                    held_d, held_q, found;
  entry_t                   entry, out_entry;
  logic                     start, scan, live, push, fifo_ready;

  // The block of queries.

  logic [TokenBits-1:0]    block_rows;
  logic [RowCountBits-1:0] rows;
  logic [Bits-1:0]         causal_end, visible_end;
  logic                    head_last;

  always_comb begin
    block_rows = left_q;
    if (left_q >= TokenBits'(BlockRows)) block_rows = TokenBits'(BlockRows);
    if (decode_q) block_rows = TokenBits'(1);
  end

  assign rows        = RowCountBits'(block_rows);
  assign head_last   = left_q == block_rows;
  assign causal_end  = Bits'(position_q) + Bits'(block_rows);
  assign visible_end = causal_q && causal_end < Bits'(keys_q) ? causal_end : Bits'(keys_q);

  // The tile.

  logic [Rows-1:0][Columns-1:0] keep;

  assign key_end = key_q + Bits'(Columns);
  assign scan    = state_q == Scan && fifo_ready && (!masked_q || mask_ready_i);

  for (genvar r = 0; r < Rows; r++) begin : gen_row
    for (genvar c = 0; c < Columns; c++) begin : gen_column
      logic in_row, in_keys, in_past, in_mask;

      assign in_row  = RowCountBits'(r) < rows;
      assign in_keys = key_q + Bits'(c) < Bits'(keys_q);
      assign in_past = !causal_q || key_q + Bits'(c) <= Bits'(position_q) + Bits'(r);
      assign in_mask = !masked_q || mask_data_i[r][mask_tile_q][c];

      assign keep[r][c] = in_row && in_keys && in_past && in_mask;
    end
  end

  always_comb begin
    found.block  = block_q;
    found.slot   = slot_q;
    found.opens  = !open_q;
    found.needed = key_end < visible_end ? key_end[TokenBits-1:0] : visible_end[TokenBits-1:0];
    found.keep   = keep;
  end

  assign live = keep != '0;

  // A tile is held until it is known whether another follows.

  always_comb begin
    entry            = '0;
    entry.rows       = rows;
    entry.dimension  = dimension_q;
    entry.tile.opens = 1'b1;
    if (held_valid_q) entry.tile = held_q;
    if (state_q == Flush) begin
      entry.last      = 1'b1;
      entry.head_last = head_last;
      if (head_last) entry.tile.needed = tokens_q;
    end
  end

  assign head_ready_o  = state_q == Idle;
  assign start         = head_valid_i && head_ready_o;
  assign push          = fifo_ready && (state_q == Flush || (scan && live && held_valid_q));
  assign mask_finish_o = state_q == Flush && fifo_ready && masked_q;
  assign mask_word_o   = word_q;

  always_comb begin
    state_d      = state_q;
    left_d       = left_q;
    tokens_d     = tokens_q;
    keys_d       = keys_q;
    position_d   = position_q;
    dimension_d  = dimension_q;
    causal_d     = causal_q;
    decode_d     = decode_q;
    masked_d     = masked_q;
    key_d        = key_q;
    block_d      = block_q;
    slot_d       = slot_q;
    word_d       = word_q;
    mask_tile_d  = mask_tile_q;
    open_d       = open_q;
    held_valid_d = held_valid_q;
    held_d       = held_q;
    if (scan) begin
      if (live) begin
        held_d       = found;
        held_valid_d = 1'b1;
        open_d       = 1'b1;
      end
      key_d       = key_end;
      block_d     = block_q + 1'b1;
      slot_d      = slot_q + 1'b1;
      mask_tile_d = mask_tile_q + 1'b1;
      if (slot_q == LastSlot) begin
        slot_d = '0;
        open_d = 1'b0;
      end
      if (mask_tile_q == LastMaskTile) begin
        mask_tile_d = '0;
        word_d      = word_q + 1'b1;
      end
      if (key_end >= visible_end) state_d = Flush;
    end
    if (state_q == Flush && push) begin
      state_d    = head_last ? Idle : Scan;
      left_d     = left_q - block_rows;
      position_d = position_q + block_rows;
    end
    if (start) begin
      state_d     = Scan;
      left_d      = head_queries_i;
      tokens_d    = head_tokens_i;
      keys_d      = head_keys_i;
      position_d  = head_tokens_i - head_queries_i;
      dimension_d = head_dimension_i;
      causal_d    = head_causal_i;
      decode_d    = head_decode_i;
      masked_d    = head_masked_i;
    end
    if (start || (state_q == Flush && push)) begin
      key_d        = '0;
      block_d      = '0;
      slot_d       = '0;
      word_d       = '0;
      mask_tile_d  = '0;
      open_d       = 1'b0;
      held_valid_d = 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) state_q <= Idle;
    else state_q <= state_d;
  end

  always_ff @(posedge clk_i) begin
    left_q       <= left_d;
    tokens_q     <= tokens_d;
    keys_q       <= keys_d;
    position_q   <= position_d;
    dimension_q  <= dimension_d;
    causal_q     <= causal_d;
    decode_q     <= decode_d;
    masked_q     <= masked_d;
    key_q        <= key_d;
    block_q      <= block_d;
    slot_q       <= slot_d;
    word_q       <= word_d;
    mask_tile_q  <= mask_tile_d;
    open_q       <= open_d;
    held_valid_q <= held_valid_d;
    held_q       <= held_d;
  end

  stream_fifo #(
    .Width($bits(entry_t)),
    .Depth(16)
  ) u_tiles (
    .clk_i,
    .rst_ni,
    .in_valid_i (push),
    .in_ready_o (fifo_ready),
    .in_data_i  (entry),
    .out_valid_o(tile_valid_o),
    .out_ready_i(tile_ready_i),
    .out_data_o (out_entry)
  );

  assign tile_block_o     = out_entry.tile.block;
  assign tile_slot_o      = out_entry.tile.slot;
  assign tile_opens_o     = out_entry.tile.opens;
  assign tile_last_o      = out_entry.last;
  assign tile_head_last_o = out_entry.head_last;
  assign tile_rows_o      = out_entry.rows;
  assign tile_needed_o    = out_entry.tile.needed;
  assign tile_dimension_o = out_entry.dimension;
  assign tile_keep_o      = out_entry.tile.keep;

  `ASSERT(QueriesAreAmongTokens,
          head_valid_i |-> head_queries_i != '0 && head_queries_i <= head_tokens_i)
  `ASSERT(KeysAreAmongTokens, head_valid_i |-> head_keys_i <= head_tokens_i)
  `ASSERT(HeadIsNotTooLong, head_valid_i |-> head_tokens_i <= TokenBits'(MaxTokens))
  `ASSERT(DecodeIsCausal, (head_valid_i && head_decode_i) |-> head_causal_i)

endmodule
