`include "cosim_assert.svh"

/// Two blocks of rows: one fills, row after row, while the other is read. Rows are a head's queries
/// or their masks.
/// A head is announced by a beat of `head` and comes as its rows in order, each
/// ceil(length / Elements) beats of Elements elements, the last of them padded with arbitrary
/// ones. A block is Rows rows, a head's last block what is left, and every block a single row where
/// the head says so. A read gives data_o[r] = beat word_i of row r of the block in read_bank_i, and
/// anything where that does not exist.
/// The reader takes blocks in order: `ready_o` says that the next one is there, bank_o where;
/// `finish_i` goes on to the one behind, and a read in the next cycle still gives the block before.
/// One beat a cycle within a head and a cycle between heads; a read takes no cycle.
module attention_row_buffer #(
  /// Rows of a block, 1 or more.
  parameter int unsigned Rows = 4,
  /// Elements in a beat, 1 or more.
  parameter int unsigned Elements = 32,
  /// Bits of an element, 1 or more.
  parameter int unsigned Bits = 8,
  /// Rows of the longest head, 1 or more.
  parameter int unsigned MaxRows = 512,
  /// Elements of the longest row, 1 or more.
  parameter int unsigned MaxLength = 64,
  /// Bits of a number of rows. Derived, do not overwrite.
  localparam int unsigned CountBits = cosim_pkg::value_bits(64'(MaxRows)),
  /// Bits of a number of elements. Derived, do not overwrite.
  localparam int unsigned LengthBits = cosim_pkg::value_bits(64'(MaxLength)),
  /// Bits of a beat's index in its row. Derived, do not overwrite.
  localparam int unsigned WordBits =
      cosim_pkg::index_bits(cosim_pkg::ceil_divide(MaxLength, Elements))
) (
  input  logic                                    clk_i,
  input  logic                                    rst_ni,

  // Heads to come.
  input  logic                                    head_valid_i,
  output logic                                    head_ready_o,
  input  logic [CountBits-1:0]                    head_rows_i,
  input  logic [LengthBits-1:0]                   head_length_i,
  input  logic                                    head_single_i,

  // Their rows.
  input  logic                                    in_valid_i,
  output logic                                    in_ready_o,
  input  logic [Elements-1:0][Bits-1:0]           in_data_i,

  // The block that is read.
  output logic                                    ready_o,
  output logic                                    bank_o,
  input  logic                                    finish_i,

  // Reads.
  input  logic                                    read_bank_i,
  input  logic [WordBits-1:0]                     word_i,
  output logic [Rows-1:0][Elements-1:0][Bits-1:0] data_o
);

  localparam int unsigned OffsetBits = cosim_pkg::value_bits(64'(MaxLength) + 64'(Elements));
  localparam int unsigned RowBits = cosim_pkg::index_bits(Rows);
  localparam int unsigned AddressBits = 1 + WordBits;
  localparam logic [RowBits-1:0] LastRow = RowBits'(Rows - 1);

  logic                   busy_d, busy_q, single_d, single_q;
  logic                   write_bank_d, write_bank_q, read_bank_d, read_bank_q;
  logic [1:0]             full_d, full_q;
  logic [CountBits-1:0]   left_d, left_q;
  logic [LengthBits-1:0]  length_d, length_q;
  logic [OffsetBits-1:0]  offset_d, offset_q, next_offset;
  logic [RowBits-1:0]     row_d, row_q;
  logic [WordBits-1:0]    word_d, word_q;
  logic                   start, write, last_word, last_row, block_done;
  logic [AddressBits-1:0] write_address, read_address;

  assign head_ready_o = !busy_q;
  assign start        = head_valid_i && head_ready_o;
  assign in_ready_o   = busy_q && !full_q[write_bank_q];
  assign write        = in_valid_i && in_ready_o;

  assign next_offset = offset_q + OffsetBits'(Elements);
  assign last_word   = next_offset >= OffsetBits'(length_q);
  assign last_row    = left_q == CountBits'(1);
  assign block_done  = write && last_word && (last_row || single_q || row_q == LastRow);

  always_comb begin
    busy_d       = busy_q;
    single_d     = single_q;
    write_bank_d = write_bank_q;
    read_bank_d  = read_bank_q;
    full_d       = full_q;
    left_d       = left_q;
    length_d     = length_q;
    offset_d     = offset_q;
    row_d        = row_q;
    word_d       = word_q;
    if (finish_i) begin
      full_d[read_bank_q] = 1'b0;
      read_bank_d         = !read_bank_q;
    end
    if (start) begin
      busy_d   = 1'b1;
      single_d = head_single_i;
      left_d   = head_rows_i;
      length_d = head_length_i;
      offset_d = '0;
      row_d    = '0;
      word_d   = '0;
    end
    if (write) begin
      offset_d = last_word ? '0 : next_offset;
      word_d   = last_word ? '0 : word_q + 1'b1;
      if (last_word) begin
        left_d = left_q - 1'b1;
        row_d  = block_done ? '0 : row_q + 1'b1;
        busy_d = !last_row;
      end
    end
    if (block_done) begin
      full_d[write_bank_q] = 1'b1;
      write_bank_d         = !write_bank_q;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      busy_q       <= 1'b0;
      write_bank_q <= 1'b0;
      read_bank_q  <= 1'b0;
      full_q       <= '0;
    end else begin
      busy_q       <= busy_d;
      write_bank_q <= write_bank_d;
      read_bank_q  <= read_bank_d;
      full_q       <= full_d;
    end
  end

  always_ff @(posedge clk_i) begin
    single_q <= single_d;
    left_q   <= left_d;
    length_q <= length_d;
    offset_q <= offset_d;
    row_q    <= row_d;
    word_q   <= word_d;
  end

  assign ready_o       = full_q[read_bank_q];
  assign bank_o        = read_bank_q;
  assign write_address = {write_bank_q, word_q};
  assign read_address  = {read_bank_i, word_i};

  for (genvar r = 0; r < Rows; r++) begin : gen_row
    (* ram_style = "auto" *)
    logic [Elements*Bits-1:0] memory [1 << AddressBits];

    always_ff @(posedge clk_i) begin
      if (write && row_q == RowBits'(r)) memory[write_address] <= in_data_i;
    end

    assign data_o[r] = memory[read_address];
  end

  `ASSERT(HeadHasRows, head_valid_i |-> head_rows_i != '0)
  `ASSERT(RowHasElements, head_valid_i |-> head_length_i != '0)
  `ASSERT(HeadIsNotTooLong, head_valid_i |-> head_rows_i <= CountBits'(MaxRows))
  `ASSERT(RowIsNotTooLong, head_valid_i |-> head_length_i <= LengthBits'(MaxLength))
  `ASSERT(FinishesWhatHasCome, finish_i |-> ready_o)

endmodule
