`include "cosim_assert.svh"

/// Integer maximum and reciprocal sum of each row, found window by window while the row passes:
///   intmax(x) = x / 4 rounded by floor (MaxRounding 0) or by ceiling (1)
///   for each window: raised = max(maximum, intmax of its elements), p as in `softermax_power`
///     sum = minimum(65535, floor(sum / 2^(raised - maximum)) + floor(sum of p / 2^9)), UQ(10,6)
///     maximum = raised
///   bits = the bits of sum; reciprocal = floor(2^(14 + bits) / sum), UQ(1,15), 2^14...2^15.
/// A beat is a window, elements Q(6,2), lane 0 in the low bits; lanes without keep count for
/// nothing. The sum is never 0.
/// Free-running: one beat a cycle; `valid_o` for one cycle, 14 + 2 * $clog2(Window) cycles after a
/// row's last beat.
module softermax_row_reciprocal #(
  /// Elements in a beat, 1...64.
  parameter int unsigned Window = 16,
  /// Rounding of the integer maximum: 0 floor, 1 ceiling.
  parameter int unsigned MaxRounding = 0
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic                   valid_i,
  input  logic                   last_i,
  input  logic [Window-1:0]      keep_i,
  input  logic [Window-1:0][7:0] data_i,

  output logic                   valid_o,
  output logic signed [6:0]      maximum_o,
  output logic [4:0]             bits_o,
  output logic [15:0]            reciprocal_o
);

  localparam int unsigned TreeLatency = $clog2(Window);
  localparam int unsigned PowerLatency = 2;
  localparam int unsigned DivideBitsPerStage = 2;
  localparam int unsigned ReciprocalLatency = cosim_pkg::normaliser_latency()
      + cosim_pkg::pipelined_divider_latency(16, DivideBitsPerStage);

  // The integer maximum so far, which is that of the maximum so far.

  logic                   raised_valid, raised_first, raised_last;
  logic signed [7:0]      score_maximum, score_previous;
  logic signed [8:0]      raised_sum, previous_sum;
  logic signed [6:0]      raised, previous;
  logic [Window-1:0]      keep;
  logic [Window-1:0][7:0] data;
  logic [3:0]             unused_quarters;

  running_maximum #(
    .Lanes(Window),
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
    .maximum_o (score_maximum),
    .previous_o(score_previous)
  );

  assign raised_sum      = 9'(score_maximum) + (MaxRounding == 0 ? 9'sd0 : 9'sd3);
  assign previous_sum    = 9'(score_previous) + (MaxRounding == 0 ? 9'sd0 : 9'sd3);
  assign raised          = raised_sum[8:2];
  assign previous        = previous_sum[8:2];
  assign unused_quarters = {raised_sum[1:0], previous_sum[1:0]};

  delay_line #(
    .Width (9 * Window),
    .Cycles(cosim_pkg::running_maximum_latency(Window))
  ) u_data (
    .clk_i,
    .data_i({keep_i, data_i}),
    .data_o({keep, data})
  );

  // The window's powers and their sum.

  logic [Window-1:0][15:0] p;
  logic [TreeLatency+15:0] window_sum;
  logic [6:0]              rise_d, rise_q, rise;
  logic                    window_valid, window_first, window_last, unused_window_sum;
  logic signed [6:0]       window_maximum;

  softermax_power #(
    .Lanes(Window)
  ) u_power (
    .clk_i,
    .scores_i (data),
    .keep_i   (keep),
    .maximum_i(raised),
    .p_o      (p)
  );

  adder_tree #(
    .Lanes    (Window),
    .InputBits(16)
  ) u_tree (
    .clk_i,
    .terms_i(p),
    .sum_o  (window_sum)
  );

  assign unused_window_sum = ^window_sum[8:0];
  assign rise_d            = unsigned'(raised) - unsigned'(previous);

  always_ff @(posedge clk_i) rise_q <= rise_d;

  valid_line #(
    .Cycles(PowerLatency + TreeLatency)
  ) u_valid (
    .clk_i,
    .rst_ni,
    .valid_i(raised_valid),
    .valid_o(window_valid)
  );

  delay_line #(
    .Width (9),
    .Cycles(PowerLatency + TreeLatency)
  ) u_window (
    .clk_i,
    .data_i({raised_first, raised_last, raised}),
    .data_o({window_first, window_last, window_maximum})
  );

  delay_line #(
    .Width (7),
    .Cycles(PowerLatency + TreeLatency - 1)
  ) u_rise (
    .clk_i,
    .data_i(rise_q),
    .data_o(rise)
  );

  // The shifting sum.

  logic [15:0] kept, sum_d, sum_q;
  logic [16:0] total;
  logic        row_valid_d, row_valid_q;

  assign kept  = window_first ? '0 : sum_q >> rise;
  assign total = {1'b0, kept} + 17'(window_sum >> 9);

  always_comb begin
    sum_d       = sum_q;
    row_valid_d = window_valid && window_last;
    if (window_valid) sum_d = total[16] ? '1 : total[15:0];
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) row_valid_q <= 1'b0;
    else row_valid_q <= row_valid_d;
  end

  always_ff @(posedge clk_i) sum_q <= sum_d;

  // The reciprocal, one a row: 2^(14 + bits) / sum = 2^30 / (sum * 2^(16 - bits)).

  logic [15:0] normalised, unused_remainder;
  logic [3:0]  zeros, row_zeros;
  logic        normalised_valid;

  normaliser #(
    .Width(16)
  ) u_normalise (
    .clk_i,
    .value_i(sum_q),
    .value_o(normalised),
    .zeros_o(zeros)
  );

  valid_line #(
    .Cycles(cosim_pkg::normaliser_latency())
  ) u_normalised_valid (
    .clk_i,
    .rst_ni,
    .valid_i(row_valid_q),
    .valid_o(normalised_valid)
  );

  pipelined_divider #(
    .NumeratorBits(31),
    .DivisorBits  (16),
    .BitsPerStage (DivideBitsPerStage),
    .QuotientBits (16)
  ) u_divide (
    .clk_i,
    .rst_ni,
    .valid_i    (normalised_valid),
    .numerator_i(31'd1 << 30),
    .divisor_i  (normalised),
    .valid_o,
    .quotient_o (reciprocal_o),
    .remainder_o(unused_remainder)
  );

  delay_line #(
    .Width (4),
    .Cycles(ReciprocalLatency - cosim_pkg::normaliser_latency())
  ) u_zeros (
    .clk_i,
    .data_i(zeros),
    .data_o(row_zeros)
  );

  delay_line #(
    .Width (7),
    .Cycles(1 + ReciprocalLatency)
  ) u_row_maximum (
    .clk_i,
    .data_i(window_maximum),
    .data_o(maximum_o)
  );

  assign bits_o = 5'd16 - 5'(row_zeros);

  `ASSERT_PARAMETER(Window, Window >= 1 && Window <= 64, "Window must be 1...64")
  `ASSERT_PARAMETER(MaxRounding, MaxRounding <= 1, "MaxRounding must be 0 or 1")
  `ASSERT(SumIsNotZero, row_valid_q |-> sum_q != '0)

endmodule
