/// gemmlowp's scaling by a quantised multiplier, which rounds twice:
///   high    = x_i * 2^max(shift_i, 0) * multiplier_i / 2^31 rounded halfUp
///   value_o = high / 2^max(-shift_i, 0)                     rounded halfAwayFromZero
/// x, shift and value signed, multiplier unsigned; shift -31...31. The shift to the left keeps the
/// lower 32 bits. Nothing else can overflow, as the multiplier is below 2^31.
/// Free-running: one result a cycle, latency cosim_pkg::gemmlowp_rescaler_latency() cycles.
module gemmlowp_rescaler (
  input  logic               clk_i,

  input  logic signed [31:0] x_i,
  input  logic        [30:0] multiplier_i,
  input  logic signed [5:0]  shift_i,
  output logic signed [31:0] value_o
);

  localparam int unsigned MultiplyStages = cosim_pkg::gemmlowp_rescaler_latency() - 4;

  logic        [4:0]  left, right_d, right_q, right, right_q2;
  logic signed [31:0] shifted_d, shifted_q, high_d, high_q, floor_d, floor_q, value_d, value_q;
  logic        [30:0] multiplier_q;
  logic signed [62:0] product;
  logic               half, below_half, up_d, up_q, unused_product;

  assign left      = shift_i < 0 ? '0 : shift_i[4:0];
  assign right_d   = shift_i < 0 ? 5'(-shift_i) : '0;
  assign shifted_d = x_i <<< left;

  pipelined_multiplier #(
    .ABits      (32),
    .BBits      (32),
    .ProductBits(63),
    .Stages     (MultiplyStages)
  ) u_multiply (
    .clk_i,
    .a_i      (shifted_q),
    .b_i      (signed'({1'b0, multiplier_q})),
    .product_o(product)
  );

  delay_line #(
    .Width (5),
    .Cycles(MultiplyStages)
  ) u_right (
    .clk_i,
    .data_i(right_q),
    .data_o(right)
  );

  // Bit 30 is the half of the first rounding, which looks no further.
  assign high_d         = product[62:31] + signed'(32'(product[30]));
  assign unused_product = ^product[29:0];

  floor_shift_with_half #(
    .Width    (32),
    .ShiftBits(5)
  ) u_shift (
    .value_i     (high_q),
    .shift_i     (right_q2),
    .floor_o     (floor_d),
    .half_o      (half),
    .below_half_o(below_half)
  );

  assign up_d    = half && (below_half || high_q >= 0);
  assign value_d = floor_q + signed'(32'(up_q));

  always_ff @(posedge clk_i) begin
    shifted_q    <= shifted_d;
    multiplier_q <= multiplier_i;
    right_q      <= right_d;
    high_q       <= high_d;
    right_q2     <= right;
    floor_q      <= floor_d;
    up_q         <= up_d;
    value_q      <= value_d;
  end

  assign value_o = value_q;

endmodule
