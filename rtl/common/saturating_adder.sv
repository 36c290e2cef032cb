`include "cosim_assert.svh"

/// sum_o = a_i + b_i, exact, then clamped to the two's complement range of OutputBits (saturating).
/// All signed. Free-running: one result a cycle, latency 2 cycles.
module saturating_adder #(
  /// Bits of `a_i` and `b_i`, OutputBits or more.
  parameter int unsigned InputBits = 64,
  /// Bits of `sum_o`, 2 or more.
  parameter int unsigned OutputBits = 8
) (
  input  logic                         clk_i,

  input  logic signed [InputBits-1:0]  a_i,
  input  logic signed [InputBits-1:0]  b_i,
  output logic signed [OutputBits-1:0] sum_o
);

  localparam logic signed [OutputBits-1:0] Most = {1'b0, {(OutputBits - 1){1'b1}}};

  logic signed [InputBits-1:0]  sum_d, sum_q;
  logic                         overflow_d, overflow_q, negative_d, negative_q;
  logic signed [OutputBits-1:0] clamped, result_d, result_q;

  // The exact sum has one bit more. It is lost only when the terms agree in sign and the sum does
  // not, and then the terms' sign says which end of the range the sum lies beyond.
  assign sum_d      = a_i + b_i;
  assign negative_d = a_i[InputBits-1];
  assign overflow_d = a_i[InputBits-1] == b_i[InputBits-1] && sum_d[InputBits-1] != negative_d;

  saturate #(
    .InputBits (InputBits),
    .OutputBits(OutputBits)
  ) u_saturate (
    .value_i(sum_q),
    .value_o(clamped)
  );

  always_comb begin
    result_d = clamped;
    if (overflow_q) result_d = negative_q ? ~Most : Most;
  end

  always_ff @(posedge clk_i) begin
    sum_q      <= sum_d;
    overflow_q <= overflow_d;
    negative_q <= negative_d;
    result_q   <= result_d;
  end

  assign sum_o = result_q;

  `ASSERT_PARAMETER(OutputBits, OutputBits >= 2, "OutputBits must be at least 2")
  `ASSERT_PARAMETER(InputBits, InputBits >= OutputBits, "InputBits must be OutputBits or more")

endmodule
