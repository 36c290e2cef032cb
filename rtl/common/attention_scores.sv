`include "cosim_assert.svh"

/// Takes the scores of tiles as they are computed to the softmax, row by row.
/// A tile has its place from the moment when its last step is taken (`tile_i`): a slot in a word
/// that `open_i` has opened, only while `space_o`, at open_address_o; one whose word is open
/// already waits for `space_o`, too. Its scores come InFlight - 2 cycles later with `write_i`. The
/// first tile of a word clears the others' slots, since a tile without a visible pair never comes.
/// With the last tile of a block of Rows queries come how many words and rows it has.
/// `scores` has the rows with holes in keep, as `attention_row_store` gives them.
module attention_scores #(
  /// Queries in a tile, 1 or more.
  parameter int unsigned Rows = 4,
  /// Keys in a tile, 1 or more.
  parameter int unsigned Columns = 8,
  /// Tiles in a beat of the softmax, 1 or more.
  parameter int unsigned Slots = 2,
  /// Words of each row that are stored, a power of two, 2 or more.
  parameter int unsigned Words = 64,
  /// Tiles that can be on their way, 2 or more.
  parameter int unsigned InFlight = 16,
  /// Bits of an address. Derived, do not overwrite.
  localparam int unsigned AddressBits = cosim_pkg::index_bits(Words),
  /// Bits of a number of words. Derived, do not overwrite.
  localparam int unsigned CountBits = cosim_pkg::value_bits(64'(Words)),
  /// Bits of a tile's index in its beat of the softmax. Derived, do not overwrite.
  localparam int unsigned SlotBits = cosim_pkg::index_bits(Slots),
  /// Bits of a number of rows. Derived, do not overwrite.
  localparam int unsigned RowCountBits = cosim_pkg::value_bits(64'(Rows))
) (
  input  logic                                  clk_i,
  input  logic                                  rst_ni,

  // Words to come.
  output logic                                  space_o,
  output logic [AddressBits-1:0]                open_address_o,
  input  logic                                  open_i,

  // Tiles to come.
  input  logic                                  tile_i,
  input  logic [AddressBits-1:0]                tile_address_i,
  input  logic [SlotBits-1:0]                   tile_slot_i,
  input  logic                                  tile_opens_i,
  input  logic                                  tile_last_i,
  input  logic [CountBits-1:0]                  tile_words_i,
  input  logic [RowCountBits-1:0]               tile_rows_i,
  input  logic [Rows-1:0][Columns-1:0]          tile_keep_i,

  // Their scores.
  input  logic                                  write_i,
  input  logic [Rows-1:0][Columns-1:0][7:0]     results_i,

  // Rows.
  output logic                                  scores_valid_o,
  input  logic                                  scores_ready_i,
  output logic [Slots*Columns-1:0][7:0]         scores_data_o,
  output logic [Slots*Columns-1:0]              scores_keep_o,
  output logic                                  scores_last_o
);

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
  logic                                          score_in_ready, score_out_valid;
  logic [Slots-1:0]                              score_slots;
  logic [Rows-1:0][Slots-1:0][ScoreSlotBits-1:0] score_data;
  logic [Slots-1:0][ScoreSlotBits-1:0]           row_data;
  logic                                          unused_row_block_last, unused_row_tag;

  assign score_in = {tile_address_i, tile_slot_i, tile_opens_i, tile_last_i, tile_words_i,
                     tile_rows_i, tile_keep_i};

  stream_fifo #(
    .Width($bits(score_t)),
    .Depth(InFlight)
  ) u_scores_in_flight (
    .clk_i,
    .rst_ni,
    .in_valid_i (tile_i),
    .in_ready_o (score_in_ready),
    .in_data_i  (score_in),
    .out_valid_o(score_out_valid),
    .out_ready_i(write_i),
    .out_data_o (score)
  );

  // The first tile of a word clears the others' places.
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
    .space_o,
    .address_o       (open_address_o),
    .open_i,
    .write_i,
    .write_address_i (score.address),
    .write_slots_i   (score_slots),
    .write_data_i    (score_data),
    .block_i         (write_i && score.last),
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

`ifdef SYNTHESIS
  logic unused_in_flight;
  assign unused_in_flight = score_in_ready ^ score_out_valid;
`endif

  `ASSERT(ScoresHaveAPlace, tile_i |-> score_in_ready)
  `ASSERT(ScoresAreExpected, write_i |-> score_out_valid)

endmodule
