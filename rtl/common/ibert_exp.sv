`include "cosim_assert.svh"

/// I-BERT's i-exp of -distance, in integers: with d = max(-distance, Octaves * x0),
///   q = floor(d / x0), r = d - x0 * q, z = max(0, (r + b) * r + c),
/// exp = z * 2^(Octaves - q) = mantissa_o << shift_o, and mantissa_o = z, shift_o = Octaves - q.
/// distance is unsigned (row maximum minus element); z below 2^33 is the configuration's duty. Lane
/// 0 in the low bits. The division is restoring, one quotient bit a stage; nothing is rounded.
/// Free-running: one beat a cycle, latency cosim_pkg::ibert_exp_latency(Octaves) cycles.
/// Configuration is stable from one cycle before the first valid distance.
/// Source: Kim et al., I-BERT (2021), algorithm 2, with the shift to the left of its public code.
module ibert_exp #(
  /// Elements in a beat, 1 or more.
  parameter int unsigned Lanes = 16,
  /// Bits of a distance, 1...32.
  parameter int unsigned DistanceBits = 8,
  /// Largest number of halvings, 1...31.
  parameter int unsigned Octaves = 30,
  /// Do not overwrite: bits of `shift_o`.
  localparam int unsigned ShiftBits = cosim_pkg::value_bits(64'(Octaves))
) (
  input  logic                               clk_i,
  input  logic                               rst_ni,

  // Configuration: x0 < 0.
  input  logic signed [17:0]                 cfg_x0_i,
  input  logic        [19:0]                 cfg_b_i,
  input  logic        [32:0]                 cfg_c_i,

  input  logic                               valid_i,
  input  logic [Lanes-1:0][DistanceBits-1:0] distance_i,

  output logic                               valid_o,
  output logic [Lanes-1:0][32:0]             mantissa_o,
  output logic [Lanes-1:0][ShiftBits-1:0]    shift_o
);

  localparam int unsigned Latency = cosim_pkg::ibert_exp_latency(Octaves);
  localparam int unsigned OctaveBits = 17;
  localparam int unsigned LimitedBits =
      cosim_pkg::limited_distance_bits(DistanceBits, OctaveBits, Octaves);

  logic [OctaveBits-1:0]  octave;
  logic [LimitedBits-1:0] limit;
  logic                   limited;
  logic [Lanes-1:0]       in_range;

  octave_limit #(
    .OctaveBits  (OctaveBits),
    .DistanceBits(DistanceBits),
    .Octaves     (Octaves)
  ) u_limit (
    .clk_i,
    .cfg_x0_i,
    .octave_o (octave),
    .limit_o  (limit),
    .limited_o(limited)
  );

  for (genvar lane = 0; lane < Lanes; lane++) begin : gen_lane
    ibert_exp_lane #(
      .DistanceBits(DistanceBits),
      .Octaves     (Octaves)
    ) u_lane (
      .clk_i,
      .octave_i  (octave),
      .limit_i   (limit),
      .limited_i (limited),
      .b_i       (cfg_b_i),
      .c_i       (cfg_c_i),
      .distance_i(distance_i[lane]),
      .mantissa_o(mantissa_o[lane]),
      .shift_o   (shift_o[lane]),
      .in_range_o(in_range[lane])
    );
  end

  valid_line #(
    .Cycles(Latency)
  ) u_valid (
    .clk_i,
    .rst_ni,
    .valid_i,
    .valid_o
  );

`ifdef SYNTHESIS
  logic unused_in_range;
  assign unused_in_range = ^in_range;
`endif

  `ASSERT_PARAMETER(Octaves, Octaves >= 1 && Octaves <= 31, "Octaves must be 1...31")
  `ASSERT_PARAMETER(DistanceBits, DistanceBits >= 1 && DistanceBits <= 32,
                    "DistanceBits must be 1...32")
  `ASSERT(StepIsNegative, valid_i |-> cfg_x0_i < 0 && cfg_x0_i != 18'sh20000)
  `ASSERT(MantissaInRange, valid_o |-> in_range == '1)

endmodule
