`include "cosim_assert.svh"

/// Steps through the tiles of the scores: the products of the tile's queries and keys, Depth
/// elements of their dimension a step.
/// `valid_o` says that the next step can be made; `take_i` makes it. A step names a word of keys
/// and a word of queries with the slice of it that holds the elements. `first_o` and `last_o` mark
/// a tile's first and last step. A tile begins when its keys and queries are there and a place for
/// its scores is free.
/// With a tile's last step `issued_o` goes up: there the tile has its place in the store of scores
/// and among its queries' words, which counts from 0.
module attention_score_sequencer #(
  /// Tiles' queries, 1 or more.
  parameter int unsigned Rows = 4,
  /// Elements a step, 1 or more.
  parameter int unsigned Depth = 8,
  /// Elements of the longest token, 1 or more.
  parameter int unsigned MaxDimension = 64,
  /// Bits of the address of a word of scores, 1 or more.
  parameter int unsigned AddressBits = 6,
  /// Bits of a number of elements. Derived, do not overwrite.
  localparam int unsigned DimensionBits = cosim_pkg::value_bits(64'(MaxDimension)),
  /// Bits of a step's index. Derived, do not overwrite.
  localparam int unsigned PartBits =
      cosim_pkg::index_bits(cosim_pkg::ceil_divide(MaxDimension, Depth)),
  /// Bits of the index of a word of queries. Derived, do not overwrite.
  localparam int unsigned WordBits =
      cosim_pkg::index_bits(cosim_pkg::ceil_divide(MaxDimension, Rows * Depth)),
  /// Bits of the index of a slice in its word. Derived, do not overwrite.
  localparam int unsigned SliceBits = cosim_pkg::index_bits(Rows)
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,

  // The next tile.
  input  logic                     tile_valid_i,
  output logic                     tile_ready_o,
  input  logic                     tile_opens_i,
  input  logic                     tile_last_i,
  input  logic                     tile_head_last_i,
  input  logic [DimensionBits-1:0] tile_dimension_i,

  // What it needs.
  input  logic                     queries_ready_i,
  output logic                     queries_finish_o,
  input  logic                     keys_ready_i,
  output logic                     keys_bank_o,
  output logic                     keys_finish_o,
  input  logic                     space_i,

  // Its place among the scores.
  input  logic [AddressBits-1:0]   open_address_i,
  output logic                     open_o,

  // Steps.
  output logic                     valid_o,
  input  logic                     take_i,
  output logic                     first_o,
  output logic                     last_o,
  output logic [PartBits-1:0]      part_o,
  output logic [WordBits-1:0]      word_o,
  output logic [SliceBits-1:0]     slice_o,

  // A tile that is on its way.
  output logic                     issued_o,
  output logic [AddressBits-1:0]   address_o,
  output logic [AddressBits-1:0]   index_o
);

  localparam logic [SliceBits-1:0] LastSlice = SliceBits'(Rows - 1);

  logic                   bank_d, bank_q;
  logic [DimensionBits:0] offset_d, offset_q, next_offset;
  logic [PartBits-1:0]    part_d, part_q;
  logic [WordBits-1:0]    word_d, word_q;
  logic [SliceBits-1:0]   slice_d, slice_q;
  logic [AddressBits-1:0] address_d, address_q, index_d, index_q;

  assign valid_o     = tile_valid_i && queries_ready_i && keys_ready_i && space_i;
  assign next_offset = offset_q + (DimensionBits + 1)'(Depth);
  assign first_o     = offset_q == '0;
  assign last_o      = next_offset >= {1'b0, tile_dimension_i};
  assign issued_o    = take_i && last_o;

  // The word of a tile that does not open one is that of the tile before.
  assign address_o = tile_opens_i ? open_address_i : address_q;
  assign index_o   = tile_opens_i ? index_q : index_q - 1'b1;

  always_comb begin
    bank_d    = bank_q;
    offset_d  = offset_q;
    part_d    = part_q;
    word_d    = word_q;
    slice_d   = slice_q;
    address_d = address_q;
    index_d   = index_q;
    if (take_i) begin
      offset_d = next_offset;
      part_d   = part_q + 1'b1;
      slice_d  = slice_q + 1'b1;
      if (slice_q == LastSlice) begin
        slice_d = '0;
        word_d  = word_q + 1'b1;
      end
    end
    if (issued_o) begin
      offset_d  = '0;
      part_d    = '0;
      word_d    = '0;
      slice_d   = '0;
      address_d = address_o;
      if (tile_opens_i) index_d = index_q + 1'b1;
      if (tile_last_i) index_d = '0;
      if (tile_head_last_i) bank_d = !bank_q;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      bank_q   <= 1'b0;
      offset_q <= '0;
      part_q   <= '0;
      word_q   <= '0;
      slice_q  <= '0;
      index_q  <= '0;
    end else begin
      bank_q   <= bank_d;
      offset_q <= offset_d;
      part_q   <= part_d;
      word_q   <= word_d;
      slice_q  <= slice_d;
      index_q  <= index_d;
    end
  end

  always_ff @(posedge clk_i) address_q <= address_d;

  assign tile_ready_o     = issued_o;
  assign open_o           = issued_o && tile_opens_i;
  assign queries_finish_o = issued_o && tile_last_i;
  assign keys_finish_o    = issued_o && tile_head_last_i;
  assign keys_bank_o      = bank_q;
  assign part_o           = part_q;
  assign word_o           = word_q;
  assign slice_o          = slice_q;

  `ASSERT(TakesOnlyWhatIsValid, take_i |-> valid_o)
  `ASSERT(HeadEndsWithItsQueries, (tile_valid_i && tile_head_last_i) |-> tile_last_i)
  `ASSERT(QueriesBeginWithAWord, (tile_valid_i && index_q == '0) |-> tile_opens_i)

endmodule
