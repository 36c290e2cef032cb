`include "cosim_assert.svh"

/// Prepares the configuration of `octave_divider`s, once for all lanes: octave_o = -cfg_x0_i, and
/// limit_o = Octaves * octave where `limited_o` says that a distance can exceed it at all.
/// Latency 2 cycles; the configuration is stable from one cycle before the first distance.
module octave_limit #(
  /// Bits of an octave, 1...32.
  parameter int unsigned OctaveBits = 17,
  /// Bits of a distance, 1...32.
  parameter int unsigned DistanceBits = 8,
  /// Largest number of octaves, 1...31.
  parameter int unsigned Octaves = 30,
  /// Do not overwrite: bits of a distance once limited.
  localparam int unsigned LimitedBits =
      cosim_pkg::limited_distance_bits(DistanceBits, OctaveBits, Octaves)
) (
  input  logic                         clk_i,

  // Configuration: negative, and not the least value.
  input  logic signed [OctaveBits:0]   cfg_x0_i,

  output logic        [OctaveBits-1:0]  octave_o,
  output logic        [LimitedBits-1:0] limit_o,
  output logic                          limited_o
);

  localparam int unsigned LimitBits = OctaveBits + cosim_pkg::value_bits(64'(Octaves));

  logic [OctaveBits-1:0] octave_d, octave_q;
  logic [LimitBits-1:0]  limit_d, limit_q;

  assign octave_d = OctaveBits'(-cfg_x0_i);
  assign limit_d  = LimitBits'(octave_d) * LimitBits'(Octaves);

  always_ff @(posedge clk_i) begin
    octave_q <= octave_d;
    limit_q  <= limit_d;
  end

  assign octave_o  = octave_q;
  assign limit_o   = LimitedBits'(limit_q);
  assign limited_o = (64'(limit_q) >> DistanceBits) == '0;

  `ASSERT_PARAMETER(OctaveBits, OctaveBits >= 1 && OctaveBits <= 32, "OctaveBits must be 1...32")
  `ASSERT_PARAMETER(DistanceBits, DistanceBits >= 1 && DistanceBits <= 32,
                    "DistanceBits must be 1...32")
  `ASSERT_PARAMETER(Octaves, Octaves >= 1 && Octaves <= 31, "Octaves must be 1...31")

endmodule
