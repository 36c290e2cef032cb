`include "cosim_assert.svh"

/// Maximum and inverse of each row, found group by group while the row passes once:
///   R(d) = d / 2^EpsilonShift rounded halfUp
///   for each group: raised = max(maximum, group)
///     sum = [first group: 0, else floor(sum / 2^R(raised - maximum))]
///           + sum of floor(256 / 2^R(raised - x)), in 19 bits, wrapping
///     maximum = raised
///   inverse = floor(65280 / sum), 0 for sum 0.
/// A beat is a group, elements signed, lane 0 in the low bits; lanes without keep do not count.
/// Free-running: one beat a cycle; `valid_o` for one cycle, 12 + 2 * $clog2(Group) cycles after a
/// row's last beat.
module ita_row_inverse #(
  /// Elements in a beat, 1...64.
  parameter int unsigned Group = 16,
  /// Binary logarithm of the logit steps in an octave, 0...7.
  parameter int unsigned EpsilonShift = 0
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  input  logic                  valid_i,
  input  logic                  last_i,
  input  logic [Group-1:0]      keep_i,
  input  logic [Group-1:0][7:0] data_i,

  output logic                  valid_o,
  output logic signed [7:0]     maximum_o,
  output logic [15:0]           inverse_o
);

  localparam int unsigned SumBits = 19;
  localparam int unsigned TreeLatency = $clog2(Group);
  localparam int unsigned DivideBitsPerStage = 2;
  localparam int unsigned DivideLatency =
      cosim_pkg::pipelined_divider_latency(16, DivideBitsPerStage);

  // The maximum so far.

  logic                  raised_valid, raised_first, raised_last;
  logic signed [7:0]     maximum, previous;
  logic [Group-1:0]      keep;
  logic [Group-1:0][7:0] data;

  running_maximum #(
    .Lanes(Group),
    .Bits (8)
  ) u_maximum (
    .clk_i,
    .rst_ni,
    .valid_i,
    .last_i,
    .keep_i,
    .data_i,
    .valid_o   (raised_valid),
    .first_o   (raised_first),
    .last_o    (raised_last),
    .maximum_o (maximum),
    .previous_o(previous)
  );

  delay_line #(
    .Width (9 * Group),
    .Cycles(cosim_pkg::running_maximum_latency(Group))
  ) u_data (
    .clk_i,
    .data_i({keep_i, data_i}),
    .data_o({keep, data})
  );

  // Distances, then powers, then their sum.

  logic [Group-1:0][7:0] distance_d, distance_q;
  logic [Group-1:0]      keep_q;
  logic [7:0]            rise_d, rise_q, rise;
  logic [Group-1:0][8:0] power_d, power_q;
  logic [TreeLatency+8:0] group_sum;

  assign rise_d = unsigned'(maximum) - unsigned'(previous);

  for (genvar lane = 0; lane < Group; lane++) begin : gen_lane
    logic [8:0] power;

    assign distance_d[lane] = unsigned'(maximum) - data[lane];

    ita_power #(
      .Width       (9),
      .EpsilonShift(EpsilonShift)
    ) u_power (
      .value_i   (9'd256),
      .distance_i(distance_q[lane]),
      .power_o   (power)
    );

    assign power_d[lane] = keep_q[lane] ? power : '0;
  end

  always_ff @(posedge clk_i) begin
    distance_q <= distance_d;
    keep_q     <= keep;
    rise_q     <= rise_d;
    power_q    <= power_d;
  end

  adder_tree #(
    .Lanes    (Group),
    .InputBits(9)
  ) u_tree (
    .clk_i,
    .terms_i(power_q),
    .sum_o  (group_sum)
  );

  logic              group_valid, group_first, group_last;
  logic signed [7:0] group_maximum;

  valid_line #(
    .Cycles(2 + TreeLatency)
  ) u_valid (
    .clk_i,
    .rst_ni,
    .valid_i(raised_valid),
    .valid_o(group_valid)
  );

  delay_line #(
    .Width (10),
    .Cycles(2 + TreeLatency)
  ) u_group (
    .clk_i,
    .data_i({raised_first, raised_last, maximum}),
    .data_o({group_first, group_last, group_maximum})
  );

  delay_line #(
    .Width (8),
    .Cycles(1 + TreeLatency)
  ) u_rise (
    .clk_i,
    .data_i(rise_q),
    .data_o(rise)
  );

  // The shifting sum.

  logic [SumBits-1:0] sum_d, sum_q, shifted;
  logic               row_valid_d, row_valid_q;

  ita_power #(
    .Width       (SumBits),
    .EpsilonShift(EpsilonShift)
  ) u_shift (
    .value_i   (sum_q),
    .distance_i(rise),
    .power_o   (shifted)
  );

  always_comb begin
    sum_d       = sum_q;
    row_valid_d = group_valid && group_last;
    if (group_valid) sum_d = (group_first ? '0 : shifted) + SumBits'(group_sum);
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) row_valid_q <= 1'b0;
    else row_valid_q <= row_valid_d;
  end

  always_ff @(posedge clk_i) sum_q <= sum_d;

  // The division, one a row.

  logic [15:0]        quotient;
  logic [SumBits-1:0] unused_remainder;

  pipelined_divider #(
    .NumeratorBits(16),
    .DivisorBits  (SumBits),
    .BitsPerStage (DivideBitsPerStage)
  ) u_divide (
    .clk_i,
    .rst_ni,
    .valid_i    (row_valid_q),
    .numerator_i(16'd65280),
    .divisor_i  (sum_q),
    .valid_o,
    .quotient_o (quotient),
    .remainder_o(unused_remainder)
  );

  delay_line #(
    .Width (8),
    .Cycles(1 + DivideLatency)
  ) u_row_maximum (
    .clk_i,
    .data_i(group_maximum),
    .data_o(maximum_o)
  );

  // Only division by 0 gives all ones.
  assign inverse_o = quotient == '1 ? '0 : quotient;

  `ASSERT_PARAMETER(Group, Group >= 1 && Group <= 64, "Group must be 1...64")

endmodule
