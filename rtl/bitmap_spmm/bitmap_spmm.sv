`include "cosim_assert.svh"

/// Matrix product with unstructured sparse weights: for every row m of a and every row n of weights
///   acc[m][n] = sum over the set bits k of row n's bitmap of a[m][k] * value.
/// a and values int8, acc int32, all signed; nothing is rounded. A sum of MaxDepth products fits.
///
/// Only non-zeros are multiplied. A tile of Rows rows of a is kept in a double buffer, and column k
/// of it in the bank of lane k mod Lanes. Lanes work on the same row of weights, each on its own
/// columns: a lane finds the set bits of its part of the bitmap, one a cycle, and multiplies the
/// value by all Rows activations of that column. A row's sums of all lanes are added at its end.
/// Every lane has queues and works at its own pace, up to Slack beats of the bitmap apart, so that
/// what counts is a lane's share of many rows. A dense row is spread over all lanes.
///
/// Streams, all lanes packed with the first in the least significant bits, what lies behind the end
/// of a matrix arbitrary on inputs and 0 on acc:
///   shape    m, n, k of a transaction: one beat;
///   a        for each Rows rows, for each Lanes columns: [Rows][Lanes];
///   bitmap   for each Rows rows of a, for each row of weights, for each Lanes * Window columns:
///            one bit a column;
///   values   for each Rows rows of a, the non-zeros of each lane in order, at most one a lane and
///            beat; `keep` marks the lanes that have one. No lane's value may be Slack or more
///            beats of the bitmap ahead of one that another lane still waits for;
///   acc      for each Rows rows of a, for each row of weights: [Rows].
/// Every input takes one beat a cycle.
///
/// Cycles of a tile whose streams are never held up: about the largest over the lanes of set bits
/// and beats of the bitmap without any, but at least ceil(k / Lanes). Latency from the last beat
/// of the bitmap to the last of acc 10 + $clog2(Lanes) cycles, if it has one bit and none waits.
/// Source: bitmap as in SCNN and SIGMA; the lanes are this design's own.
module bitmap_spmm #(
  /// Rows of a that share a non-zero, 1...64.
  parameter int unsigned Rows = 16,
  /// Non-zeros that are multiplied at once, 1...16, a power of two.
  parameter int unsigned Lanes = 4,
  /// Columns of a lane in one beat of the bitmap, 8...64, a power of two.
  parameter int unsigned Window = 16,
  /// Beats of the bitmap that lanes may be apart, 2...64.
  parameter int unsigned Slack = 16,
  /// Largest k, 1...65536.
  parameter int unsigned MaxDepth = 2048
) (
  input  logic                            clk_i,
  input  logic                            rst_ni,

  // Input streams.
  input  logic                            shape_valid_i,
  output logic                            shape_ready_o,
  input  logic [16:0]                     shape_m_i,
  input  logic [16:0]                     shape_n_i,
  input  logic [16:0]                     shape_k_i,

  input  logic                            a_valid_i,
  output logic                            a_ready_o,
  input  logic [Rows-1:0][Lanes-1:0][7:0] a_data_i,

  input  logic                            bitmap_valid_i,
  output logic                            bitmap_ready_o,
  input  logic [Lanes*Window-1:0]         bitmap_data_i,

  input  logic                            values_valid_i,
  output logic                            values_ready_o,
  input  logic [Lanes-1:0][7:0]           values_data_i,
  input  logic [Lanes-1:0]                values_keep_i,

  // Output stream.
  output logic                            acc_valid_o,
  input  logic                            acc_ready_i,
  output logic [Rows-1:0][31:0]           acc_data_o
);

  localparam int unsigned ExtentBits = 17;
  localparam int unsigned Chunks = cosim_pkg::ceil_divide(MaxDepth, Lanes * Window);
  localparam int unsigned ChunkBits = cosim_pkg::index_bits(Chunks);
  localparam int unsigned AddressBits = ChunkBits + $clog2(Window);

  // The shape goes to the loader of activations and to the bitmap's reader, which are transactions
  // apart.

  logic                  load_space, load_valid, load_ready, read_space, read_valid, read_ready;
  logic [ExtentBits-1:0] load_m, load_k, read_m, read_n, read_k;

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
    .Width(3 * ExtentBits),
    .Depth(2)
  ) u_read_shape (
    .clk_i,
    .rst_ni,
    .in_valid_i (shape_valid_i && shape_ready_o),
    .in_ready_o (read_space),
    .in_data_i  ({shape_m_i, shape_n_i, shape_k_i}),
    .out_valid_o(read_valid),
    .out_ready_i(read_ready),
    .out_data_o ({read_m, read_n, read_k})
  );

  // Activations.

  logic                                   word_valid, word_ready, word_last;
  logic [Lanes-1:0][Rows-1:0][7:0]        word;
  logic [Lanes-1:0]                       present, read, done;
  logic [Lanes-1:0][AddressBits-1:0]      address;
  logic [Lanes-1:0][Rows-1:0][7:0]        column;

  activation_loader #(
    .Rows      (Rows),
    .Depth     (Lanes),
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
    .Banks(Lanes),
    .Width(Rows * 8),
    .Words(1 << AddressBits)
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
    .data_o    (column),
    .release_i (done)
  );

  // Bitmaps.

  logic                         chunk_valid, chunk_row_end, chunk_tile_end;
  logic [Lanes-1:0]             chunk_space;
  logic [Lanes-1:0][Window-1:0] chunk_bits;
  logic [ChunkBits-1:0]         chunk_number;

  bitmap_spmm_chunks #(
    .Rows      (Rows),
    .Lanes     (Lanes),
    .Window    (Window),
    .ChunkBits (ChunkBits),
    .ExtentBits(ExtentBits)
  ) u_chunks (
    .clk_i,
    .rst_ni,
    .shape_valid_i   (read_valid),
    .shape_ready_o   (read_ready),
    .shape_m_i       (read_m),
    .shape_n_i       (read_n),
    .shape_k_i       (read_k),
    .bitmap_valid_i,
    .bitmap_ready_o,
    .bitmap_data_i,
    .chunk_valid_o   (chunk_valid),
    .chunk_ready_i   (chunk_space == '1),
    .chunk_bits_o    (chunk_bits),
    .chunk_number_o  (chunk_number),
    .chunk_row_end_o (chunk_row_end),
    .chunk_tile_end_o(chunk_tile_end)
  );

  // Lanes.

  logic [Lanes-1:0]                 value_space, sums_valid;
  logic [Lanes-1:0][Rows-1:0][31:0] sums;
  logic                             sums_move;

  assign values_ready_o = value_space == '1;

  for (genvar l = 0; l < Lanes; l++) begin : gen_lane
    bitmap_spmm_lane #(
      .Rows     (Rows),
      .Window   (Window),
      .ChunkBits(ChunkBits),
      .Slack    (Slack)
    ) u_lane (
      .clk_i,
      .rst_ni,
      .chunk_valid_i   (chunk_valid && chunk_space == '1),
      .chunk_ready_o   (chunk_space[l]),
      .chunk_bits_i    (chunk_bits[l]),
      .chunk_number_i  (chunk_number),
      .chunk_row_end_i (chunk_row_end),
      .chunk_tile_end_i(chunk_tile_end),
      .value_valid_i   (values_valid_i && values_ready_o && values_keep_i[l]),
      .value_ready_o   (value_space[l]),
      .value_i         (values_data_i[l]),
      .present_i       (present[l]),
      .read_o          (read[l]),
      .address_o       (address[l]),
      .word_i          (column[l]),
      .release_o       (done[l]),
      .sums_valid_o    (sums_valid[l]),
      .sums_take_i     (sums_move),
      .sums_o          (sums[l])
    );
  end

  // The sums of all lanes.

  logic [Rows-1:0][31:0] total;
  logic                  total_ready, unused_total_valid;

  for (genvar r = 0; r < Rows; r++) begin : gen_row
    logic [Lanes-1:0][31:0] terms;

    for (genvar l = 0; l < Lanes; l++) begin : gen_term
      assign terms[l] = sums[l][r];
    end

    adder_tree #(
      .Lanes     (Lanes),
      .InputBits (32),
      .OutputBits(32)
    ) u_total (
      .clk_i,
      .terms_i(terms),
      .sum_o  (total[r])
    );
  end

  pipeline_guard #(
    .Width  (Rows * 32),
    .Latency($clog2(Lanes))
  ) u_guard (
    .clk_i,
    .rst_ni,
    .in_valid_i    (sums_valid == '1),
    .in_ready_o    (total_ready),
    .accept_o      (sums_move),
    .result_valid_o(unused_total_valid),
    .result_i      (total),
    .out_valid_o   (acc_valid_o),
    .out_ready_i   (acc_ready_i),
    .out_data_o    (acc_data_o)
  );

`ifdef SYNTHESIS
  logic unused_total_ready;
  assign unused_total_ready = total_ready;
`endif

  `ASSERT_PARAMETER(Rows, Rows >= 1 && Rows <= 64, "Rows must be 1...64")
  `ASSERT_PARAMETER(Lanes, Lanes >= 1 && Lanes <= 16 && Lanes == 1 << $clog2(Lanes),
                    "Lanes must be 1...16 and a power of two")
  `ASSERT_PARAMETER(Window, Window >= 8 && Window <= 64 && Window == 1 << $clog2(Window),
                    "Window must be 8...64 and a power of two")
  `ASSERT_PARAMETER(Slack, Slack >= 2 && Slack <= 64, "Slack must be 2...64")
  `ASSERT_PARAMETER(MaxDepth, MaxDepth >= 1 && MaxDepth <= 65536, "MaxDepth must be 1...65536")
  `ASSERT(ShapeInRange, shape_valid_i |-> shape_m_i != '0 && shape_n_i != '0 && shape_k_i != '0
                            && 64'(shape_k_i) <= 64'(MaxDepth))
  `ASSERT(TotalsWait, sums_move |-> total_ready)
  `ASSERT_STREAM(shape, shape_valid_i, shape_ready_o, {shape_m_i, shape_n_i, shape_k_i})
  `ASSERT_STREAM(a, a_valid_i, a_ready_o, a_data_i)
  `ASSERT_STREAM(bitmap, bitmap_valid_i, bitmap_ready_o, bitmap_data_i)
  `ASSERT_STREAM(values, values_valid_i, values_ready_o, {values_data_i, values_keep_i})
  `ASSERT_STREAM(acc, acc_valid_o, acc_ready_i, acc_data_o)

endmodule
