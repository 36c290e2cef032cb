`include "cosim_assert.svh"

/// Turns blocks of Rows rows, which come a column of words at a time, into a stream of rows.
/// A block is one or more words, each a word of every row; a word is Slots slots. The writer opens
/// a word with `open_i`, only while `space_o`, and finds its place in `address_o`; it writes the
/// slots of write_slots_i later, in any order and more than once. `block_i` comes with the block's
/// last write and says how many words it had and how many rows of it go out, the first ones, and
/// gives it a tag. Blocks complete in the order of their words.
/// `out` has the words of the block's first row, then those of its second, and so on; last marks
/// a row's last word, block_last the last of all, tag is the block's.
/// Begins to give a block 5 cycles after it is complete; one word a cycle. A block's space comes
/// back when all of it has been read.
module attention_row_store #(
  /// Rows of a block, 1 or more.
  parameter int unsigned Rows = 4,
  /// Slots of a word, 1 or more.
  parameter int unsigned Slots = 2,
  /// Bits of a slot, 1 or more.
  parameter int unsigned SlotBits = 72,
  /// Words of each row that are stored, a power of two, 2 or more.
  parameter int unsigned Words = 64,
  /// Bits of an address. Derived, do not overwrite.
  localparam int unsigned AddressBits = cosim_pkg::index_bits(Words),
  /// Bits of a number of words. Derived, do not overwrite.
  localparam int unsigned CountBits = cosim_pkg::value_bits(64'(Words)),
  /// Bits of a number of rows. Derived, do not overwrite.
  localparam int unsigned RowCountBits = cosim_pkg::value_bits(64'(Rows))
) (
  input  logic                                     clk_i,
  input  logic                                     rst_ni,

  // Words to come.
  output logic                                     space_o,
  output logic [AddressBits-1:0]                   address_o,
  input  logic                                     open_i,

  // Writes.
  input  logic                                     write_i,
  input  logic [AddressBits-1:0]                   write_address_i,
  input  logic [Slots-1:0]                         write_slots_i,
  input  logic [Rows-1:0][Slots-1:0][SlotBits-1:0] write_data_i,

  // Blocks that are complete.
  input  logic                                     block_i,
  input  logic [CountBits-1:0]                     block_words_i,
  input  logic [RowCountBits-1:0]                  block_rows_i,
  input  logic                                     block_tag_i,

  // Rows.
  output logic                                     out_valid_o,
  input  logic                                     out_ready_i,
  output logic [Slots-1:0][SlotBits-1:0]           out_data_o,
  output logic                                     out_last_o,
  output logic                                     out_block_last_o,
  output logic                                     out_tag_o
);

  localparam int unsigned RowBits = cosim_pkg::index_bits(Rows);
  localparam logic [CountBits-1:0] FullCount = CountBits'(Words);

  // The ring of words.

  logic [AddressBits-1:0] open_address_d, open_address_q, base_d, base_q;
  logic [CountBits-1:0]   used_d, used_q;
  logic                   free;

  // The block that goes out.

  logic                    block_valid, blocks_ready, block_tag;
  logic [CountBits-1:0]    block_words;
  logic [RowCountBits-1:0] block_rows;
  logic [CountBits-1:0]    word_d, word_q;
  logic [RowBits-1:0]      row_d, row_q, read_row_q;
  logic                    read, last_word, last_row, unused_result_valid, unused_in_ready;
  logic [AddressBits-1:0]  read_address;

  logic [Rows-1:0][Slots-1:0][SlotBits-1:0] read_data;
  logic [2:0]                               read_place_q;

  stream_fifo #(
    .Width(CountBits + RowCountBits + 1),
    .Depth(Words)
  ) u_blocks (
    .clk_i,
    .rst_ni,
    .in_valid_i (block_i),
    .in_ready_o (blocks_ready),
    .in_data_i  ({block_words_i, block_rows_i, block_tag_i}),
    .out_valid_o(block_valid),
    .out_ready_i(free),
    .out_data_o ({block_words, block_rows, block_tag})
  );

  assign last_word    = word_q + 1'b1 == block_words;
  assign last_row     = RowCountBits'(row_q) + 1'b1 == block_rows;
  assign free         = read && last_word && last_row;
  assign read_address = base_q + AddressBits'(word_q);

  always_comb begin
    open_address_d = open_address_q;
    base_d         = base_q;
    used_d         = used_q;
    word_d         = word_q;
    row_d          = row_q;
    if (open_i) begin
      open_address_d = open_address_q + 1'b1;
      used_d         = used_d + 1'b1;
    end
    if (read) begin
      word_d = last_word ? '0 : word_q + 1'b1;
      if (last_word) row_d = last_row ? '0 : row_q + 1'b1;
    end
    if (free) begin
      base_d = base_q + AddressBits'(block_words);
      used_d = used_d - block_words;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      open_address_q <= '0;
      base_q         <= '0;
      used_q         <= '0;
      word_q         <= '0;
      row_q          <= '0;
    end else begin
      open_address_q <= open_address_d;
      base_q         <= base_d;
      used_q         <= used_d;
      word_q         <= word_d;
      row_q          <= row_d;
    end
  end

  assign space_o   = used_q != FullCount;
  assign address_o = open_address_q;

  for (genvar r = 0; r < Rows; r++) begin : gen_row
    for (genvar s = 0; s < Slots; s++) begin : gen_slot
      (* ram_style = "auto" *)
      logic [SlotBits-1:0] memory [Words];
      logic [SlotBits-1:0] data_q;

      always_ff @(posedge clk_i) begin
        if (write_i && write_slots_i[s]) memory[write_address_i] <= write_data_i[r][s];
      end

      always_ff @(posedge clk_i) data_q <= memory[read_address];

      assign read_data[r][s] = data_q;
    end
  end

  always_ff @(posedge clk_i) begin
    read_row_q   <= row_q;
    read_place_q <= {last_word, last_word && last_row, block_tag};
  end

  pipeline_guard #(
    .Width  (Slots * SlotBits + 3),
    .Latency(1)
  ) u_guard (
    .clk_i,
    .rst_ni,
    .in_valid_i    (block_valid),
    .in_ready_o    (unused_in_ready),
    .accept_o      (read),
    .result_valid_o(unused_result_valid),
    .result_i      ({read_data[read_row_q], read_place_q}),
    .out_valid_o,
    .out_ready_i,
    .out_data_o    ({out_data_o, out_last_o, out_block_last_o, out_tag_o})
  );

`ifdef SYNTHESIS
  logic unused_blocks_ready;
  assign unused_blocks_ready = blocks_ready;
`endif

  `ASSERT_PARAMETER(Words, Words >= 2 && Words == 1 << $clog2(Words),
                    "Words must be a power of two, 2 or more")
  `ASSERT(OpensOnlyWhereSpaceIs, open_i |-> space_o)
  `ASSERT(BlockHasAPlace, block_i |-> blocks_ready)
  `ASSERT(BlockHasWordsAndRows, block_i |-> block_words_i != '0 && block_rows_i != '0)
  `ASSERT(BlockHasItsWords, block_valid |-> block_words <= used_q)

endmodule
