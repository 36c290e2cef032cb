`include "cosim_assert.svh"

/// busy_o is high while something is between its entry and its exit: from the cycle after the first
/// `enter_i` until the cycle after the `leave_i` that makes them equal in number. Both may happen
/// in one cycle.
module flight_counter #(
  /// Most that can be in flight, 1 or more.
  parameter int unsigned Most = 16
) (
  input  logic clk_i,
  input  logic rst_ni,

  input  logic enter_i,
  input  logic leave_i,
  output logic busy_o
);

  localparam int unsigned CountBits = cosim_pkg::value_bits(64'(Most));

  logic [CountBits-1:0] count_d, count_q;

  always_comb begin
    count_d = count_q;
    if (enter_i && !leave_i) count_d = count_q + 1'b1;
    if (leave_i && !enter_i) count_d = count_q - 1'b1;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) count_q <= '0;
    else count_q <= count_d;
  end

  assign busy_o = count_q != '0;

  `ASSERT_PARAMETER(Most, Most >= 1, "Most must be at least 1")
  `ASSERT(LeavesOnlyWhatEntered, leave_i |-> busy_o)
  `ASSERT(CountInRange, enter_i |-> count_q != CountBits'(Most))

endmodule
