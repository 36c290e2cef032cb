/// One lane of `shift_gelu` behind the exponentials:
///   sum = min(exp_i + zero_exp_i, 2^31 - 1), factor = (2^31 - 1) / sum rounded by floor,
///   y_o = x_i * (exp_i * factor / 2^24 rounded by floor).
/// x and y signed, exponentials unsigned and 1 or more. Each lane has its own pipelined divider.
/// Free-running: one result a cycle, latency cosim_pkg::shift_gelu_lane_latency() cycles.
module shift_gelu_lane #(
  /// Bits of x, 2...16.
  parameter int unsigned InputBits = 8
) (
  input  logic                        clk_i,
  input  logic                        rst_ni,

  input  logic                        valid_i,
  input  logic signed [InputBits-1:0] x_i,
  input  logic        [30:0]          exp_i,
  input  logic        [30:0]          zero_exp_i,
  output logic signed [InputBits+7:0] y_o
);

  // A sum is 2 or more.
  localparam int unsigned FactorBits = 30;
  localparam int unsigned DivideLatency = cosim_pkg::pipelined_divider_latency(FactorBits, 2);
  localparam int unsigned MultiplyStages = 3;
  localparam int unsigned GateStages = 2;

  logic                        sum_valid, unused_factor_valid;
  logic        [31:0]          wide_sum;
  logic        [30:0]          sum_d, sum_q, exp, unused_remainder;
  logic        [FactorBits-1:0] factor;
  logic signed [31:0]          product;
  logic signed [InputBits-1:0] x;
  logic                        unused_product;

  assign wide_sum = 32'(exp_i) + 32'(zero_exp_i);
  assign sum_d    = wide_sum[31] ? '1 : wide_sum[30:0];

  always_ff @(posedge clk_i) sum_q <= sum_d;

  valid_line u_sum_valid (
    .clk_i,
    .rst_ni,
    .valid_i,
    .valid_o(sum_valid)
  );

  pipelined_divider #(
    .NumeratorBits(31),
    .DivisorBits  (31),
    .BitsPerStage (2),
    .QuotientBits (FactorBits)
  ) u_divide (
    .clk_i,
    .rst_ni,
    .valid_i    (sum_valid),
    .numerator_i('1),
    .divisor_i  (sum_q),
    .valid_o    (unused_factor_valid),
    .quotient_o (factor),
    .remainder_o(unused_remainder)
  );

  delay_line #(
    .Width (31),
    .Cycles(1 + DivideLatency)
  ) u_exp (
    .clk_i,
    .data_i(exp_i),
    .data_o(exp)
  );

  // An exponential is not above its sum, so the product is not above 2^31 - 1.
  pipelined_multiplier #(
    .ABits      (32),
    .BBits      (FactorBits + 1),
    .ProductBits(32),
    .Stages     (MultiplyStages)
  ) u_sigmoid (
    .clk_i,
    .a_i      (signed'({1'b0, exp})),
    .b_i      (signed'({1'b0, factor})),
    .product_o(product)
  );

  delay_line #(
    .Width (InputBits),
    .Cycles(1 + DivideLatency + MultiplyStages)
  ) u_x (
    .clk_i,
    .data_i(x_i),
    .data_o(x)
  );

  // What lies above the low 24 bits is the sigmoid, 0...127.
  pipelined_multiplier #(
    .ABits      (InputBits),
    .BBits      (8),
    .ProductBits(InputBits + 8),
    .Stages     (GateStages)
  ) u_gate (
    .clk_i,
    .a_i      (x),
    .b_i      (product[31:24]),
    .product_o(y_o)
  );

  assign unused_product = ^product[23:0];

endmodule
