`include "cosim_assert.svh"

/// The weights of `int8_gemm`: stores each strip of Columns channels as it comes, with 0 in the
/// lanes behind the last product of a channel, and gives it once for every tile of rows.
/// The ring holds two of the longest strips, so that one arrives while another is in use.
/// Steps come 2 cycles after their weights at the earliest, one a cycle.
module int8_gemm_weights #(
  /// Rows of the array.
  parameter int unsigned Rows = 8,
  /// Columns of the array.
  parameter int unsigned Columns = 8,
  /// Products of a dot product.
  parameter int unsigned Depth = 4,
  /// Bits of a weight.
  parameter int unsigned WeightBits = 8,
  /// Products of the longest channel.
  parameter int unsigned MaxDepth = 1024,
  /// Bits of an extent.
  parameter int unsigned ExtentBits = 16,
  localparam int unsigned RowBits = cosim_pkg::value_bits(64'(Rows)),
  localparam int unsigned ColumnBits = cosim_pkg::value_bits(64'(Columns))
) (
  input  logic                                          clk_i,
  input  logic                                          rst_ni,

  // Input streams: extents, and weights in the order of the steps of a single row.
  input  logic                                          shape_valid_i,
  output logic                                          shape_ready_o,
  input  logic [ExtentBits-1:0]                         shape_m_i,
  input  logic [ExtentBits-1:0]                         shape_n_i,
  input  logic [ExtentBits-1:0]                         shape_k_i,
  input  logic                                          w_valid_i,
  output logic                                          w_ready_o,
  input  logic [Columns-1:0][Depth-1:0][WeightBits-1:0] w_data_i,

  // Output stream: one beat a step, see `matrix_steps`.
  output logic                                          step_valid_o,
  input  logic                                          step_ready_i,
  output logic                                          step_first_o,
  output logic                                          step_last_o,
  output logic                                          step_last_rows_o,
  output logic [RowBits-1:0]                            step_rows_o,
  output logic [ColumnBits-1:0]                         step_columns_o,
  output logic [Columns-1:0][Depth-1:0][WeightBits-1:0] step_w_o
);

  localparam int unsigned StripWords = cosim_pkg::ceil_divide(MaxDepth, Depth);
  localparam int unsigned DepthBits = cosim_pkg::value_bits(64'(Depth));

  // Both sides walk through the same transactions, the writer as if there were a single row.

  logic                    write_shape_ready, write_shape_valid, write_shape_taken;
  logic                    read_shape_ready, read_shape_valid, read_shape_taken;
  logic [2*ExtentBits-1:0] write_shape;
  logic [3*ExtentBits-1:0] read_shape;

  assign shape_ready_o = write_shape_ready && read_shape_ready;

  stream_fifo #(
    .Width(2 * ExtentBits),
    .Depth(4)
  ) u_write_shapes (
    .clk_i,
    .rst_ni,
    .in_valid_i (shape_valid_i && read_shape_ready),
    .in_ready_o (write_shape_ready),
    .in_data_i  ({shape_n_i, shape_k_i}),
    .out_valid_o(write_shape_valid),
    .out_ready_i(write_shape_taken),
    .out_data_o (write_shape)
  );

  stream_fifo #(
    .Width(3 * ExtentBits),
    .Depth(4)
  ) u_read_shapes (
    .clk_i,
    .rst_ni,
    .in_valid_i (shape_valid_i && write_shape_ready),
    .in_ready_o (read_shape_ready),
    .in_data_i  ({shape_m_i, shape_n_i, shape_k_i}),
    .out_valid_o(read_shape_valid),
    .out_ready_i(read_shape_taken),
    .out_data_o (read_shape)
  );

  // Writer.

  logic                                          write_valid, ring_ready;
  logic                                          unused_first, unused_last, unused_last_rows;
  logic [RowBits-1:0]                            unused_rows;
  logic [ColumnBits-1:0]                         unused_columns;
  logic [DepthBits-1:0]                          write_depth, unused_depth;
  logic [Columns-1:0][Depth-1:0][WeightBits-1:0] weights;

  matrix_steps #(
    .Rows      (Rows),
    .Columns   (Columns),
    .Depth     (Depth),
    .ExtentBits(ExtentBits)
  ) u_write_steps (
    .clk_i,
    .rst_ni,
    .shape_valid_i(write_shape_valid),
    .shape_ready_o(write_shape_taken),
    .shape_m_i    (ExtentBits'(1)),
    .shape_n_i    (write_shape[ExtentBits+:ExtentBits]),
    .shape_k_i    (write_shape[0+:ExtentBits]),
    .step_valid_o (write_valid),
    .step_ready_i (w_valid_i && ring_ready),
    .first_o      (unused_first),
    .last_o       (unused_last),
    .last_rows_o   (unused_last_rows),
    .rows_o       (unused_rows),
    .columns_o    (unused_columns),
    .depth_o      (write_depth)
  );

  assign w_ready_o = write_valid && ring_ready;

  always_comb begin
    for (int unsigned c = 0; c < Columns; c++) begin
      for (int unsigned d = 0; d < Depth; d++) begin
        weights[c][d] = d < 32'(write_depth) ? w_data_i[c][d] : '0;
      end
    end
  end

  // Reader.

  logic                  read_valid, read, available, step_valid_d, step_valid_q;
  logic                  read_first, read_last, read_last_rows, first_q, last_q, last_rows_q;
  logic [RowBits-1:0]    read_rows, rows_q;
  logic [ColumnBits-1:0] read_columns, columns_q;
  logic                  room;

  assign room         = !step_valid_q || step_ready_i;
  assign read         = read_valid && available && room;
  assign step_valid_d = read || !room;

  matrix_steps #(
    .Rows      (Rows),
    .Columns   (Columns),
    .Depth     (Depth),
    .ExtentBits(ExtentBits)
  ) u_read_steps (
    .clk_i,
    .rst_ni,
    .shape_valid_i(read_shape_valid),
    .shape_ready_o(read_shape_taken),
    .shape_m_i    (read_shape[2*ExtentBits+:ExtentBits]),
    .shape_n_i    (read_shape[ExtentBits+:ExtentBits]),
    .shape_k_i    (read_shape[0+:ExtentBits]),
    .step_valid_o (read_valid),
    .step_ready_i (available && room),
    .first_o      (read_first),
    .last_o       (read_last),
    .last_rows_o   (read_last_rows),
    .rows_o       (read_rows),
    .columns_o    (read_columns),
    .depth_o      (unused_depth)
  );

  strip_buffer #(
    .Width(Columns * Depth * WeightBits),
    .Words(2 * StripWords)
  ) u_strips (
    .clk_i,
    .rst_ni,
    .in_valid_i (w_valid_i && write_valid),
    .in_ready_o (ring_ready),
    .in_data_i  (weights),
    .available_o(available),
    .read_i     (read),
    .pass_end_i (read_last),
    .release_i  (read_last_rows),
    .data_o     (step_w_o)
  );

  always_ff @(posedge clk_i) begin
    if (!rst_ni) step_valid_q <= 1'b0;
    else step_valid_q <= step_valid_d;
  end

  always_ff @(posedge clk_i) begin
    if (read) begin
      first_q    <= read_first;
      last_q     <= read_last;
      last_rows_q <= read_last_rows;
      rows_q     <= read_rows;
      columns_q  <= read_columns;
    end
  end

  assign step_valid_o    = step_valid_q;
  assign step_first_o    = first_q;
  assign step_last_o     = last_q;
  assign step_last_rows_o = last_rows_q;
  assign step_rows_o     = rows_q;
  assign step_columns_o  = columns_q;

endmodule
