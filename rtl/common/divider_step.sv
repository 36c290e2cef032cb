/// Steps steps of restoring division, unsigned. The numerator's bits leave `work` at the top, most
/// significant first, and the quotient's bits enter it at the bottom; the remainder stays below the
/// divisor (or, when that is 0, is cut to DivisorBits). Combinational.
module divider_step #(
  /// Bits of numerator and quotient together, 1 or more.
  parameter int unsigned WorkBits = 33,
  /// Bits of divisor and remainder, 1 or more.
  parameter int unsigned DivisorBits = 25,
  /// Quotient bits found, 1 or more.
  parameter int unsigned Steps = 1
) (
  input  logic [WorkBits-1:0]    work_i,
  input  logic [DivisorBits-1:0] remainder_i,
  input  logic [DivisorBits-1:0] divisor_i,
  output logic [WorkBits-1:0]    work_o,
  output logic [DivisorBits-1:0] remainder_o
);

  logic [DivisorBits:0]   shifted;
  logic [DivisorBits-1:0] difference;
  logic                   fits;

  always_comb begin
    work_o      = work_i;
    remainder_o = remainder_i;
    shifted     = '0;
    difference  = '0;
    fits        = 1'b0;
    for (int unsigned i = 0; i < Steps; i++) begin
      shifted     = {remainder_o, work_o[WorkBits-1]};
      difference  = shifted[DivisorBits-1:0] - divisor_i;
      fits        = shifted >= {1'b0, divisor_i};
      remainder_o = fits ? difference : shifted[DivisorBits-1:0];
      work_o      = WorkBits'({work_o, fits});
    end
  end

endmodule
