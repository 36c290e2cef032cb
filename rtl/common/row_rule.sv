`include "cosim_assert.svh"

/// Asserts how rows lie in beats: keep is contiguous from lane 0, never empty, and all ones except
/// on the last beat, or anything where rows have holes; a row has at most MaxLength elements. For
/// simulation; drives nothing.
module row_rule #(
  /// Elements in a beat, 1 or more.
  parameter int unsigned Lanes = 16,
  /// Elements of the longest row, 1 or more.
  parameter int unsigned MaxLength = 1024,
  /// 1 where keep may have holes, 0 where it may not.
  parameter int unsigned Holes = 0
) (
  input logic             clk_i,
  input logic             rst_ni,

  input logic             transfer_i,
  input logic [Lanes-1:0] keep_i,
  input logic             last_i
);

  logic [31:0] length, before_d, before_q;

  always_comb begin
    length = before_q;
    for (int unsigned lane = 0; lane < Lanes; lane++) length += 32'(keep_i[lane]);
    before_d = before_q;
    if (transfer_i) before_d = last_i ? '0 : length;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) before_q <= '0;
    else before_q <= before_d;
  end

  if (Holes == 0) begin : gen_no_holes
    `ASSERT(KeepIsContiguous, transfer_i |-> (keep_i & (keep_i + 1'b1)) == '0)
    `ASSERT(BeatIsNotEmpty, transfer_i |-> keep_i[0])
    `ASSERT(OnlyTheLastBeatIsPartial, (transfer_i && !last_i) |-> keep_i == '1)
  end
  `ASSERT(RowIsNotTooLong, transfer_i |-> length <= MaxLength)

endmodule
