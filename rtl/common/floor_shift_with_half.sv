`include "cosim_assert.svh"

/// floor_o = floor(value_i / 2^shift_i), and what it drops: half_o is the bit of weight 1/2,
/// below_half_o says whether anything smaller is left. Signed, Width bits. So, in Width bits
/// without overflow, the value rounded
///   halfUp           is floor_o + half_o,
///   halfAwayFromZero is floor_o + (half_o && (below_half_o || value_i >= 0)).
/// Every shift is defined, those by Width and more too: both roundings then give 0, but -1 for
/// halfAwayFromZero of the most negative value shifted by exactly Width.
/// Combinational: the expensive half of a rounding shift, for a register to follow.
module floor_shift_with_half #(
  /// Bits of the value, 2 or more.
  parameter int unsigned Width = 32,
  /// Bits of the shift, 1...32.
  parameter int unsigned ShiftBits = 5
) (
  input  logic signed [Width-1:0]     value_i,
  input  logic        [ShiftBits-1:0] shift_i,
  output logic signed [Width-1:0]     floor_o,
  output logic                        half_o,
  output logic                        below_half_o
);

  // One place more than the value, so that the half is the last bit left.
  logic signed [Width:0]   quotient;
  logic        [Width-1:0] lost;

  always_comb begin
    quotient     = $signed({value_i, 1'b0}) >>> shift_i;
    floor_o      = quotient[Width:1];
    half_o       = quotient[0];
    lost         = ~({Width{1'b1}} << shift_i);
    below_half_o = (unsigned'(value_i) & (lost >> 1)) != '0;
    // Beyond Width the sign itself is below the half.
    if (64'(shift_i) > 64'(Width)) below_half_o = value_i != '0;
  end

  `ASSERT_PARAMETER(Width, Width >= 2, "Width must be at least 2")
  `ASSERT_PARAMETER(ShiftBits, ShiftBits >= 1 && ShiftBits <= 32, "ShiftBits must be 1...32")

endmodule
