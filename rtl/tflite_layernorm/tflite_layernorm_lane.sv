`include "cosim_assert.svh"

/// One lane of `tflite_layernorm`'s second pass:
///   v   = (1024 * x_i - mean_i) scaled by mantissa_i and right_shift_i, see `gemmlowp_rescaler`,
///         times weight_i, plus bias_i, which fits 32 bits (asserted),
///   y_o = v / 1024 rounded halfAwayFromZero, scaled by multiplier and shift + 12, saturated.
/// All signed but the mantissas and the right shift.
/// Free-running: one result a cycle, latency cosim_pkg::tflite_layernorm_lane_latency() cycles.
module tflite_layernorm_lane (
  input  logic               clk_i,
  input  logic               rst_ni,

  // Settings.
  input  logic [30:0]        cfg_multiplier_i,
  input  logic signed [6:0]  cfg_shift_i,

  input  logic               valid_i,
  input  logic signed [15:0] x_i,
  input  logic signed [15:0] weight_i,
  input  logic signed [31:0] bias_i,
  input  logic signed [25:0] mean_i,
  input  logic [30:0]        mantissa_i,
  input  logic [3:0]         right_shift_i,
  output logic signed [15:0] y_o
);

  localparam int unsigned ScaleLatency = cosim_pkg::gemmlowp_rescaler_latency();
  localparam int unsigned MultiplyStages = 3;
  // |1024 * x - mean| is at most 2^26, and does not grow.
  localparam int unsigned NormalBits = 28;
  localparam int unsigned ProductBits = NormalBits + 16 + 1;

  logic signed [31:0]            centred_d, centred_q, normal;
  logic [30:0]                   mantissa_q;
  logic [3:0]                    right_shift_q;
  logic signed [15:0]            weight;
  logic signed [31:0]            bias;
  logic signed [ProductBits-1:0] product, sum_d, sum_q;
  logic                          sum_valid, unused_sum, unused_normal;
  logic signed [31:0]            floor_d, floor_q, code_d, code_q, scaled;
  logic                          half, below_half, up_d, up_q;
  logic signed [15:0]            result_d, result_q;
  logic signed [6:0]             output_shift;

  assign centred_d = (32'(x_i) <<< 10) - 32'(mean_i);

  always_ff @(posedge clk_i) begin
    centred_q     <= centred_d;
    mantissa_q    <= mantissa_i;
    right_shift_q <= right_shift_i;
  end

  gemmlowp_rescaler u_normal (
    .clk_i,
    .x_i         (centred_q),
    .multiplier_i(mantissa_q),
    .shift_i     (-signed'(6'(right_shift_q))),
    .value_o     (normal)
  );

  delay_line #(
    .Width (16),
    .Cycles(1 + ScaleLatency)
  ) u_weight (
    .clk_i,
    .data_i(weight_i),
    .data_o(weight)
  );

  pipelined_multiplier #(
    .ABits      (NormalBits),
    .BBits      (16),
    .ProductBits(ProductBits),
    .Stages     (MultiplyStages)
  ) u_product (
    .clk_i,
    .a_i      (normal[NormalBits-1:0]),
    .b_i      (weight),
    .product_o(product)
  );

  delay_line #(
    .Width (32),
    .Cycles(1 + ScaleLatency + MultiplyStages)
  ) u_bias (
    .clk_i,
    .data_i(bias_i),
    .data_o(bias)
  );

  assign sum_d         = product + ProductBits'(bias);
  assign unused_sum    = ^sum_q;
  assign unused_normal = ^normal;

  floor_shift_with_half #(
    .Width    (32),
    .ShiftBits(4)
  ) u_code (
    .value_i     (sum_q[31:0]),
    .shift_i     (4'd10),
    .floor_o     (floor_d),
    .half_o      (half),
    .below_half_o(below_half)
  );

  assign up_d   = half && (below_half || !sum_q[31]);
  assign code_d = floor_q + signed'(32'(up_q));

  always_ff @(posedge clk_i) begin
    sum_q   <= sum_d;
    floor_q <= floor_d;
    up_q    <= up_d;
    code_q  <= code_d;
  end

  // -31...30.
  assign output_shift = cfg_shift_i + 7'sd12;

  gemmlowp_rescaler u_output (
    .clk_i,
    .x_i         (code_q),
    .multiplier_i(cfg_multiplier_i),
    .shift_i     (output_shift[5:0]),
    .value_o     (scaled)
  );

  saturate #(
    .InputBits (32),
    .OutputBits(16)
  ) u_saturate (
    .value_i(scaled),
    .value_o(result_d)
  );

  always_ff @(posedge clk_i) result_q <= result_d;

  assign y_o = result_q;

  valid_line #(
    .Cycles(1 + ScaleLatency + MultiplyStages + 1)
  ) u_sum_valid (
    .clk_i,
    .rst_ni,
    .valid_i,
    .valid_o(sum_valid)
  );

`ifndef SYNTHESIS
  logic               code_valid, code_fits;
  logic signed [63:0] shifted_code;

  valid_line #(
    .Cycles(2)
  ) u_code_valid (
    .clk_i,
    .rst_ni,
    .valid_i(sum_valid),
    .valid_o(code_valid)
  );

  assign shifted_code = output_shift < 0 ? 64'(code_q) : 64'(code_q) <<< output_shift[4:0];
  assign code_fits    = shifted_code == 64'(signed'(shifted_code[31:0]));
`else
  logic unused_valid;
  assign unused_valid = sum_valid ^ output_shift[6];
`endif

  `ASSERT(SumFits32Bits, sum_valid |-> sum_q == ProductBits'(signed'(sum_q[31:0])))
  `ASSERT(ShiftedCodeFits32Bits, code_valid |-> code_fits)

endmodule
