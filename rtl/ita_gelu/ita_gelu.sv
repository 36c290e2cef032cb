`include "cosim_assert.svh"

/// ITA's integer GELU of int8 codes, elementwise:
///   erf  = (x < 0 ? -1 : 1) * ((min(|x|, -b) + b)^2 + c)
///   gelu = x * (erf + c), which 26 bits hold
///   y    = saturate(halfUp(gelu * multiplier / 2^shift) + add)
/// The only rounding is halfUp: ties go up, also those of negative products; a shift of 0 rounds
/// nothing, one of 35 or more leaves add alone. The sum saturates to int8. The unit of gelu is
/// negative, so y is -GELU.
/// Streams: lane 0 in the least significant bits, every lane of every beat an element. x and y
/// signed integers.
/// Latency 18 cycles, one beat a cycle. `x_ready_o` depends on registers only.
module ita_gelu #(
  /// Elements in a beat, 1...64.
  parameter int unsigned Lanes = 16
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  // Settings; they change only while no beat is in flight. b is -181...0.
  input  logic signed [15:0]    cfg_b_i,
  input  logic signed [15:0]    cfg_c_i,
  input  logic        [7:0]     cfg_multiplier_i,
  input  logic        [7:0]     cfg_shift_i,
  input  logic signed [7:0]     cfg_add_i,

  // Input stream.
  input  logic                  x_valid_i,
  output logic                  x_ready_o,
  input  logic [Lanes-1:0][7:0] x_data_i,

  // Output stream.
  output logic                  y_valid_o,
  input  logic                  y_ready_i,
  output logic [Lanes-1:0][7:0] y_data_o
);

  // b fits 9 bits, so its square 16 and the polynomial 18; |erf + c| < 2^17 and |gelu| < 2^24.
  localparam int unsigned BBits = 9;
  localparam int unsigned PolynomialBits = 2 * BBits + 1;
  localparam int unsigned FactorBits = PolynomialBits + 1;
  localparam int unsigned GeluBits = 26;
  localparam int unsigned PolynomialStages = cosim_pkg::clipped_quadratic_latency();
  localparam int unsigned ProductStages = 3;
  localparam int unsigned Latency = PolynomialStages + 1 + ProductStages
                                    + cosim_pkg::ita_rescaler_latency();

  logic [Lanes-1:0][7:0] result;
  logic                  accept, unused_result_valid;

  for (genvar lane = 0; lane < Lanes; lane++) begin : gen_lane
    logic signed [PolynomialBits-1:0] polynomial;
    logic signed [7:0]                x, x_q;
    logic signed [FactorBits-1:0]     erf, factor_d, factor_q;
    logic signed [GeluBits-1:0]       gelu;

    clipped_quadratic #(
      .InputBits(8),
      .BBits    (BBits),
      .CBits    (16)
    ) u_polynomial (
      .clk_i,
      .x_i         (signed'(x_data_i[lane])),
      .b_i         (cfg_b_i[BBits-1:0]),
      .c_i         (cfg_c_i),
      .polynomial_o(polynomial)
    );

    delay_line #(
      .Width (8),
      .Cycles(PolynomialStages)
    ) u_x (
      .clk_i,
      .data_i(x_data_i[lane]),
      .data_o(x)
    );

    assign erf      = x < 0 ? -FactorBits'(polynomial) : FactorBits'(polynomial);
    assign factor_d = erf + FactorBits'(cfg_c_i);

    always_ff @(posedge clk_i) begin
      factor_q <= factor_d;
      x_q      <= x;
    end

    pipelined_multiplier #(
      .ABits      (8),
      .BBits      (FactorBits),
      .ProductBits(GeluBits),
      .Stages     (ProductStages)
    ) u_product (
      .clk_i,
      .a_i      (x_q),
      .b_i      (factor_q),
      .product_o(gelu)
    );

    ita_rescaler #(
      .InputBits(GeluBits)
    ) u_rescale (
      .clk_i,
      .x_i         (gelu),
      .multiplier_i(cfg_multiplier_i),
      .shift_i     (cfg_shift_i),
      .add_i       (cfg_add_i),
      .y_o         (result[lane])
    );
  end

  pipeline_guard #(
    .Width  (Lanes * 8),
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

  `ASSERT_PARAMETER(Lanes, Lanes >= 1 && Lanes <= 64, "Lanes must be 1...64")
  `ASSERT(BInRange, accept |-> cfg_b_i >= -16'sd181 && cfg_b_i <= 16'sd0)
  `ASSERT_STREAM(x, x_valid_i, x_ready_o, x_data_i)
  `ASSERT_STREAM(y, y_valid_o, y_ready_i, y_data_o)

endmodule
