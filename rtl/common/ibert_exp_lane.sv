`include "cosim_assert.svh"

/// One lane of `ibert_exp`, whose header says what is computed. `octave_i` is -x0, `limit_i` is
/// Octaves * octave where `limited_i` says that a distance can exceed it at all. `in_range_o` is
/// low when the mantissa did not fit.
/// Free-running: latency cosim_pkg::ibert_exp_latency(Octaves) cycles.
module ibert_exp_lane #(
  /// Bits of the distance, 1...24.
  parameter int unsigned DistanceBits = 8,
  /// Bits of the distance once limited, 1...DistanceBits.
  parameter int unsigned DividendBits = 8,
  /// Largest number of halvings, 1...31.
  parameter int unsigned Octaves = 30,
  /// Do not overwrite: bits of `shift_o`.
  localparam int unsigned ShiftBits = cosim_pkg::value_bits(64'(Octaves))
) (
  input  logic                    clk_i,

  input  logic [16:0]             octave_i,
  input  logic [DividendBits-1:0] limit_i,
  input  logic                    limited_i,
  input  logic [19:0]             b_i,
  input  logic [32:0]             c_i,

  input  logic [DistanceBits-1:0] distance_i,
  output logic [32:0]             mantissa_o,
  output logic [ShiftBits-1:0]    shift_o,
  output logic                    in_range_o
);

  localparam int unsigned MultiplyStages = 3;
  localparam int unsigned StepBits = cosim_pkg::maximum(DividendBits, 17 + ShiftBits);
  localparam int unsigned RestBits = cosim_pkg::minimum(DividendBits, 17);
  localparam int unsigned ProductBits = RestBits + 22;
  localparam int unsigned SumBits = 41;

  // rest[i] and octaves[i] come out of stage i: first the limit, then one quotient bit a stage.
  logic [DividendBits-1:0] rest_d [ShiftBits+1], rest_q [ShiftBits+1];
  logic [ShiftBits-1:0]    octaves_d [ShiftBits+1], octaves_q [ShiftBits+1];

  always_comb begin
    rest_d[0]    = DividendBits'(distance_i);
    octaves_d[0] = '0;
    if (limited_i && distance_i > DistanceBits'(limit_i)) rest_d[0] = limit_i;
  end

  for (genvar i = 0; i < ShiftBits; i++) begin : gen_step
    localparam int unsigned Place = ShiftBits - 1 - i;
    logic [StepBits-1:0] step;

    assign step = StepBits'(octave_i) << Place;

    always_comb begin
      rest_d[i+1]    = rest_q[i];
      octaves_d[i+1] = octaves_q[i];
      if (StepBits'(rest_q[i]) >= step) begin
        rest_d[i+1]           = rest_q[i] - DividendBits'(step);
        octaves_d[i+1][Place] = 1'b1;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    for (int unsigned i = 0; i <= ShiftBits; i++) begin
      rest_q[i]    <= rest_d[i];
      octaves_q[i] <= octaves_d[i];
    end
  end

  // r = -rest, so (r + b) * r + c = c - rest * (b - rest).
  logic        [RestBits-1:0]    rest;
  logic signed [20:0]            factor;
  logic signed [ProductBits-1:0] product;
  logic signed [SumBits-1:0]     sum;
  logic        [ShiftBits-1:0]   octaves;
  logic        [32:0]            mantissa_d, mantissa_q;
  logic        [ShiftBits-1:0]   shift_d, shift_q;
  logic                          in_range_d, in_range_q;

  assign rest   = rest_q[ShiftBits][RestBits-1:0];
  assign factor = signed'({1'b0, b_i}) - signed'(21'(rest));

  pipelined_multiplier #(
    .ABits      (RestBits + 1),
    .BBits      (21),
    .ProductBits(ProductBits),
    .Stages     (MultiplyStages)
  ) u_multiply (
    .clk_i,
    .a_i      (signed'({1'b0, rest})),
    .b_i      (factor),
    .product_o(product)
  );

  delay_line #(
    .Width (ShiftBits),
    .Cycles(MultiplyStages)
  ) u_octaves (
    .clk_i,
    .data_i(octaves_q[ShiftBits]),
    .data_o(octaves)
  );

  assign sum        = signed'(SumBits'(c_i)) - SumBits'(product);
  assign mantissa_d = sum < 0 ? '0 : sum[32:0];
  assign in_range_d = sum < 0 || sum[SumBits-1:33] == '0;
  assign shift_d    = ShiftBits'(Octaves) - octaves;

  always_ff @(posedge clk_i) begin
    mantissa_q <= mantissa_d;
    in_range_q <= in_range_d;
    shift_q    <= shift_d;
  end

  assign mantissa_o = mantissa_q;
  assign shift_o    = shift_q;
  assign in_range_o = in_range_q;

endmodule
