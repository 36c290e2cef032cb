`include "cosim_assert.svh"

/// For each row, valid for one cycle:
///   sum_o       = sum of its kept elements,
///   mean_o      = sum / length rounded halfToEven, where length is the number of kept elements,
///   remainder_o = sum - length * mean, in -length/2...length/2.
/// All signed. Lanes that are not kept do not matter. Beats of a row arrive in any cycles; `last_i`
/// ends the row and the next beat begins another. Lane 0 in the low bits.
/// Free-running: one beat a cycle, latency cosim_pkg::row_mean_latency(Lanes, Bits) cycles after
/// the row's last beat. The division is pipelined: a row may end in every cycle.
module row_mean #(
  /// Elements in a beat, 1 or more.
  parameter int unsigned Lanes = 16,
  /// Bits of an element, 2...32.
  parameter int unsigned Bits = 16,
  /// Elements of the longest row, 1...2^31-1.
  parameter int unsigned MaxLength = 1024,
  /// Bits of a length. Derived, do not overwrite.
  localparam int unsigned LengthBits = cosim_pkg::value_bits(64'(MaxLength)),
  /// Bits of a sum. Derived, do not overwrite.
  localparam int unsigned SumBits = Bits + LengthBits
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,

  input  logic                         valid_i,
  input  logic                         last_i,
  input  logic [Lanes-1:0]             keep_i,
  input  logic [Lanes-1:0][Bits-1:0]   data_i,

  output logic                         valid_o,
  output logic signed [SumBits-1:0]    sum_o,
  output logic signed [Bits-1:0]       mean_o,
  output logic signed [LengthBits-1:0] remainder_o
);

  localparam int unsigned BitsPerStage = 2;
  localparam int unsigned DivideLatency = cosim_pkg::pipelined_divider_latency(Bits, BitsPerStage);

  // Everything up to the quotient is computed of element + 2^(Bits-1), which is not negative. That
  // adds an even number to the mean, so that ties go the same way.
  logic [Lanes-1:0][Bits-1:0] raised;
  logic                       sum_valid, unused_length_valid, mean_valid;
  logic [SumBits-1:0]         raised_sum, sum_d, sum_q;
  logic [LengthBits-1:0]      length, divisor, remainder;
  logic [Bits-1:0]            quotient, rounded, mean_d, mean_q;
  logic [LengthBits:0]        twice_remainder;
  logic                       round_up;
  logic [LengthBits-1:0]      remainder_d, remainder_q;

  always_comb begin
    for (int unsigned lane = 0; lane < Lanes; lane++) begin
      raised[lane] = '0;
      if (keep_i[lane]) raised[lane] = {!data_i[lane][Bits-1], data_i[lane][Bits-2:0]};
    end
  end

  row_sum #(
    .Lanes    (Lanes),
    .InputBits(Bits),
    .SumBits  (SumBits)
  ) u_sum (
    .clk_i,
    .rst_ni,
    .valid_i,
    .last_i,
    .data_i (raised),
    .valid_o(sum_valid),
    .sum_o  (raised_sum)
  );

  row_sum #(
    .Lanes    (Lanes),
    .InputBits(1),
    .SumBits  (LengthBits)
  ) u_length (
    .clk_i,
    .rst_ni,
    .valid_i,
    .last_i,
    .data_i (keep_i),
    .valid_o(unused_length_valid),
    .sum_o  (length)
  );

  pipelined_divider #(
    .NumeratorBits(SumBits),
    .DivisorBits  (LengthBits),
    .QuotientBits (Bits),
    .BitsPerStage (BitsPerStage)
  ) u_divide (
    .clk_i,
    .rst_ni,
    .valid_i    (sum_valid),
    .numerator_i(raised_sum),
    .divisor_i  (length),
    .valid_o    (mean_valid),
    .quotient_o (quotient),
    .remainder_o(remainder)
  );

  delay_line #(
    .Width (SumBits + LengthBits),
    .Cycles(DivideLatency)
  ) u_operands (
    .clk_i,
    .data_i({raised_sum - (SumBits'(length) << (Bits - 1)), length}),
    .data_o({sum_d, divisor})
  );

  assign twice_remainder = {remainder, 1'b0};
  assign round_up        = twice_remainder > {1'b0, divisor}
      || (twice_remainder == {1'b0, divisor} && quotient[0]);
  assign rounded         = quotient + Bits'(round_up);
  assign mean_d          = {!rounded[Bits-1], rounded[Bits-2:0]};
  // At most half a length, so a length's bits hold it with its sign.
  assign remainder_d     = round_up ? remainder - divisor : remainder;

  always_ff @(posedge clk_i) begin
    sum_q       <= sum_d;
    mean_q      <= mean_d;
    remainder_q <= remainder_d;
  end

  valid_line u_valid (
    .clk_i,
    .rst_ni,
    .valid_i(mean_valid),
    .valid_o
  );

  assign sum_o       = sum_q;
  assign mean_o      = mean_q;
  assign remainder_o = remainder_q;

  `ASSERT_PARAMETER(Bits, Bits >= 2 && Bits <= 32, "Bits must be 2...32")
  `ASSERT_PARAMETER(MaxLength, MaxLength >= 1 && MaxLength < 32'h8000_0000,
                    "MaxLength must be 1...2^31-1")

endmodule
