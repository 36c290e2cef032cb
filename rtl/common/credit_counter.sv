`include "cosim_assert.svh"

/// Counts free places downstream: Credits after reset, one less for each `take_i`, one more for
/// each `give_i`; both may happen in one cycle. `take_i` is legal only while `available_o`.
/// A credit given is available in the next cycle.
module credit_counter #(
  /// Places downstream, 1 or more.
  parameter int unsigned Credits = 4
) (
  input  logic clk_i,
  input  logic rst_ni,

  input  logic take_i,
  input  logic give_i,
  output logic available_o
);

  localparam int unsigned CountBits = cosim_pkg::value_bits(64'(Credits));
  localparam logic [CountBits-1:0] AllCredits = CountBits'(Credits);

  logic [CountBits-1:0] used_d, used_q;

  always_comb begin
    used_d = used_q;
    if (take_i && !give_i) used_d = used_q + 1'b1;
    if (give_i && !take_i) used_d = used_q - 1'b1;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) used_q <= '0;
    else used_q <= used_d;
  end

  assign available_o = used_q != AllCredits;

  `ASSERT_PARAMETER(Credits, Credits >= 1, "Credits must be at least 1")
  `ASSERT(TakesOnlyWhatIsAvailable, take_i |-> available_o)
  `ASSERT(GivesOnlyWhatWasTaken, give_i |-> used_q != '0)

endmodule
