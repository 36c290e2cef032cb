`include "cosim_assert.svh"

/// value_o = value_i / 2^shift_i rounded halfToEven. Both signed, Width bits; no shift overflows.
/// A shift by Width or more gives 0. Combinational; a pipeline takes `floor_shift_with_round`, puts
/// a register behind it, and adds.
module round_half_even_shift #(
  /// Bits of the value, 2 or more.
  parameter int unsigned Width = 64,
  /// Bits of the shift, 1 or more.
  parameter int unsigned ShiftBits = 7
) (
  input  logic signed [Width-1:0]     value_i,
  input  logic        [ShiftBits-1:0] shift_i,
  output logic signed [Width-1:0]     value_o
);

  logic signed [Width-1:0] quotient;
  logic                    up;

  floor_shift_with_round #(
    .Width    (Width),
    .ShiftBits(ShiftBits)
  ) u_shift (
    .value_i,
    .shift_i,
    .floor_o   (quotient),
    .round_up_o(up)
  );

  assign value_o = quotient + signed'(Width'(up));

endmodule
