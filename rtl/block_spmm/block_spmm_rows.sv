`include "cosim_assert.svh"

/// Turns row pointers into numbers of blocks: count_o = pointer - the pointer before it, for every
/// block row; the first pointer of a tile has none before it. Every tile of Rows rows of
/// activations takes all `shape_p_i` pointers; `count_tile_end_o` comes with its last count.
/// One pointer a cycle; counts wait in a queue of Depth, so that no row waits for its pointer.
module block_spmm_rows #(
  /// Rows of activations in a tile.
  parameter int unsigned Rows = 4,
  /// Bits of a count.
  parameter int unsigned CountBits = 17,
  /// Counts in the queue.
  parameter int unsigned Depth = 4,
  /// Bits of m and p.
  parameter int unsigned ExtentBits = 17
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  input  logic                  shape_valid_i,
  output logic                  shape_ready_o,
  input  logic [ExtentBits-1:0] shape_m_i,
  input  logic [ExtentBits-1:0] shape_p_i,

  input  logic                  indptr_valid_i,
  output logic                  indptr_ready_o,
  input  logic [31:0]           indptr_data_i,

  output logic                  count_valid_o,
  input  logic                  count_ready_i,
  output logic [CountBits-1:0]  count_o,
  output logic                  count_tile_end_o
);

  logic [ExtentBits-1:0] rows_done_d, rows_done_q, pointers_done_d, pointers_done_q;
  logic [31:0]           before_q, difference;
  logic                  is_first, is_tile_end, is_last_tile, space, move;

  assign is_first     = pointers_done_q == '0;
  assign is_tile_end  = pointers_done_q + 1'b1 == shape_p_i;
  assign is_last_tile = shape_m_i - rows_done_q <= ExtentBits'(Rows);
  assign difference   = indptr_data_i - before_q;

  assign indptr_ready_o = shape_valid_i && space;
  assign move           = indptr_valid_i && indptr_ready_o;
  assign shape_ready_o  = move && is_tile_end && is_last_tile;

  always_comb begin
    rows_done_d     = rows_done_q;
    pointers_done_d = pointers_done_q;
    if (move) begin
      pointers_done_d = is_tile_end ? '0 : pointers_done_q + 1'b1;
      if (is_tile_end) rows_done_d = is_last_tile ? '0 : rows_done_q + ExtentBits'(Rows);
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      rows_done_q     <= '0;
      pointers_done_q <= '0;
    end else begin
      rows_done_q     <= rows_done_d;
      pointers_done_q <= pointers_done_d;
    end
  end

  always_ff @(posedge clk_i) begin
    if (move) before_q <= indptr_data_i;
  end

  stream_fifo #(
    .Width(CountBits + 1),
    .Depth(Depth)
  ) u_counts (
    .clk_i,
    .rst_ni,
    .in_valid_i (move && !is_first),
    .in_ready_o (space),
    .in_data_i  ({CountBits'(difference), is_tile_end}),
    .out_valid_o(count_valid_o),
    .out_ready_i(count_ready_i),
    .out_data_o ({count_o, count_tile_end_o})
  );

`ifdef SYNTHESIS
  logic unused_difference;
  assign unused_difference = ^difference;
`endif

  `ASSERT(PointersDoNotDecrease, move && !is_first |-> indptr_data_i >= before_q)
  `ASSERT(CountInRange, move && !is_first |-> difference >> CountBits == '0)
  `ASSERT(PointersInRange, shape_valid_i |-> shape_p_i > ExtentBits'(1))

endmodule
