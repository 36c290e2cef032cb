`include "cosim_assert.svh"

/// floor_o = floor(value_i / 2^shift_i), and round_up_o = 1 when rounding halfToEven adds one to
/// it: floor_o + round_up_o is the value rounded halfToEven, in Width bits without overflow.
/// Signed, Width bits. A shift by Width or more rounds to 0 (floor -1 comes with round_up 1).
/// Combinational: the expensive half of a rounding shift, for a register to follow.
module floor_shift_with_round #(
  /// Bits of the value, 2 or more.
  parameter int unsigned Width = 64,
  /// Bits of the shift, 1 or more.
  parameter int unsigned ShiftBits = 7
) (
  input  logic signed [Width-1:0]     value_i,
  input  logic        [ShiftBits-1:0] shift_i,
  output logic signed [Width-1:0]     floor_o,
  output logic                        round_up_o
);

  // kept[i] is 0 where bit i of the value is shifted out.
  logic [Width-1:0] kept, lost, below_half;
  logic             half, sticky;

  always_comb begin
    kept       = {Width{1'b1}} << shift_i;
    lost       = unsigned'(value_i) & ~kept;
    below_half = ~kept >> 1;
    sticky     = (unsigned'(value_i) & below_half) != '0;
    half       = (lost & ~below_half) != '0;
    floor_o    = value_i >>> shift_i;
    round_up_o = half && (sticky || floor_o[0]);
    // From Width on the half lies in the sign extension, which a negative value alone has.
    if (64'(shift_i) > 64'(Width)) round_up_o = value_i[Width-1];
  end

  `ASSERT_PARAMETER(Width, Width >= 2, "Width must be at least 2")
  `ASSERT_PARAMETER(ShiftBits, ShiftBits >= 1 && ShiftBits <= 32, "ShiftBits must be 1...32")

endmodule
