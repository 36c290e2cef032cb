`include "cosim_assert.svh"

/// Softermax, a softmax of base 2, over rows of 1...MaxLength scores, of which each is seen once
/// before the row's one division, and once after it:
///   1. integer maximum and reciprocal sum of the row, window by window, see
///      `softermax_row_reciprocal`, while it is stored;
///   2. p = chord(score mod 4) * 2^(floor(score / 4) - maximum) rounded by floor, UQ(1,15), and
///      probs = p * reciprocal / 2^(16 + bits) rounded by floor, UQ(1,7), at most 128,
///      or 129 where the maximum is rounded up.
/// The sum of p, UQ(10,6), saturates at 65535.
/// Streams: a row is ceil(length / Window) beats, lane 0 in the least significant bits; keep marks
/// the lanes that hold an element (contiguous from lane 0, all but on the last beat), last the
/// row's last beat. Scores Q(6,2), signed; what lies in other lanes does not matter; probs,
/// unsigned 8 bits, are 0 there.
/// One beat a cycle, rows back to back, for every mix of row lengths as long as MaxLength is at
/// most 64 beats (behind a longer row, rows of one beat can have to wait). One of the longest rows
/// is stored. A row's first probs are valid 24 + 2 * $clog2(Window) cycles after its last score (32
/// cycles for windows of 16). `scores_ready_o` depends on registers only.
/// Source: Stevens et al., Softermax (2021), whose formats these are; it states no roundings.
module softermax #(
  /// Rounding of the integer maximum: 0 floor, 1 ceiling.
  parameter int unsigned MaxRounding = 0,
  /// Elements in a beat, which share a maximum, 1...64.
  parameter int unsigned Window = 16,
  /// Elements of the longest row, 1...65536.
  parameter int unsigned MaxLength = 1024
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // Input stream.
  input  logic                   scores_valid_i,
  output logic                   scores_ready_o,
  input  logic [Window-1:0][7:0] scores_data_i,
  input  logic [Window-1:0]      scores_keep_i,
  input  logic                   scores_last_i,

  // Output stream.
  output logic                   probs_valid_o,
  input  logic                   probs_ready_i,
  output logic [Window-1:0][7:0] probs_data_o,
  output logic [Window-1:0]      probs_keep_o,
  output logic                   probs_last_o
);

  localparam int unsigned ReciprocalLatency = 14 + 2 * $clog2(Window);
  localparam int unsigned PowerLatency = 2;
  localparam int unsigned MultiplyStages = 3;
  localparam int unsigned ScaleLatency = PowerLatency + MultiplyStages + 1;

  // Pass 1: store the row; its integer maximum and reciprocal sum.

  logic                   accept, stored, stored_last;
  logic                   reciprocal_valid;
  logic signed [6:0]      found_maximum, maximum;
  logic [4:0]             found_bits, bits;
  logic [15:0]            found_reciprocal, reciprocal;
  logic                   row_valid, row_ready, row_last;
  logic [Window-1:0]      row_keep;
  logic [Window-1:0][7:0] row_scores;

  row_pass #(
    .Width       (9 * Window),
    .ValueBits   (28),
    .RowBeats    (cosim_pkg::ceil_divide(MaxLength, Window)),
    .Latency     (0),
    .ValueLatency(ReciprocalLatency)
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
    .value_valid_i (reciprocal_valid),
    .value_i       ({found_maximum, found_bits, found_reciprocal}),
    .out_valid_o   (row_valid),
    .out_ready_i   (row_ready),
    .out_data_o    ({row_keep, row_scores}),
    .out_last_o    (row_last),
    .out_value_o   ({maximum, bits, reciprocal})
  );

  softermax_row_reciprocal #(
    .Window     (Window),
    .MaxRounding(MaxRounding)
  ) u_reciprocal (
    .clk_i,
    .rst_ni,
    .valid_i     (stored),
    .last_i      (stored_last),
    .keep_i      (scores_keep_i),
    .data_i      (scores_data_i),
    .valid_o     (reciprocal_valid),
    .maximum_o   (found_maximum),
    .bits_o      (found_bits),
    .reciprocal_o(found_reciprocal)
  );

  // Pass 2: powers under the final maximum, scaled.

  logic [Window-1:0][15:0] p;
  logic [15:0]             p_reciprocal;
  logic [4:0]              p_bits, product_bits;
  logic [Window-1:0][7:0]  probs_d, probs_q;
  logic [Window-1:0]       probs_keep;
  logic                    probs_last, probs_valid, unused_accept;

  softermax_power #(
    .Lanes(Window)
  ) u_power (
    .clk_i,
    .scores_i (row_scores),
    .keep_i   (row_keep),
    .maximum_i(maximum),
    .p_o      (p)
  );

  delay_line #(
    .Width (21),
    .Cycles(PowerLatency)
  ) u_row_value (
    .clk_i,
    .data_i({bits, reciprocal}),
    .data_o({p_bits, p_reciprocal})
  );

  delay_line #(
    .Width (5),
    .Cycles(MultiplyStages)
  ) u_bits (
    .clk_i,
    .data_i(p_bits),
    .data_o(product_bits)
  );

  for (genvar lane = 0; lane < Window; lane++) begin : gen_lane
    logic signed [33:0] product;
    logic [15:0]        scaled;
    logic               unused_product;

    pipelined_multiplier #(
      .ABits (17),
      .BBits (17),
      .Stages(MultiplyStages)
    ) u_multiply (
      .clk_i,
      .a_i      (signed'({1'b0, p[lane]})),
      .b_i      (signed'({1'b0, p_reciprocal})),
      .product_o(product)
    );

    assign scaled         = product[31:16] >> product_bits;
    assign probs_d[lane]  = scaled[7:0];
    assign unused_product = ^{product[33:32], product[15:0], scaled[15:8]};

    // 128 is a probability of 1; where the sum has lost bits, the quotient may be one above.
    `ASSERT(ProbsInRange, probs_valid |-> $past(scaled) <= 16'd128 + 16'(MaxRounding))
  end

  always_ff @(posedge clk_i) probs_q <= probs_d;

  delay_line #(
    .Width (Window + 1),
    .Cycles(ScaleLatency)
  ) u_row_shape (
    .clk_i,
    .data_i({row_keep, row_last}),
    .data_o({probs_keep, probs_last})
  );

  pipeline_guard #(
    .Width  (9 * Window + 1),
    .Latency(ScaleLatency)
  ) u_guard (
    .clk_i,
    .rst_ni,
    .in_valid_i    (row_valid),
    .in_ready_o    (row_ready),
    .accept_o      (unused_accept),
    .result_valid_o(probs_valid),
    .result_i      ({probs_q, probs_keep, probs_last}),
    .out_valid_o   (probs_valid_o),
    .out_ready_i   (probs_ready_i),
    .out_data_o    ({probs_data_o, probs_keep_o, probs_last_o})
  );

`ifndef SYNTHESIS
  row_rule #(
    .Lanes    (Window),
    .MaxLength(MaxLength)
  ) u_scores_row_rule (
    .clk_i,
    .rst_ni,
    .transfer_i(accept),
    .keep_i    (scores_keep_i),
    .last_i    (scores_last_i)
  );

  row_rule #(
    .Lanes    (Window),
    .MaxLength(MaxLength)
  ) u_probs_row_rule (
    .clk_i,
    .rst_ni,
    .transfer_i(probs_valid_o && probs_ready_i),
    .keep_i    (probs_keep_o),
    .last_i    (probs_last_o)
  );
`else
  logic unused_checks;
  assign unused_checks = accept ^ probs_valid;
`endif

  `ASSERT_PARAMETER(MaxRounding, MaxRounding <= 1, "MaxRounding must be 0 or 1")
  `ASSERT_PARAMETER(Window, Window >= 1 && Window <= 64, "Window must be 1...64")
  `ASSERT_PARAMETER(MaxLength, MaxLength >= 1 && MaxLength <= 65536, "MaxLength must be 1...65536")
  `ASSERT_STREAM(scores, scores_valid_i, scores_ready_o,
                 {scores_data_i, scores_keep_i, scores_last_i})
  `ASSERT_STREAM(probs, probs_valid_o, probs_ready_i, {probs_data_o, probs_keep_o, probs_last_o})

endmodule
