`include "cosim_assert.svh"

/// Collects the rows of probabilities that the softmax gives one by one into blocks of up to Rows
/// rows, of which a word, that is a beat of every row, is read at a time.
/// The number of rows of each block is announced by a beat of `block` and its rows come in `in`,
/// all of them of the same number of beats, at most half of Words. `ready_o` says that a block is
/// complete, words_o how many beats a row of it has, and visible_o which of its rows kept an
/// element. `finish_i` goes on to the next; a read in the next cycle still gives the block before.
/// The first word of the first block is at address 0 and each block follows the one before, modulo
/// Words.
/// One beat a cycle; a read takes 1 cycle. Space comes back with `finish_i`.
module attention_prob_store #(
  /// Rows of a block, 1 or more.
  parameter int unsigned Rows = 4,
  /// Elements in a beat, 1 or more.
  parameter int unsigned Lanes = 16,
  /// Bits of an element, 1 or more.
  parameter int unsigned Bits = 8,
  /// Words that are stored, a power of two, 2 or more.
  parameter int unsigned Words = 64,
  /// Bits of an address. Derived, do not overwrite.
  localparam int unsigned AddressBits = cosim_pkg::index_bits(Words),
  /// Bits of a number of words. Derived, do not overwrite.
  localparam int unsigned CountBits = cosim_pkg::value_bits(64'(Words)),
  /// Bits of a number of rows. Derived, do not overwrite.
  localparam int unsigned RowCountBits = cosim_pkg::value_bits(64'(Rows))
) (
  input  logic                                 clk_i,
  input  logic                                 rst_ni,

  // Blocks to come.
  input  logic                                 block_valid_i,
  output logic                                 block_ready_o,
  input  logic [RowCountBits-1:0]              block_rows_i,

  // Their rows.
  input  logic                                 in_valid_i,
  output logic                                 in_ready_o,
  input  logic [Lanes-1:0][Bits-1:0]           in_data_i,
  input  logic [Lanes-1:0]                     in_keep_i,
  input  logic                                 in_last_i,

  // The oldest complete block.
  output logic                                 ready_o,
  output logic [AddressBits-1:0]               words_o,
  output logic [Rows-1:0]                      visible_o,
  input  logic                                 finish_i,

  // Reads.
  input  logic [AddressBits-1:0]               address_i,
  output logic [Rows-1:0][Lanes-1:0][Bits-1:0] data_o
);

  localparam int unsigned RowBits = cosim_pkg::index_bits(Rows);
  localparam logic [CountBits-1:0] FullCount = CountBits'(Words);

  logic [AddressBits-1:0] base_d, base_q, write_address;
  logic [CountBits-1:0]   used_d, used_q, word_d, word_q, words;
  logic [RowBits-1:0]     row_d, row_q;
  logic [Rows-1:0]        visible_d, visible_q, visible;
  logic                   write, row_done, block_done, complete_ready;

  assign in_ready_o    = block_valid_i && used_q + word_q < FullCount;
  assign write         = in_valid_i && in_ready_o;
  assign words         = word_q + 1'b1;
  assign row_done      = write && in_last_i;
  assign block_done    = row_done && RowCountBits'(row_q) + 1'b1 == block_rows_i;
  assign block_ready_o = block_done;
  assign write_address = base_q + AddressBits'(word_q);

  always_comb begin
    visible = visible_q;
    if (write && in_keep_i != '0) visible[row_q] = 1'b1;
  end

  always_comb begin
    base_d    = base_q;
    used_d    = used_q;
    word_d    = word_q;
    row_d     = row_q;
    visible_d = visible;
    if (write) word_d = words;
    if (row_done) begin
      word_d = '0;
      row_d  = row_q + 1'b1;
    end
    if (block_done) begin
      row_d     = '0;
      visible_d = '0;
      base_d    = base_q + AddressBits'(words);
      used_d    = used_d + words;
    end
    if (finish_i) used_d = used_d - CountBits'(words_o);
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      base_q    <= '0;
      used_q    <= '0;
      word_q    <= '0;
      row_q     <= '0;
      visible_q <= '0;
    end else begin
      base_q    <= base_d;
      used_q    <= used_d;
      word_q    <= word_d;
      row_q     <= row_d;
      visible_q <= visible_d;
    end
  end

  stream_fifo #(
    .Width(AddressBits + Rows),
    .Depth(Words)
  ) u_complete (
    .clk_i,
    .rst_ni,
    .in_valid_i (block_done),
    .in_ready_o (complete_ready),
    .in_data_i  ({words[AddressBits-1:0], visible}),
    .out_valid_o(ready_o),
    .out_ready_i(finish_i),
    .out_data_o ({words_o, visible_o})
  );

  for (genvar r = 0; r < Rows; r++) begin : gen_row
    (* ram_style = "auto" *)
    logic [Lanes*Bits-1:0] memory [Words];
    logic [Lanes*Bits-1:0] data_q;

    always_ff @(posedge clk_i) begin
      if (write && row_q == RowBits'(r)) memory[write_address] <= in_data_i;
    end

    always_ff @(posedge clk_i) data_q <= memory[address_i];

    assign data_o[r] = data_q;
  end

`ifdef SYNTHESIS
  logic unused_complete_ready;
  assign unused_complete_ready = complete_ready;
`endif

  `ASSERT_PARAMETER(Words, Words >= 2 && Words == 1 << $clog2(Words),
                    "Words must be a power of two, 2 or more")
  `ASSERT(BlockHasAPlace, block_done |-> complete_ready)
  `ASSERT(BlockIsNotTooLong, write |-> words <= CountBits'(Words / 2))
  `ASSERT(FinishesWhatIsComplete, finish_i |-> ready_o)

endmodule
