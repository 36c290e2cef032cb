`include "cosim_assert.svh"

/// Turns beats of activations into the words of an `activation_buffer`'s tiles: for every Rows rows
/// of a, the whole of k, Depth columns a beat. Rows that the matrix does not have are 0, and so are
/// columns at and behind k, whatever the beat holds.
/// `in`: [Rows][Depth], `out`: [Depth][Rows], so that a word of one column has all rows.
/// `out_last_o` comes with the last word of a tile. Combinational but for its counters.
module activation_loader #(
  /// Rows of a tile, 1 or more.
  parameter int unsigned Rows = 4,
  /// Columns of a beat, 1 or more.
  parameter int unsigned Depth = 4,
  /// Bits of m and k.
  parameter int unsigned ExtentBits = 17
) (
  input  logic                            clk_i,
  input  logic                            rst_ni,

  input  logic                            shape_valid_i,
  output logic                            shape_ready_o,
  input  logic [ExtentBits-1:0]           shape_m_i,
  input  logic [ExtentBits-1:0]           shape_k_i,

  input  logic                            in_valid_i,
  output logic                            in_ready_o,
  input  logic [Rows-1:0][Depth-1:0][7:0] in_data_i,

  output logic                            out_valid_o,
  input  logic                            out_ready_i,
  output logic [Depth-1:0][Rows-1:0][7:0] out_data_o,
  output logic                            out_last_o
);

  logic [ExtentBits-1:0] rows_done_d, rows_done_q, rows_left;
  logic [ExtentBits-1:0] columns_done_d, columns_done_q, columns_left;
  logic                  move, is_last_tile;

  assign rows_left    = shape_m_i - rows_done_q;
  assign columns_left = shape_k_i - columns_done_q;
  assign is_last_tile = rows_left <= ExtentBits'(Rows);
  assign out_last_o   = columns_left <= ExtentBits'(Depth);

  assign out_valid_o   = in_valid_i && shape_valid_i;
  assign in_ready_o    = out_ready_i && shape_valid_i;
  assign move          = out_valid_o && out_ready_i;
  assign shape_ready_o = move && out_last_o && is_last_tile;

  for (genvar r = 0; r < Rows; r++) begin : gen_row
    for (genvar d = 0; d < Depth; d++) begin : gen_column
      assign out_data_o[d][r] =
          ExtentBits'(r) < rows_left && ExtentBits'(d) < columns_left ? in_data_i[r][d] : '0;
    end
  end

  always_comb begin
    rows_done_d    = rows_done_q;
    columns_done_d = columns_done_q;
    if (move) begin
      columns_done_d = out_last_o ? '0 : columns_done_q + ExtentBits'(Depth);
      if (out_last_o) rows_done_d = is_last_tile ? '0 : rows_done_q + ExtentBits'(Rows);
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      rows_done_q    <= '0;
      columns_done_q <= '0;
    end else begin
      rows_done_q    <= rows_done_d;
      columns_done_q <= columns_done_d;
    end
  end

  `ASSERT_PARAMETER(Rows, Rows >= 1, "Rows must be at least 1")
  `ASSERT_PARAMETER(Depth, Depth >= 1, "Depth must be at least 1")

endmodule
