`include "cosim_assert.svh"

/// I-BERT's integer GELU, elementwise:
///   e   = sign(x) * ((min(|x|, -b) + b)^2 + c), sign(0) = 0
///   erf = floor(e / 2^ErfShift)
///   y   = x * (erf + floor(c / 2^ErfShift))
/// Everything is exact but for the two roundings, both floor; nothing saturates, as y is as wide as
/// the widest product. The unit of y is negative.
/// Streams: lane 0 in the least significant bits, every lane of every beat an element. x and y
/// signed integers.
/// Latency 13 cycles, one beat a cycle. `x_ready_o` depends on registers only.
module ibert_gelu #(
  /// Bits of an element of x, 2...24.
  parameter int unsigned InputBits = 24,
  /// Bits dropped from erf: 14 as the published code, 0 as the publication.
  parameter int unsigned ErfShift = 14,
  /// Elements in a beat, 1...64.
  parameter int unsigned Lanes = 16,
  /// Bits of an element of y. Derived, do not overwrite.
  localparam int unsigned OutputBits = InputBits + 38 - ErfShift
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,

  // Settings; they change only while no beat is in flight. Both are negative.
  input  logic signed [18:0]               cfg_b_i,
  input  logic signed [37:0]               cfg_c_i,

  // Input stream.
  input  logic                             x_valid_i,
  output logic                             x_ready_o,
  input  logic [Lanes-1:0][InputBits-1:0]  x_data_i,

  // Output stream.
  output logic                             y_valid_o,
  input  logic                             y_ready_i,
  output logic [Lanes-1:0][OutputBits-1:0] y_data_o
);

  localparam int unsigned PolynomialBits = 39;
  localparam int unsigned ErfBits = PolynomialBits - ErfShift;
  localparam int unsigned FactorBits = ErfBits + 1;
  localparam int unsigned PolynomialStages = cosim_pkg::clipped_quadratic_latency();
  localparam int unsigned ProductStages = 4;
  localparam int unsigned Latency = PolynomialStages + 2 + ProductStages;

  logic [Lanes-1:0][OutputBits-1:0] result;
  logic signed [PolynomialBits-1:0] wide_c;
  logic signed [ErfBits-1:0]        offset;
  logic                             accept, unused_result_valid;

  // Arithmetic shifts round floor.
  assign wide_c = PolynomialBits'(cfg_c_i);
  assign offset = ErfBits'(wide_c >>> ErfShift);

  for (genvar lane = 0; lane < Lanes; lane++) begin : gen_lane
    logic signed [PolynomialBits-1:0] polynomial, signed_polynomial;
    logic signed [InputBits-1:0]      x, x_q, x_q2;
    logic signed [ErfBits-1:0]        erf_d, erf_q;
    logic signed [FactorBits-1:0]     factor_d, factor_q;

    clipped_quadratic #(
      .InputBits(InputBits),
      .BBits    (19),
      .CBits    (38)
    ) u_polynomial (
      .clk_i,
      .x_i         (signed'(x_data_i[lane])),
      .b_i         (cfg_b_i),
      .c_i         (cfg_c_i),
      .polynomial_o(polynomial)
    );

    delay_line #(
      .Width (InputBits),
      .Cycles(PolynomialStages)
    ) u_x (
      .clk_i,
      .data_i(x_data_i[lane]),
      .data_o(x)
    );

    always_comb begin
      signed_polynomial = polynomial;
      if (x < 0) signed_polynomial = -polynomial;
      if (x == '0) signed_polynomial = '0;
    end

    assign erf_d    = ErfBits'(signed_polynomial >>> ErfShift);
    assign factor_d = FactorBits'(erf_q) + FactorBits'(offset);

    always_ff @(posedge clk_i) begin
      erf_q    <= erf_d;
      x_q      <= x;
      factor_q <= factor_d;
      x_q2     <= x_q;
    end

    pipelined_multiplier #(
      .ABits      (InputBits),
      .BBits      (FactorBits),
      .ProductBits(OutputBits),
      .Stages     (ProductStages)
    ) u_product (
      .clk_i,
      .a_i      (x_q2),
      .b_i      (factor_q),
      .product_o(result[lane])
    );
  end

  pipeline_guard #(
    .Width  (Lanes * OutputBits),
    .Latency(Latency)
  ) u_guard (
    .clk_i,
    .rst_ni,
    .in_valid_i    (x_valid_i),
    .in_ready_o    (x_ready_o),
    .accept_o      (accept),
    .result_valid_o(unused_result_valid),
    .result_i      (result),
    .out_valid_o   (y_valid_o),
    .out_ready_i   (y_ready_i),
    .out_data_o    (y_data_o)
  );

`ifdef SYNTHESIS
  logic unused_accept;
  assign unused_accept = accept;
`endif

  `ASSERT_PARAMETER(InputBits, InputBits >= 2 && InputBits <= 24, "InputBits must be 2...24")
  `ASSERT_PARAMETER(ErfShift, ErfShift == 0 || ErfShift == 14, "ErfShift must be 0 or 14")
  `ASSERT_PARAMETER(Lanes, Lanes >= 1 && Lanes <= 64, "Lanes must be 1...64")
  `ASSERT(BIsNegative, accept |-> cfg_b_i < 0)
  `ASSERT(CIsNegative, accept |-> cfg_c_i < 0)
  `ASSERT_STREAM(x, x_valid_i, x_ready_o, x_data_i)
  `ASSERT_STREAM(y, y_valid_o, y_ready_i, y_data_o)

endmodule
