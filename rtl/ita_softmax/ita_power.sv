`include "cosim_assert.svh"

/// power_o = value_i / 2^R rounded by floor, with R = distance_i / 2^EpsilonShift rounded halfUp.
/// All unsigned. Combinational.
module ita_power #(
  /// Bits of value and power, 1 or more.
  parameter int unsigned Width = 16,
  /// Binary logarithm of the steps in an octave, 0...7.
  parameter int unsigned EpsilonShift = 0
) (
  input  logic [Width-1:0] value_i,
  input  logic [7:0]       distance_i,
  output logic [Width-1:0] power_o
);

  // With the half as its last bit.
  logic [8:0] scaled;
  logic [7:0] octaves;

  assign scaled  = {distance_i, 1'b0} >> EpsilonShift;
  assign octaves = scaled[8:1] + 8'(scaled[0]);
  assign power_o = value_i >> octaves;

  `ASSERT_PARAMETER(EpsilonShift, EpsilonShift <= 7, "EpsilonShift must be 0...7")

endmodule
