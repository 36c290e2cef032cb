`include "cosim_assert.svh"

/// ITA's streaming softmax over rows of 1...MaxLength scores, of which each is seen once before the
/// row's one division, and once after it:
///   1. maximum and inverse of the row, group by group, see `ita_row_inverse`, while it is stored;
///   2. probs = floor(inverse / 2^R(maximum - score)), the low 8 bits, scale 1/256, where
///      R(d) = d / 2^EpsilonShift rounded halfUp.
/// The sum of powers has 19 bits and wraps, from 2048 elements on; where it is 0, so are the probs.
/// Streams: a row is ceil(length / Group) beats, lane 0 in the least significant bits; keep marks
/// the lanes that hold an element (contiguous from lane 0, all but on the last beat), last the
/// row's last beat. Scores signed; what lies in other lanes does not matter; probs, unsigned 8
/// bits, are 0 there.
/// With Holes, keep may have any lanes, none in a beat too: elements that are masked out of the row
/// enter nothing, and a row without any has probs 0.
/// One beat a cycle, rows back to back, for every mix of row lengths as long as MaxLength is at
/// most 64 beats (behind a longer row, rows of one beat can have to wait). One of the longest rows
/// is stored. A row's first probs are valid 18 + 2 * $clog2(Group) cycles after its last score (26
/// cycles for groups of 16). `scores_ready_o` depends on registers only.
/// Source: Islamoglu et al., ITA (2023), section III; the sum's width and EpsilonShift 0 from its
/// public RTL.
module ita_softmax #(
  /// Binary logarithm of the logit steps in an octave, 0 or 5.
  parameter int unsigned EpsilonShift = 0,
  /// Elements in a beat, which share a maximum, 1...64.
  parameter int unsigned Group = 16,
  /// Elements of the longest row, 1...65536.
  parameter int unsigned MaxLength = 1024,
  /// 1 where keep may have holes, 0 where it may not.
  parameter int unsigned Holes = 0
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  // Input stream.
  input  logic                  scores_valid_i,
  output logic                  scores_ready_o,
  input  logic [Group-1:0][7:0] scores_data_i,
  input  logic [Group-1:0]      scores_keep_i,
  input  logic                  scores_last_i,

  // Output stream.
  output logic                  probs_valid_o,
  input  logic                  probs_ready_i,
  output logic [Group-1:0][7:0] probs_data_o,
  output logic [Group-1:0]      probs_keep_o,
  output logic                  probs_last_o
);

  localparam int unsigned InverseLatency = 12 + 2 * $clog2(Group);
  localparam int unsigned PowerLatency = 2;

  // Pass 1: store the row; its maximum and inverse.

  logic                  accept, stored, stored_last;
  logic                  inverse_valid;
  logic signed [7:0]     row_maximum, maximum;
  logic [15:0]           row_inverse, inverse;
  logic                  row_valid, row_ready, row_last;
  logic [Group-1:0]      row_keep;
  logic [Group-1:0][7:0] row_scores;

  row_pass #(
    .Width       (9 * Group),
    .ValueBits   (24),
    .RowBeats    (cosim_pkg::ceil_divide(MaxLength, Group)),
    .Latency     (0),
    .ValueLatency(InverseLatency)
  ) u_pass (
    .clk_i,
    .rst_ni,
    .in_valid_i    (scores_valid_i),
    .in_ready_o    (scores_ready_o),
    .in_last_i     (scores_last_i),
    .accept_o      (accept),
    .result_valid_o(stored),
    .result_last_o (stored_last),
    .result_i      ({scores_keep_i, scores_data_i}),
    .value_valid_i (inverse_valid),
    .value_i       ({row_maximum, row_inverse}),
    .out_valid_o   (row_valid),
    .out_ready_i   (row_ready),
    .out_data_o    ({row_keep, row_scores}),
    .out_last_o    (row_last),
    .out_value_o   ({maximum, inverse})
  );

  ita_row_inverse #(
    .Group       (Group),
    .EpsilonShift(EpsilonShift)
  ) u_inverse (
    .clk_i,
    .rst_ni,
    .valid_i  (stored),
    .last_i   (stored_last),
    .keep_i   (scores_keep_i),
    .data_i   (scores_data_i),
    .valid_o  (inverse_valid),
    .maximum_o(row_maximum),
    .inverse_o(row_inverse)
  );

  // Pass 2: the inverse, shifted by each score's distance from the maximum.

  logic [Group-1:0][7:0] distance;
  logic [Group-1:0]      keep;
  logic [15:0]           inverse_q;
  logic [Group-1:0][7:0] probs_d, probs_q;
  logic [Group-1:0]      probs_keep;
  logic                  probs_last, unused_accept, unused_result_valid;

  row_distance #(
    .Lanes(Group),
    .Bits (8)
  ) u_distance (
    .clk_i,
    .data_i    (row_scores),
    .keep_i    (row_keep),
    .maximum_i (maximum),
    .distance_o(distance)
  );

  always_ff @(posedge clk_i) begin
    inverse_q <= inverse;
    keep      <= row_keep;
    probs_q   <= probs_d;
  end

  for (genvar lane = 0; lane < Group; lane++) begin : gen_lane
    logic [15:0] power;
    logic        unused_power;

    ita_power #(
      .Width       (16),
      .EpsilonShift(EpsilonShift)
    ) u_power (
      .value_i   (inverse_q),
      .distance_i(distance[lane]),
      .power_o   (power)
    );

    assign probs_d[lane] = keep[lane] ? power[7:0] : '0;
    assign unused_power  = ^power[15:8];
  end

  delay_line #(
    .Width (Group + 1),
    .Cycles(PowerLatency)
  ) u_row_shape (
    .clk_i,
    .data_i({row_keep, row_last}),
    .data_o({probs_keep, probs_last})
  );

  pipeline_guard #(
    .Width  (9 * Group + 1),
    .Latency(PowerLatency)
  ) u_guard (
    .clk_i,
    .rst_ni,
    .in_valid_i    (row_valid),
    .in_ready_o    (row_ready),
    .accept_o      (unused_accept),
    .result_valid_o(unused_result_valid),
    .result_i      ({probs_q, probs_keep, probs_last}),
    .out_valid_o   (probs_valid_o),
    .out_ready_i   (probs_ready_i),
    .out_data_o    ({probs_data_o, probs_keep_o, probs_last_o})
  );

`ifndef SYNTHESIS
  row_rule #(
    .Lanes    (Group),
    .MaxLength(MaxLength),
    .Holes    (Holes)
  ) u_scores_row_rule (
    .clk_i,
    .rst_ni,
    .transfer_i(accept),
    .keep_i    (scores_keep_i),
    .last_i    (scores_last_i)
  );

  row_rule #(
    .Lanes    (Group),
    .MaxLength(MaxLength),
    .Holes    (Holes)
  ) u_probs_row_rule (
    .clk_i,
    .rst_ni,
    .transfer_i(probs_valid_o && probs_ready_i),
    .keep_i    (probs_keep_o),
    .last_i    (probs_last_o)
  );
`else
  logic unused_transfer;
  assign unused_transfer = accept;
`endif

  `ASSERT_PARAMETER(EpsilonShift, EpsilonShift == 0 || EpsilonShift == 5,
                    "EpsilonShift must be 0 or 5")
  `ASSERT_PARAMETER(Group, Group >= 1 && Group <= 64, "Group must be 1...64")
  `ASSERT_PARAMETER(MaxLength, MaxLength >= 1 && MaxLength <= 65536, "MaxLength must be 1...65536")
  `ASSERT_STREAM(scores, scores_valid_i, scores_ready_o,
                 {scores_data_i, scores_keep_i, scores_last_i})
  `ASSERT_STREAM(probs, probs_valid_o, probs_ready_i, {probs_data_o, probs_keep_o, probs_last_o})

endmodule
