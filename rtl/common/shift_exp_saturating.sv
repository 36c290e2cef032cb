`include "cosim_assert.svh"

/// I-ViT's shift-exp of a value p of either sign, in integers, with
///   v = max(p + floor(p / 2) - floor(p / 16), Octaves * x0),
///   q = floor(v / x0), r = v - x0 * q        (q is negative where p is positive),
/// exp_o = (r - 2 * x0) * 2^(Octaves - q) / 2 rounded by floor, saturated to 2^31 - 1.
/// Free-running: one value a cycle, latency cosim_pkg::shift_exp_saturating_latency() cycles.
/// Configuration is stable from one cycle before the first valid value.
/// Source: Li and Gu, I-ViT (2022), section 3.3, with the half bit that its public code keeps.
module shift_exp_saturating #(
  /// Bits of the value, 3...24.
  parameter int unsigned Bits = 9,
  /// Largest number of halvings, 1...29.
  parameter int unsigned Octaves = 23,
  /// Do not overwrite: bits of -x0, so that -x0 * 2^Octaves is below 2^31.
  localparam int unsigned OctaveBits = 31 - Octaves
) (
  input  logic                       clk_i,

  // Configuration: negative, and not the least value.
  input  logic signed [OctaveBits:0] cfg_x0_i,

  input  logic signed [Bits-1:0]     value_i,
  output logic        [30:0]         exp_o
);

  // After so many doublings every exponential is beyond 31 bits.
  localparam int unsigned Doublings = 31 - Octaves;
  localparam int unsigned Most = cosim_pkg::maximum(Octaves, Doublings);
  localparam int unsigned LimitedBits = cosim_pkg::limited_distance_bits(Bits, OctaveBits, Most);
  localparam int unsigned FallBits = cosim_pkg::limited_distance_bits(Bits, OctaveBits, Octaves);
  localparam int unsigned RiseBits = cosim_pkg::limited_distance_bits(Bits, OctaveBits, Doublings);
  localparam int unsigned RestBits = cosim_pkg::minimum(LimitedBits, OctaveBits);
  localparam int unsigned CountBits = cosim_pkg::value_bits(64'(Most));
  localparam int unsigned MantissaBits = OctaveBits + 1;
  localparam int unsigned DoubledBits = MantissaBits + Octaves + Doublings + 1;

  logic [OctaveBits-1:0]   octave, unused_octave;
  logic [FallBits-1:0]     fall_limit;
  logic [RiseBits-1:0]     rise_limit;
  logic                    fall_limited, rise_limited;
  logic                    rises_d, rises_q, rises;
  logic [Bits-1:0]         stretched_d, stretched_q;
  logic [CountBits-1:0]    octaves;
  logic [RestBits-1:0]     rest;
  logic [MantissaBits-1:0] mantissa_d, mantissa_q;
  logic [5:0]              shift_d, shift_q;
  logic [DoubledBits-1:0]  doubled;
  logic [30:0]             exp_d, exp_q;
  logic                    unused_half;

  octave_limit #(
    .OctaveBits  (OctaveBits),
    .DistanceBits(Bits),
    .Octaves     (Octaves)
  ) u_fall_limit (
    .clk_i,
    .cfg_x0_i,
    .octave_o (octave),
    .limit_o  (fall_limit),
    .limited_o(fall_limited)
  );

  octave_limit #(
    .OctaveBits  (OctaveBits),
    .DistanceBits(Bits),
    .Octaves     (Doublings)
  ) u_rise_limit (
    .clk_i,
    .cfg_x0_i,
    .octave_o (unused_octave),
    .limit_o  (rise_limit),
    .limited_o(rise_limited)
  );

  // Down: -v. Up: v - 1, of which whole octaves and rest are one octave and one step short of what
  // the floors of the negative quotient make of v.
  assign rises_d     = value_i > 0;
  assign stretched_d = rises_d ? unsigned'(value_i + (value_i >>> 1) - (value_i >>> 4) - 1'b1)
                               : unsigned'((value_i >>> 4) - (value_i >>> 1) - value_i);

  octave_divider #(
    .OctaveBits  (OctaveBits),
    .DistanceBits(Bits),
    .Octaves     (Most)
  ) u_divide (
    .clk_i,
    .octave_i  (octave),
    .limit_i   (rises_q ? LimitedBits'(rise_limit) : LimitedBits'(fall_limit)),
    .limited_i (rises_q ? rise_limited : fall_limited),
    .distance_i(stretched_q),
    .octaves_o (octaves),
    .rest_o    (rest)
  );

  delay_line #(
    .Width (1),
    .Cycles(cosim_pkg::octave_divider_latency(Most))
  ) u_rises (
    .clk_i,
    .data_i(rises_q),
    .data_o(rises)
  );

  // r - 2 * x0 and Octaves - q; then the half bit goes.
  always_comb begin
    mantissa_d = {octave, 1'b0} - MantissaBits'(rest);
    shift_d    = 6'(Octaves) - 6'(octaves);
    if (rises) begin
      mantissa_d = MantissaBits'(octave) + MantissaBits'(rest) + 1'b1;
      shift_d    = 6'(Octaves + 1) + 6'(octaves);
    end
  end

  assign doubled     = DoubledBits'(mantissa_q) << shift_q;
  assign exp_d       = (doubled >> 32) == '0 ? doubled[31:1] : '1;
  assign unused_half = doubled[0];

  always_ff @(posedge clk_i) begin
    rises_q     <= rises_d;
    stretched_q <= stretched_d;
    mantissa_q  <= mantissa_d;
    shift_q     <= shift_d;
    exp_q       <= exp_d;
  end

  assign exp_o = exp_q;

  `ASSERT_PARAMETER(Octaves, Octaves >= 1 && Octaves <= 29, "Octaves must be 1...29")
  `ASSERT_PARAMETER(Bits, Bits >= 3 && Bits <= 24, "Bits must be 3...24")

endmodule
