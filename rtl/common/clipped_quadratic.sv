`include "cosim_assert.svh"

/// polynomial_o = (min(|x_i|, -b_i) + b_i)^2 + c_i, exact: the even part of the integer error
/// functions. x, b and c signed; b is negative, which this module does not check. b and c are read
/// while x passes, so they change only when the pipeline is empty.
/// Free-running: one result a cycle, latency cosim_pkg::clipped_quadratic_latency() cycles.
module clipped_quadratic #(
  /// Bits of `x_i`, 2 or more.
  parameter int unsigned InputBits = 8,
  /// Bits of `b_i`, 2 or more.
  parameter int unsigned BBits = 16,
  /// Bits of `c_i`, 1 or more.
  parameter int unsigned CBits = 16,
  /// Derived, do not overwrite.
  localparam int unsigned PolynomialBits = cosim_pkg::maximum(2 * BBits, CBits) + 1
) (
  input  logic                             clk_i,

  input  logic signed [InputBits-1:0]      x_i,
  input  logic signed [BBits-1:0]          b_i,
  input  logic signed [CBits-1:0]          c_i,
  output logic signed [PolynomialBits-1:0] polynomial_o
);

  localparam int unsigned SumBits = cosim_pkg::maximum(InputBits, BBits) + 2;
  localparam int unsigned SquareBits = 2 * BBits;
  localparam int unsigned SquareStages = cosim_pkg::clipped_quadratic_latency() - 2;

  logic signed [SumBits-1:0]        magnitude, sum;
  logic signed [BBits-1:0]          clipped_d, clipped_q;
  logic signed [SquareBits-1:0]     square;
  logic signed [PolynomialBits-1:0] polynomial_d, polynomial_q;

  // min(|x|, -b) + b = min(|x| + b, 0), which is b...0: as wide as b. The upper bits of a negative
  // sum repeat its sign.
  assign magnitude = x_i < 0 ? -SumBits'(x_i) : SumBits'(x_i);
  assign sum       = magnitude + SumBits'(b_i);
  assign clipped_d = sum < 0 ? BBits'(sum) : '0;

  pipelined_multiplier #(
    .ABits      (BBits),
    .BBits      (BBits),
    .ProductBits(SquareBits),
    .Stages     (SquareStages)
  ) u_square (
    .clk_i,
    .a_i      (clipped_q),
    .b_i      (clipped_q),
    .product_o(square)
  );

  assign polynomial_d = PolynomialBits'(square) + PolynomialBits'(c_i);

  always_ff @(posedge clk_i) begin
    clipped_q    <= clipped_d;
    polynomial_q <= polynomial_d;
  end

  assign polynomial_o = polynomial_q;

  `ASSERT_PARAMETER(InputBits, InputBits >= 2, "InputBits must be at least 2")
  `ASSERT_PARAMETER(BBits, BBits >= 2, "BBits must be at least 2")
  `ASSERT_PARAMETER(CBits, CBits >= 1, "CBits must be at least 1")

endmodule
