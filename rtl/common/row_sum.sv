`include "cosim_assert.svh"

/// sum_o = sum of all elements of a row modulo 2^SumBits, valid for one cycle for each row.
/// Unsigned; signed elements are extended to SumBits by the caller, with InputBits = SumBits. Lanes
/// that hold no element are 0. Beats of a row arrive in any cycles; `last_i` ends the row and the
/// next beat begins another. Lane 0 in the low bits.
/// Free-running: one beat a cycle, latency $clog2(Lanes) + 1 cycles after the row's last beat.
module row_sum #(
  /// Elements in a beat, 1 or more.
  parameter int unsigned Lanes = 16,
  /// Bits of an element, 1 or more.
  parameter int unsigned InputBits = 15,
  /// Bits of the sum, InputBits or more.
  parameter int unsigned SumBits = 25
) (
  input  logic                            clk_i,
  input  logic                            rst_ni,

  input  logic                            valid_i,
  input  logic                            last_i,
  input  logic [Lanes-1:0][InputBits-1:0] data_i,

  output logic                            valid_o,
  output logic [SumBits-1:0]              sum_o
);

  localparam int unsigned TreeLatency = $clog2(Lanes);
  localparam int unsigned BeatBits = cosim_pkg::minimum(SumBits, InputBits + TreeLatency);

  logic                beat_valid, beat_last;
  logic [BeatBits-1:0] beat_sum;
  logic                first_d, first_q, valid_d, valid_q;
  logic [SumBits-1:0]  sum_d, sum_q;

  adder_tree #(
    .Lanes     (Lanes),
    .InputBits (InputBits),
    .OutputBits(BeatBits)
  ) u_tree (
    .clk_i,
    .terms_i(data_i),
    .sum_o  (beat_sum)
  );

  valid_line #(
    .Cycles(TreeLatency)
  ) u_valid (
    .clk_i,
    .rst_ni,
    .valid_i,
    .valid_o(beat_valid)
  );

  delay_line #(
    .Width (1),
    .Cycles(TreeLatency)
  ) u_last (
    .clk_i,
    .data_i(last_i),
    .data_o(beat_last)
  );

  always_comb begin
    first_d = first_q;
    sum_d   = sum_q;
    valid_d = beat_valid && beat_last;
    if (beat_valid) begin
      first_d = beat_last;
      sum_d   = (first_q ? '0 : sum_q) + SumBits'(beat_sum);
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      first_q <= 1'b1;
      valid_q <= 1'b0;
    end else begin
      first_q <= first_d;
      valid_q <= valid_d;
    end
  end

  always_ff @(posedge clk_i) sum_q <= sum_d;

  assign valid_o = valid_q;
  assign sum_o   = sum_q;

  `ASSERT_PARAMETER(SumBits, SumBits >= InputBits, "SumBits must be InputBits or more")

endmodule
