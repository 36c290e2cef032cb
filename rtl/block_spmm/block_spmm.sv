`include "cosim_assert.svh"

/// Matrix product with block-sparse weights (BSR): of the blocks of BlockRows x BlockColumns, only
/// those that are stored are multiplied. For every row m of a and row n of weights
///   acc[m][n] = sum over the stored blocks b of n's block row, over j of
///               a[m][index[b] * BlockColumns + j] * data[b][n mod BlockRows][j].
/// a and data int8, acc int32, all signed; nothing is rounded. A sum of MaxDepth products fits.
///
/// An output-stationary array of Rows x BlockRows dot products of BlockColumns takes one block a
/// cycle. A tile of Rows rows of a is kept in a double buffer, from which a block's index takes its
/// BlockColumns columns. Row pointers become numbers of blocks ahead of time. A block row without
/// blocks takes one cycle and gives 0.
///
/// Streams, all lanes packed with the first in the least significant bits, what lies behind the end
/// of a matrix arbitrary on inputs and 0 on acc:
///   shape    m, k and p, one more than there are block rows: one beat;
///   a        for each Rows rows, for each BlockColumns columns: [Rows][BlockColumns];
///   indptr   for each Rows rows of a: all p pointers;
///   blocks   for each Rows rows of a: all blocks, data [BlockRows][BlockColumns] and index;
///   acc      for each Rows rows of a, for each block row: [Rows][BlockRows].
/// Every input takes one beat a cycle.
///
/// Cycles of a tile of activations whose streams are never held up, behind another one: blocks and
/// block rows without blocks, but at least p and ceil(k / BlockColumns). Latency from a block row's
/// last block to its acc 6 + $clog2(BlockColumns) cycles.
/// Source: BSR as in scipy; block-sparse engines as in EFA-Trans (Electronics 11(21), 2022).
module block_spmm #(
  /// Rows of weights in a block, 1...16.
  parameter int unsigned BlockRows = 4,
  /// Columns of a block, 1...16.
  parameter int unsigned BlockColumns = 4,
  /// Rows of a that are multiplied at once, 1...64.
  parameter int unsigned Rows = 4,
  /// Largest k, 1...65536.
  parameter int unsigned MaxDepth = 2048
) (
  input  logic                                        clk_i,
  input  logic                                        rst_ni,

  // Input streams.
  input  logic                                        shape_valid_i,
  output logic                                        shape_ready_o,
  input  logic [16:0]                                 shape_m_i,
  input  logic [16:0]                                 shape_k_i,
  input  logic [16:0]                                 shape_p_i,

  input  logic                                        a_valid_i,
  output logic                                        a_ready_o,
  input  logic [Rows-1:0][BlockColumns-1:0][7:0]      a_data_i,

  input  logic                                        indptr_valid_i,
  output logic                                        indptr_ready_o,
  input  logic [31:0]                                 indptr_data_i,

  input  logic                                        blocks_valid_i,
  output logic                                        blocks_ready_o,
  input  logic [BlockRows-1:0][BlockColumns-1:0][7:0] blocks_data_i,
  input  logic [16:0]                                 blocks_index_i,

  // Output stream.
  output logic                                        acc_valid_o,
  input  logic                                        acc_ready_i,
  output logic [Rows-1:0][BlockRows-1:0][31:0]        acc_data_o
);

  localparam int unsigned ExtentBits = 17;
  localparam int unsigned Words = cosim_pkg::ceil_divide(MaxDepth, BlockColumns);
  localparam int unsigned AddressBits = cosim_pkg::index_bits(Words);
  localparam int unsigned CountBits = cosim_pkg::value_bits(64'(Words));
  // From a step to its sums: the read of activations, and the array.
  localparam int unsigned Latency = 1 + cosim_pkg::multiplier_array_latency(BlockColumns);
  localparam int unsigned Results = Latency + 4;

  // The shape goes to the loader of activations and to the reader of pointers, which are
  // transactions apart.

  logic                  load_space, load_valid, load_ready, read_space, read_valid, read_ready;
  logic [ExtentBits-1:0] load_m, load_k, read_m, read_p;

  assign shape_ready_o = load_space && read_space;

  stream_fifo #(
    .Width(2 * ExtentBits),
    .Depth(2)
  ) u_load_shape (
    .clk_i,
    .rst_ni,
    .in_valid_i (shape_valid_i && shape_ready_o),
    .in_ready_o (load_space),
    .in_data_i  ({shape_m_i, shape_k_i}),
    .out_valid_o(load_valid),
    .out_ready_i(load_ready),
    .out_data_o ({load_m, load_k})
  );

  stream_fifo #(
    .Width(2 * ExtentBits),
    .Depth(2)
  ) u_read_shape (
    .clk_i,
    .rst_ni,
    .in_valid_i (shape_valid_i && shape_ready_o),
    .in_ready_o (read_space),
    .in_data_i  ({shape_m_i, shape_p_i}),
    .out_valid_o(read_valid),
    .out_ready_i(read_ready),
    .out_data_o ({read_m, read_p})
  );

  // Activations.

  logic                                   word_valid, word_ready, word_last;
  logic                                   present, read, done;
  logic [AddressBits-1:0]                 address;
  logic [BlockColumns-1:0][Rows-1:0][7:0] word, columns;

  activation_loader #(
    .Rows      (Rows),
    .Depth     (BlockColumns),
    .ExtentBits(ExtentBits)
  ) u_loader (
    .clk_i,
    .rst_ni,
    .shape_valid_i(load_valid),
    .shape_ready_o(load_ready),
    .shape_m_i    (load_m),
    .shape_k_i    (load_k),
    .in_valid_i   (a_valid_i),
    .in_ready_o   (a_ready_o),
    .in_data_i    (a_data_i),
    .out_valid_o  (word_valid),
    .out_ready_i  (word_ready),
    .out_data_o   (word),
    .out_last_o   (word_last)
  );

  activation_buffer #(
    .Banks(1),
    .Width(BlockColumns * Rows * 8),
    .Words(Words)
  ) u_buffer (
    .clk_i,
    .rst_ni,
    .in_valid_i(word_valid),
    .in_ready_o(word_ready),
    .in_data_i (word),
    .in_last_i (word_last),
    .present_o (present),
    .read_i    (read),
    .address_i (address),
    .data_o    (columns),
    .release_i (done)
  );

  // Rows and blocks.

  logic                 count_valid, count_ready, count_tile_end;
  logic [CountBits-1:0] count;

  block_spmm_rows #(
    .Rows      (Rows),
    .CountBits (CountBits),
    .ExtentBits(ExtentBits)
  ) u_rows (
    .clk_i,
    .rst_ni,
    .shape_valid_i   (read_valid),
    .shape_ready_o   (read_ready),
    .shape_m_i       (read_m),
    .shape_p_i       (read_p),
    .indptr_valid_i,
    .indptr_ready_o,
    .indptr_data_i,
    .count_valid_o   (count_valid),
    .count_ready_i   (count_ready),
    .count_o         (count),
    .count_tile_end_o(count_tile_end)
  );

  logic                                        block_valid, block_ready;
  logic [BlockRows-1:0][BlockColumns-1:0][7:0] block;
  logic [ExtentBits-1:0]                       block_index;

  stream_register #(
    .Width(BlockRows * BlockColumns * 8 + ExtentBits)
  ) u_blocks (
    .clk_i,
    .rst_ni,
    .in_valid_i (blocks_valid_i),
    .in_ready_o (blocks_ready_o),
    .in_data_i  ({blocks_data_i, blocks_index_i}),
    .out_valid_o(block_valid),
    .out_ready_i(block_ready),
    .out_data_o ({block, block_index})
  );

  // Steps: one block each, or one for a block row that has none.

  logic [CountBits-1:0] blocks_done_d, blocks_done_q;
  logic                 is_empty, is_first, is_last, may_end, step;

  assign is_empty = count == '0;
  assign is_first = blocks_done_q == '0;
  assign is_last  = is_empty || blocks_done_q + 1'b1 == count;

  assign step = count_valid && present && (is_empty || block_valid) && (!is_last || may_end);

  assign block_ready = step && !is_empty;
  assign count_ready = step && is_last;
  assign done        = count_ready && count_tile_end;
  assign read        = step;
  assign address     = is_empty ? '0 : AddressBits'(block_index);

  always_comb begin
    blocks_done_d = blocks_done_q;
    if (step) blocks_done_d = is_last ? '0 : blocks_done_q + 1'b1;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) blocks_done_q <= '0;
    else blocks_done_q <= blocks_done_d;
  end

  // Products, when the activations have been read.

  logic                                        product_valid_q, product_first_q, product_last_q;
  logic [BlockRows-1:0][BlockColumns-1:0][7:0] product_block_q;
  logic [Rows-1:0][BlockColumns-1:0][7:0]      product_a;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) product_valid_q <= 1'b0;
    else product_valid_q <= step;
  end

  always_ff @(posedge clk_i) begin
    product_first_q <= is_first;
    product_last_q  <= is_last;
    product_block_q <= is_empty ? '0 : block;
  end

  for (genvar r = 0; r < Rows; r++) begin : gen_row
    for (genvar c = 0; c < BlockColumns; c++) begin : gen_column
      assign product_a[r][c] = columns[c][r];
    end
  end

  logic                                 sums_valid, result_space;
  logic [Rows-1:0][BlockRows-1:0][31:0] sums;

  multiplier_array #(
    .Rows           (Rows),
    .Columns        (BlockRows),
    .Depth          (BlockColumns),
    .AccumulatorBits(32)
  ) u_array (
    .clk_i,
    .rst_ni,
    .valid_i(product_valid_q),
    .first_i(product_first_q),
    .last_i (product_last_q),
    .a_i    (product_a),
    .w_i    (product_block_q),
    .valid_o(sums_valid),
    .sums_o (sums)
  );

  credit_counter #(
    .Credits(Results)
  ) u_credits (
    .clk_i,
    .rst_ni,
    .take_i     (count_ready),
    .give_i     (acc_valid_o && acc_ready_i),
    .available_o(may_end)
  );

  stream_fifo #(
    .Width(Rows * BlockRows * 32),
    .Depth(Results)
  ) u_results (
    .clk_i,
    .rst_ni,
    .in_valid_i (sums_valid),
    .in_ready_o (result_space),
    .in_data_i  (sums),
    .out_valid_o(acc_valid_o),
    .out_ready_i(acc_ready_i),
    .out_data_o (acc_data_o)
  );

`ifdef SYNTHESIS
  logic unused_result_space;
  assign unused_result_space = ^{result_space, block_index};
`endif

  `ASSERT_PARAMETER(BlockRows, BlockRows >= 1 && BlockRows <= 16, "BlockRows must be 1...16")
  `ASSERT_PARAMETER(BlockColumns, BlockColumns >= 1 && BlockColumns <= 16,
                    "BlockColumns must be 1...16")
  `ASSERT_PARAMETER(Rows, Rows >= 1 && Rows <= 64, "Rows must be 1...64")
  `ASSERT_PARAMETER(MaxDepth, MaxDepth >= 1 && MaxDepth <= 65536, "MaxDepth must be 1...65536")
  `ASSERT(ShapeInRange, shape_valid_i |-> shape_m_i != '0 && shape_k_i != '0
                            && 64'(shape_k_i) <= 64'(MaxDepth))
  `ASSERT(IndexInRange, block_ready |-> 32'(block_index) < Words)
  `ASSERT(ResultsHaveAPlace, sums_valid |-> result_space)
  `ASSERT_STREAM(shape, shape_valid_i, shape_ready_o, {shape_m_i, shape_k_i, shape_p_i})
  `ASSERT_STREAM(a, a_valid_i, a_ready_o, a_data_i)
  `ASSERT_STREAM(indptr, indptr_valid_i, indptr_ready_o, indptr_data_i)
  `ASSERT_STREAM(blocks, blocks_valid_i, blocks_ready_o, {blocks_data_i, blocks_index_i})
  `ASSERT_STREAM(acc, acc_valid_o, acc_ready_i, acc_data_o)

endmodule
