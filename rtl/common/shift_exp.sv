`include "cosim_assert.svh"

/// I-ViT's shift-exp of -distance, in integers: with p = -distance and
///   v = max(p + floor(p / 2) - floor(p / 16), Octaves * x0),
///   q = floor(v / x0), r = v - x0 * q,
/// exp_o = (r - 2 * x0) * 2^(Octaves - q) / 2 rounded by floor, at least 1 and below 2^31.
/// distance is unsigned (row maximum minus element). Lane 0 in the low bits.
/// Free-running: one beat a cycle, latency cosim_pkg::shift_exp_latency(Octaves) cycles.
/// Configuration is stable from one cycle before the first valid distance.
/// Source: Li and Gu, I-ViT (2022), section 3.3, with the half bit that its public code keeps.
module shift_exp #(
  /// Elements in a beat, 1 or more.
  parameter int unsigned Lanes = 16,
  /// Bits of a distance, 1...24.
  parameter int unsigned DistanceBits = 8,
  /// Largest number of halvings, 1...29.
  parameter int unsigned Octaves = 15,
  /// Do not overwrite: bits of -x0, so that -x0 * 2^Octaves is below 2^31.
  localparam int unsigned OctaveBits = 31 - Octaves
) (
  input  logic                               clk_i,
  input  logic                               rst_ni,

  // Configuration: negative, and not the least value.
  input  logic signed [OctaveBits:0]         cfg_x0_i,

  input  logic                               valid_i,
  input  logic [Lanes-1:0][DistanceBits-1:0] distance_i,

  output logic                               valid_o,
  output logic [Lanes-1:0][30:0]             exp_o
);

  // v is -23/16 of the distance, more or less.
  localparam int unsigned StretchedBits = DistanceBits + 1;
  localparam int unsigned LimitedBits =
      cosim_pkg::limited_distance_bits(StretchedBits, OctaveBits, Octaves);
  localparam int unsigned RestBits = cosim_pkg::minimum(LimitedBits, OctaveBits);
  localparam int unsigned CountBits = cosim_pkg::value_bits(64'(Octaves));
  localparam int unsigned MantissaBits = OctaveBits + 1;

  logic [OctaveBits-1:0]  octave;
  logic [LimitedBits-1:0] limit;
  logic                   limited;

  octave_limit #(
    .OctaveBits  (OctaveBits),
    .DistanceBits(StretchedBits),
    .Octaves     (Octaves)
  ) u_limit (
    .clk_i,
    .cfg_x0_i,
    .octave_o (octave),
    .limit_o  (limit),
    .limited_o(limited)
  );

  for (genvar lane = 0; lane < Lanes; lane++) begin : gen_lane
    logic [StretchedBits-1:0] distance, half, floored, sixteenth, stretched_d, stretched_q;
    logic [CountBits-1:0]     octaves, shift_d, shift_q;
    logic [RestBits-1:0]      rest;
    logic [MantissaBits-1:0]  mantissa_d, mantissa_q;
    logic [31:0]              doubled;
    logic [30:0]              exp_d, exp_q;
    logic                     unused_half;

    // -v: the floors of negative values are ceilings here.
    assign distance    = StretchedBits'(distance_i[lane]);
    assign half        = (distance + 1'b1) >> 1;
    assign floored     = (distance >> 4) << 4;
    assign sixteenth   = (distance >> 4) + StretchedBits'(distance != floored);
    assign stretched_d = distance + half - sixteenth;

    octave_divider #(
      .OctaveBits  (OctaveBits),
      .DistanceBits(StretchedBits),
      .Octaves     (Octaves)
    ) u_divide (
      .clk_i,
      .octave_i  (octave),
      .limit_i   (limit),
      .limited_i (limited),
      .distance_i(stretched_q),
      .octaves_o (octaves),
      .rest_o    (rest)
    );

    // r - 2 * x0, and then the half bit goes.
    assign mantissa_d  = {octave, 1'b0} - MantissaBits'(rest);
    assign shift_d     = CountBits'(Octaves) - octaves;
    assign doubled     = 32'(mantissa_q) << shift_q;
    assign exp_d       = doubled[31:1];
    assign unused_half = doubled[0];

    always_ff @(posedge clk_i) begin
      stretched_q <= stretched_d;
      mantissa_q  <= mantissa_d;
      shift_q     <= shift_d;
      exp_q       <= exp_d;
    end

    assign exp_o[lane] = exp_q;
  end

  valid_line #(
    .Cycles(cosim_pkg::shift_exp_latency(Octaves))
  ) u_valid (
    .clk_i,
    .rst_ni,
    .valid_i,
    .valid_o
  );

  `ASSERT_PARAMETER(Octaves, Octaves >= 1 && Octaves <= 29, "Octaves must be 1...29")
  `ASSERT_PARAMETER(DistanceBits, DistanceBits >= 1 && DistanceBits <= 24,
                    "DistanceBits must be 1...24")
  `ASSERT(StepIsNegative, valid_i |-> cfg_x0_i < 0 && cfg_x0_i[OctaveBits-1:0] != '0)

endmodule
