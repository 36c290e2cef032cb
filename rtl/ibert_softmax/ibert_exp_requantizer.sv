`include "cosim_assert.svh"

/// q_o = saturate(exp * exp_multiplier / 2^exp_exponent rounded halfToEven), 0...32767, where exp
/// is `ibert_exp` of maximum_i - scores_i; 0 in lanes that are not kept, whatever lies there.
/// Scores and maximum signed, lane 0 in the least significant bits.
/// Free-running: one beat a cycle, latency 1 + ibert_exp_latency + saturating_rescaler_latency.
module ibert_exp_requantizer #(
  /// Elements in a beat, 1 or more.
  parameter int unsigned Lanes = 16,
  /// Bits of a score, 2...32.
  parameter int unsigned ScoreBits = 8,
  /// Largest number of halvings, 1...31.
  parameter int unsigned Octaves = 30
) (
  input  logic                            clk_i,
  input  logic                            rst_ni,

  input  logic signed [17:0]              cfg_x0_i,
  input  logic        [19:0]              cfg_b_i,
  input  logic        [32:0]              cfg_c_i,
  input  logic        [31:0]              cfg_exp_multiplier_i,
  input  logic        [6:0]               cfg_exp_exponent_i,

  input  logic                            valid_i,
  input  logic [Lanes-1:0][ScoreBits-1:0] scores_i,
  input  logic [Lanes-1:0]                keep_i,
  input  logic signed [ScoreBits-1:0]     maximum_i,

  output logic [Lanes-1:0][14:0]          q_o
);

  localparam int unsigned ShiftBits = cosim_pkg::value_bits(64'(Octaves));

  logic [Lanes-1:0][ScoreBits-1:0] distance;
  logic                            distance_valid, unused_exp_valid;
  logic [Lanes-1:0][32:0]          mantissa;
  logic [Lanes-1:0][ShiftBits-1:0] shift;
  logic [Lanes-1:0]                keep;

  row_distance #(
    .Lanes(Lanes),
    .Bits (ScoreBits)
  ) u_distance (
    .clk_i,
    .data_i    (scores_i),
    .keep_i,
    .maximum_i,
    .distance_o(distance)
  );

  valid_line u_valid (
    .clk_i,
    .rst_ni,
    .valid_i,
    .valid_o(distance_valid)
  );

  ibert_exp #(
    .Lanes       (Lanes),
    .DistanceBits(ScoreBits),
    .Octaves     (Octaves)
  ) u_exp (
    .clk_i,
    .rst_ni,
    .cfg_x0_i,
    .cfg_b_i,
    .cfg_c_i,
    .valid_i   (distance_valid),
    .distance_i(distance),
    .valid_o   (unused_exp_valid),
    .mantissa_o(mantissa),
    .shift_o   (shift)
  );

  delay_line #(
    .Width (Lanes),
    .Cycles(1 + cosim_pkg::ibert_exp_latency(Octaves) + cosim_pkg::saturating_rescaler_latency())
  ) u_keep (
    .clk_i,
    .data_i(keep_i),
    .data_o(keep)
  );

  for (genvar lane = 0; lane < Lanes; lane++) begin : gen_lane
    logic signed [7:0] exponent;
    logic [14:0]       scaled;

    // exp = mantissa * 2^shift is never formed: its shift goes into the one of the scale.
    assign exponent = signed'(8'(cfg_exp_exponent_i)) - signed'(8'(shift[lane]));

    saturating_rescaler #(
      .InputBits     (33),
      .MultiplierBits(32),
      .ExponentBits  (8),
      .MaxLeftShift  (31),
      .OutputBits    (15)
    ) u_scale (
      .clk_i,
      .x_i         (mantissa[lane]),
      .multiplier_i(cfg_exp_multiplier_i),
      .exponent_i  (exponent),
      .value_o     (scaled)
    );

    assign q_o[lane] = keep[lane] ? scaled : '0;
  end

endmodule
