`include "cosim_assert.svh"

/// value_o = value_i clamped to the two's complement range of OutputBits (saturating).
/// Both signed. Combinational.
module saturate #(
  /// Bits of `value_i`, OutputBits or more.
  parameter int unsigned InputBits = 32,
  /// Bits of `value_o`, 1 or more.
  parameter int unsigned OutputBits = 8
) (
  input  logic signed [InputBits-1:0]  value_i,
  output logic signed [OutputBits-1:0] value_o
);

  // The value fits when all bits from the output's sign upwards are alike.
  logic [InputBits-OutputBits:0] top_bits;

  assign top_bits = value_i[InputBits-1:OutputBits-1];

  always_comb begin
    value_o = value_i[OutputBits-1:0];
    if (top_bits != '0 && top_bits != '1) begin
      value_o = {OutputBits{!value_i[InputBits-1]}};
      value_o[OutputBits-1] = value_i[InputBits-1];
    end
  end

  `ASSERT_PARAMETER(OutputBits, OutputBits >= 1, "OutputBits must be at least 1")
  `ASSERT_PARAMETER(InputBits, InputBits >= OutputBits, "InputBits must be OutputBits or more")

endmodule
