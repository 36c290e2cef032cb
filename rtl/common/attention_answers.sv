`include "cosim_assert.svh"

/// Takes the context of blocks of queries as it is computed to the output, query by query.
/// Columns elements of every query of a block have their place from the moment when their last step
/// is taken (`part_i`, only while `space_o`); they come InFlight - 2 cycles later with `write_i`.
/// What there is no such element of, and queries that see no key, become 0. With a block's last
/// elements come how many words and rows it has, and whether it is its head's last.
/// `context` has the beats of one query after another, last with a head's last beat.
module attention_answers #(
  /// Queries in a block, 1 or more.
  parameter int unsigned Rows = 4,
  /// Elements in a beat, 1 or more.
  parameter int unsigned Columns = 8,
  /// Words of each row that are stored, a power of two, 2 or more.
  parameter int unsigned Words = 32,
  /// Words that can be on their way, 2 or more.
  parameter int unsigned InFlight = 16,
  /// Bits of an address. Derived, do not overwrite.
  localparam int unsigned AddressBits = cosim_pkg::index_bits(Words),
  /// Bits of a number of words. Derived, do not overwrite.
  localparam int unsigned CountBits = cosim_pkg::value_bits(64'(Words)),
  /// Bits of a number of elements in a beat. Derived, do not overwrite.
  localparam int unsigned LaneBits = cosim_pkg::value_bits(64'(Columns)),
  /// Bits of a number of rows. Derived, do not overwrite.
  localparam int unsigned RowCountBits = cosim_pkg::value_bits(64'(Rows))
) (
  input  logic                              clk_i,
  input  logic                              rst_ni,

  // Elements to come.
  output logic                              space_o,
  input  logic                              part_i,
  input  logic [Rows-1:0]                   part_visible_i,
  input  logic [LaneBits-1:0]               part_elements_i,
  input  logic                              part_block_last_i,
  input  logic                              part_head_last_i,
  input  logic [CountBits-1:0]              part_words_i,
  input  logic [RowCountBits-1:0]           part_rows_i,

  // They themselves.
  input  logic                              write_i,
  input  logic [Rows-1:0][Columns-1:0][7:0] results_i,

  // Output stream.
  output logic                              context_valid_o,
  input  logic                              context_ready_i,
  output logic [Columns-1:0][7:0]           context_data_o,
  output logic                              context_last_o
);

  typedef struct packed {
    logic [AddressBits-1:0]  address;
    logic [Rows-1:0]         visible;
    logic [LaneBits-1:0]     elements;
    logic                    block_last;
    logic                    head_last;
    logic [CountBits-1:0]    words;
    logic [RowCountBits-1:0] rows;
  } answer_t;

  answer_t                           answer_in, answer;
  logic                              answer_in_ready, answer_out_valid;
  logic [AddressBits-1:0]            context_address;
  logic [Rows-1:0][Columns-1:0][7:0] answer_data;
  logic                              unused_row_last, out_block_last, out_head_last;

  assign answer_in = {context_address, part_visible_i, part_elements_i, part_block_last_i,
                      part_head_last_i, part_words_i, part_rows_i};

  stream_fifo #(
    .Width($bits(answer_t)),
    .Depth(InFlight)
  ) u_answers_in_flight (
    .clk_i,
    .rst_ni,
    .in_valid_i (part_i),
    .in_ready_o (answer_in_ready),
    .in_data_i  (answer_in),
    .out_valid_o(answer_out_valid),
    .out_ready_i(write_i),
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
    .Words   (Words)
  ) u_context (
    .clk_i,
    .rst_ni,
    .space_o,
    .address_o       (context_address),
    .open_i          (part_i),
    .write_i,
    .write_address_i (answer.address),
    .write_slots_i   (1'b1),
    .write_data_i    (answer_data),
    .block_i         (write_i && answer.block_last),
    .block_words_i   (answer.words),
    .block_rows_i    (answer.rows),
    .block_tag_i     (answer.head_last),
    .out_valid_o     (context_valid_o),
    .out_ready_i     (context_ready_i),
    .out_data_o      (context_data_o),
    .out_last_o      (unused_row_last),
    .out_block_last_o(out_block_last),
    .out_tag_o       (out_head_last)
  );

  assign context_last_o = out_block_last && out_head_last;

`ifdef SYNTHESIS
  logic unused_in_flight;
  assign unused_in_flight = answer_in_ready ^ answer_out_valid;
`endif

  `ASSERT(AnswersHaveAPlace, part_i |-> answer_in_ready)
  `ASSERT(AnswersAreExpected, write_i |-> answer_out_valid)

endmodule
