`include "cosim_assert.svh"

/// out = in * in_factor / 2^Shift rounded by floor, plus in_bias, elementwise, and 0 in lanes that
/// are not kept; keep and last pass through. Elements and bias signed, factor unsigned; lane 0 in
/// the low bits; the caller's factor keeps every product within ProductBits.
/// Latency 6 cycles, one beat a cycle. `in_ready_o` depends on registers only.
module row_affine #(
  /// Elements in a beat, 1 or more.
  parameter int unsigned Lanes = 16,
  /// Bits of an element, 2 or more.
  parameter int unsigned InputBits = 25,
  /// Bits of the factor, 1 or more.
  parameter int unsigned FactorBits = 32,
  /// Bits of a product with its sign, more than FactorBits and not less than InputBits.
  parameter int unsigned ProductBits = 33,
  /// Places of the shift to the right, 0...ProductBits - 1.
  parameter int unsigned Shift = 1,
  /// Bits of a bias, 2 or more.
  parameter int unsigned BiasBits = 32,
  /// Bits of a result, enough for every sum.
  parameter int unsigned OutputBits = 33
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,

  // Input stream.
  input  logic                             in_valid_i,
  output logic                             in_ready_o,
  input  logic [Lanes-1:0][InputBits-1:0]  in_data_i,
  input  logic [Lanes-1:0][BiasBits-1:0]   in_bias_i,
  input  logic [Lanes-1:0]                 in_keep_i,
  input  logic                             in_last_i,
  input  logic [FactorBits-1:0]            in_factor_i,

  // Output stream.
  output logic                             out_valid_o,
  input  logic                             out_ready_i,
  output logic [Lanes-1:0][OutputBits-1:0] out_data_o,
  output logic [Lanes-1:0]                 out_keep_o,
  output logic                             out_last_o
);

  localparam int unsigned MultiplyStages = 3;
  localparam int unsigned Latency = MultiplyStages + 1;

  logic                             accept, unused_result_valid, result_last;
  logic [Lanes-1:0][OutputBits-1:0] result;
  logic [Lanes-1:0]                 result_keep, fits;

  for (genvar lane = 0; lane < Lanes; lane++) begin : gen_lane
    logic signed [ProductBits-1:0] product;
    logic signed [BiasBits-1:0]    bias;
    logic                          keep;
    logic signed [OutputBits-1:0]  result_d, result_q;

    pipelined_multiplier #(
      .ABits      (InputBits),
      .BBits      (FactorBits + 1),
      .ProductBits(ProductBits),
      .Stages     (MultiplyStages)
    ) u_multiply (
      .clk_i,
      .a_i      (signed'(in_data_i[lane])),
      .b_i      (signed'({1'b0, in_factor_i})),
      .product_o(product)
    );

    delay_line #(
      .Width (BiasBits + 1),
      .Cycles(MultiplyStages)
    ) u_bias (
      .clk_i,
      .data_i({in_keep_i[lane], in_bias_i[lane]}),
      .data_o({keep, bias})
    );

    assign result_d = keep ? OutputBits'(product >>> Shift) + OutputBits'(bias) : '0;

    always_ff @(posedge clk_i) result_q <= result_d;

    assign result[lane] = result_q;

`ifndef SYNTHESIS
    localparam int unsigned WideBits =
        cosim_pkg::maximum(InputBits + FactorBits + 1, ProductBits);
    logic signed [WideBits-1:0] wide;
    assign wide       = WideBits'(signed'(in_data_i[lane]))
        * WideBits'(signed'({1'b0, in_factor_i}));
    assign fits[lane] = !in_keep_i[lane] || wide == WideBits'(signed'(wide[ProductBits-1:0]));
`else
    assign fits[lane] = 1'b1;
`endif
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
    .accept_o      (accept),
    .result_valid_o(unused_result_valid),
    .result_i      ({result, result_keep, result_last}),
    .out_valid_o,
    .out_ready_i,
    .out_data_o    ({out_data_o, out_keep_o, out_last_o})
  );

`ifdef SYNTHESIS
  logic unused_fits;
  assign unused_fits = accept ^ (^fits);
`endif

  `ASSERT_PARAMETER(ProductBits, ProductBits > FactorBits && ProductBits >= InputBits,
                    "ProductBits must be more than FactorBits and not less than InputBits")
  `ASSERT_PARAMETER(Shift, Shift < ProductBits, "Shift must be below ProductBits")
  `ASSERT(ProductFits, accept |-> fits == '1)

endmodule
