`include "cosim_assert.svh"

/// One lane of `ibert_exp`, whose header says what is computed. `octave_i` is -x0, `limit_i` is
/// Octaves * octave where `limited_i` says that a distance can exceed it at all. `in_range_o` is
/// low when the mantissa did not fit.
/// Free-running: latency cosim_pkg::ibert_exp_latency(Octaves) cycles.
module ibert_exp_lane #(
  /// Bits of the distance, 1...32.
  parameter int unsigned DistanceBits = 8,
  /// Largest number of halvings, 1...31.
  parameter int unsigned Octaves = 30,
  /// Do not overwrite: bits of `shift_o`.
  localparam int unsigned ShiftBits = cosim_pkg::value_bits(64'(Octaves)),
  /// Do not overwrite: bits of the distance once limited.
  localparam int unsigned LimitedBits = cosim_pkg::limited_distance_bits(DistanceBits, 17, Octaves)
) (
  input  logic                    clk_i,

  input  logic [16:0]             octave_i,
  input  logic [LimitedBits-1:0]  limit_i,
  input  logic                    limited_i,
  input  logic [19:0]             b_i,
  input  logic [32:0]             c_i,

  input  logic [DistanceBits-1:0] distance_i,
  output logic [32:0]             mantissa_o,
  output logic [ShiftBits-1:0]    shift_o,
  output logic                    in_range_o
);

  localparam int unsigned MultiplyStages = 3;
  localparam int unsigned RestBits = cosim_pkg::minimum(LimitedBits, 17);
  localparam int unsigned ProductBits = RestBits + 22;
  localparam int unsigned SumBits = 41;

  logic [RestBits-1:0]  rest;
  logic [ShiftBits-1:0] octaves_divided, octaves;

  octave_divider #(
    .OctaveBits  (17),
    .DistanceBits(DistanceBits),
    .Octaves     (Octaves)
  ) u_divide (
    .clk_i,
    .octave_i,
    .limit_i,
    .limited_i,
    .distance_i,
    .octaves_o (octaves_divided),
    .rest_o    (rest)
  );

  // r = -rest, so (r + b) * r + c = c - rest * (b - rest).
  logic signed [20:0]            factor;
  logic signed [ProductBits-1:0] product;
  logic signed [SumBits-1:0]     sum;
  logic        [32:0]            mantissa_d, mantissa_q;
  logic        [ShiftBits-1:0]   shift_d, shift_q;
  logic                          in_range_d, in_range_q;

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
    .data_i(octaves_divided),
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
