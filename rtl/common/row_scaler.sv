`include "cosim_assert.svh"

/// out = in * in_factor / 2^Shift rounded by floor, elementwise; keep and last pass through.
/// Unsigned; lane 0 in the low bits; the caller's factor keeps every result within OutputBits.
/// Latency 5 cycles, one beat a cycle. `in_ready_o` depends on registers only.
module row_scaler #(
  /// Elements in a beat, 1 or more.
  parameter int unsigned Lanes = 16,
  /// Bits of an element, 1 or more.
  parameter int unsigned InputBits = 15,
  /// Bits of the factor, 1 or more.
  parameter int unsigned FactorBits = 33,
  /// Places of the shift to the right, 0 or more.
  parameter int unsigned Shift = 24,
  /// Bits of a result, 1...InputBits + FactorBits - Shift.
  parameter int unsigned OutputBits = 9
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,

  input  logic                             in_valid_i,
  output logic                             in_ready_o,
  input  logic [Lanes-1:0][InputBits-1:0]  in_data_i,
  input  logic [Lanes-1:0]                 in_keep_i,
  input  logic                             in_last_i,
  input  logic [FactorBits-1:0]            in_factor_i,

  output logic                             out_valid_o,
  input  logic                             out_ready_i,
  output logic [Lanes-1:0][OutputBits-1:0] out_data_o,
  output logic [Lanes-1:0]                 out_keep_o,
  output logic                             out_last_o
);

  localparam int unsigned Latency = 3;
  localparam int unsigned ProductBits = InputBits + FactorBits + 1;

  logic                             unused_accept, result_valid;
  logic [Lanes-1:0][OutputBits-1:0] result;
  logic [Lanes-1:0]                 in_range, result_keep;
  logic                             result_last;

  for (genvar lane = 0; lane < Lanes; lane++) begin : gen_lane
    logic signed [ProductBits-1:0] product;

    pipelined_multiplier #(
      .ABits      (InputBits + 1),
      .BBits      (FactorBits + 1),
      .ProductBits(ProductBits),
      .Stages     (Latency)
    ) u_multiply (
      .clk_i,
      .a_i      (signed'({1'b0, in_data_i[lane]})),
      .b_i      (signed'({1'b0, in_factor_i})),
      .product_o(product)
    );

    assign result[lane]   = OutputBits'(product >> Shift);
    assign in_range[lane] = (product >> (Shift + OutputBits)) == '0;
  end

  delay_line #(
    .Width (Lanes + 1),
    .Cycles(Latency)
  ) u_row_shape (
    .clk_i,
    .data_i({in_keep_i, in_last_i}),
    .data_o({result_keep, result_last})
  );

  pipeline_guard #(
    .Width  (Lanes * OutputBits + Lanes + 1),
    .Latency(Latency)
  ) u_guard (
    .clk_i,
    .rst_ni,
    .in_valid_i,
    .in_ready_o,
    .accept_o      (unused_accept),
    .result_valid_o(result_valid),
    .result_i      ({result, result_keep, result_last}),
    .out_valid_o,
    .out_ready_i,
    .out_data_o    ({out_data_o, out_keep_o, out_last_o})
  );

`ifdef SYNTHESIS
  logic unused_in_range;
  assign unused_in_range = ^in_range ^ result_valid;
`endif

  `ASSERT_PARAMETER(InputBits, InputBits >= 1, "InputBits must be at least 1")
  `ASSERT_PARAMETER(FactorBits, FactorBits >= 1, "FactorBits must be at least 1")
  `ASSERT_PARAMETER(OutputBits, OutputBits >= 1 && OutputBits + Shift <= InputBits + FactorBits,
                    "OutputBits must be 1...InputBits + FactorBits - Shift")
  `ASSERT(ResultInRange, result_valid |-> in_range == '1)

endmodule
