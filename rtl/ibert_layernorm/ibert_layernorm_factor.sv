`include "cosim_assert.svh"

/// For each row of centred elements, valid for one cycle:
///   variance = sum of floor(centred / 2^shift)^2, below 2^VarianceBits by the caller's shift,
///              which is asserted,
///   factor_o = 2^31 / (floor(sqrt(variance)) * 2^shift) rounded by floor; 0 for variance 0.
/// Elements signed, 0 in lanes that hold none; lane 0 in the low bits. Beats of a row arrive in any
/// cycles; `last_i` ends the row and the next beat begins another.
/// Free-running: one beat a cycle, a row may end in every cycle; latency
/// cosim_pkg::ibert_layernorm_factor_latency(Lanes, CentredBits, MaxLength, VarianceBits) cycles
/// after the row's last beat.
module ibert_layernorm_factor #(
  /// Elements in a beat, 1 or more.
  parameter int unsigned Lanes = 16,
  /// Bits of an element, 3...25.
  parameter int unsigned CentredBits = 25,
  /// Elements of the longest row, 1...65536.
  parameter int unsigned MaxLength = 1024,
  /// Bits of a variance, 1...48.
  parameter int unsigned VarianceBits = 32
) (
  input  logic                              clk_i,
  input  logic                              rst_ni,

  input  logic [3:0]                        cfg_shift_i,

  input  logic                              valid_i,
  input  logic                              last_i,
  input  logic [Lanes-1:0][CentredBits-1:0] centred_i,

  output logic                              valid_o,
  output logic [31:0]                       factor_o
);

  localparam int unsigned SquareStages = cosim_pkg::square_latency();
  localparam int unsigned SquareBits = 2 * (CentredBits - 1);
  localparam int unsigned SumBits = cosim_pkg::square_sum_bits(CentredBits - 1, MaxLength);
  localparam int unsigned RadicandBits = cosim_pkg::minimum(SumBits, VarianceBits);
  localparam int unsigned RootBits = cosim_pkg::ceil_divide(RadicandBits, 2);

  logic [Lanes-1:0][SquareBits-1:0] square;
  logic                             square_valid, square_last;
  logic                             sum_valid, root_valid, quotient_valid;
  logic [SumBits-1:0]               sum;
  logic [RootBits-1:0]              root, unused_remainder;
  logic [31:0]                      quotient, factor_d, factor_q;

  for (genvar lane = 0; lane < Lanes; lane++) begin : gen_lane
    logic signed [CentredBits-1:0] shifted_d, shifted_q;
    // The largest difference of two elements has one bit less than CentredBits besides its sign.
    logic signed [SquareBits:0]    product;
    logic                          unused_sign;

    assign shifted_d = signed'(centred_i[lane]) >>> cfg_shift_i;

    always_ff @(posedge clk_i) shifted_q <= shifted_d;

    pipelined_multiplier #(
      .ABits      (CentredBits),
      .BBits      (CentredBits),
      .ProductBits(SquareBits + 1),
      .Stages     (SquareStages)
    ) u_square (
      .clk_i,
      .a_i      (shifted_q),
      .b_i      (shifted_q),
      .product_o(product)
    );

    assign square[lane] = product[SquareBits-1:0];
    assign unused_sign  = product[SquareBits];
  end

  valid_line #(
    .Cycles(SquareStages + 1)
  ) u_valid (
    .clk_i,
    .rst_ni,
    .valid_i,
    .valid_o(square_valid)
  );

  delay_line #(
    .Width (1),
    .Cycles(SquareStages + 1)
  ) u_last (
    .clk_i,
    .data_i(last_i),
    .data_o(square_last)
  );

  row_sum #(
    .Lanes    (Lanes),
    .InputBits(SquareBits),
    .SumBits  (SumBits)
  ) u_sum (
    .clk_i,
    .rst_ni,
    .valid_i(square_valid),
    .last_i (square_last),
    .data_i (square),
    .valid_o(sum_valid),
    .sum_o  (sum)
  );

  pipelined_square_root #(
    .RadicandBits(RadicandBits),
    .BitsPerStage(2)
  ) u_root (
    .clk_i,
    .rst_ni,
    .valid_i   (sum_valid),
    .radicand_i(sum[RadicandBits-1:0]),
    .valid_o   (root_valid),
    .root_o    (root)
  );

  // floor(2^31 / (root * 2^shift)) = floor(floor(2^31 / root) / 2^shift)
  pipelined_divider #(
    .NumeratorBits(32),
    .DivisorBits  (RootBits),
    .BitsPerStage (2)
  ) u_divide (
    .clk_i,
    .rst_ni,
    .valid_i    (root_valid),
    .numerator_i(32'd1 << 31),
    .divisor_i  (root),
    .valid_o    (quotient_valid),
    .quotient_o (quotient),
    .remainder_o(unused_remainder)
  );

  // Only division by 0 gives all ones.
  assign factor_d = quotient == '1 ? '0 : quotient >> cfg_shift_i;

  always_ff @(posedge clk_i) factor_q <= factor_d;

  valid_line u_factor_valid (
    .clk_i,
    .rst_ni,
    .valid_i(quotient_valid),
    .valid_o
  );

  assign factor_o = factor_q;

`ifdef SYNTHESIS
  logic unused_sum;
  assign unused_sum = ^sum;
`endif

  `ASSERT_PARAMETER(CentredBits, CentredBits >= 3 && CentredBits <= 25,
                    "CentredBits must be 3...25")
  `ASSERT_PARAMETER(MaxLength, MaxLength >= 1 && MaxLength <= 65536, "MaxLength must be 1...65536")
  `ASSERT_PARAMETER(VarianceBits, VarianceBits >= 1 && VarianceBits <= 48,
                    "VarianceBits must be 1...48")
  `ASSERT(VarianceFits, sum_valid |-> 64'(sum) >> VarianceBits == '0)

endmodule
