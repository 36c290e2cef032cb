`include "cosim_assert.svh"

/// Output-stationary array of Rows x Columns `dot_product`s of Depth products, each with an
/// accumulator: sums_o[r][c] = sum over the steps of a tile of the dot product of a_i[r] and
/// w_i[c]. w and sums signed; a signed or unsigned. Modulo 2^AccumulatorBits: the caller bounds the
/// steps of a tile. An operand of 0 on either side leaves its product out, which is how a caller
/// masks what lies beyond the end of a matrix.
/// A tile is one or more steps, `first_i` with its first and `last_i` with its last (both, if it is
/// the only one), in any cycles. Its sums are captured beside the accumulators: they come with
/// `valid_o`, cosim_pkg::multiplier_array_latency(Depth) cycles after the last step, and stay until
/// the next tile's. The next tile's first step may follow in the next cycle, so the array never
/// waits for them to be taken away; a tile must have at least as many steps as that takes cycles.
/// Free-running: one step a cycle. Row, column and element 0 in the low bits.
module multiplier_array #(
  /// Rows of a, 1 or more.
  parameter int unsigned Rows = 8,
  /// Rows of w (columns of the product), 1 or more.
  parameter int unsigned Columns = 8,
  /// Products of a dot product, 1 or more.
  parameter int unsigned Depth = 4,
  /// Bits of an element of a, 2...32.
  parameter int unsigned ActivationBits = 8,
  /// 1 where a is signed, 0 where it is unsigned.
  parameter int unsigned ActivationSigned = 1,
  /// Bits of an element of w, 2...32.
  parameter int unsigned WeightBits = 8,
  /// Bits of an accumulator, cosim_pkg::dot_product_bits() of Depth or more.
  parameter int unsigned AccumulatorBits = 32
) (
  input  logic                                              clk_i,
  input  logic                                              rst_ni,

  input  logic                                              valid_i,
  input  logic                                              first_i,
  input  logic                                              last_i,
  input  logic [Rows-1:0][Depth-1:0][ActivationBits-1:0]    a_i,
  input  logic [Columns-1:0][Depth-1:0][WeightBits-1:0]     w_i,

  output logic                                              valid_o,
  output logic [Rows-1:0][Columns-1:0][AccumulatorBits-1:0] sums_o
);

  localparam int unsigned DotLatency = cosim_pkg::dot_product_latency(Depth);
  localparam int unsigned DotBits =
      cosim_pkg::dot_product_bits(Depth, ActivationBits, WeightBits);

  logic step_valid, step_first, step_last;
  logic capture, valid_q;

  valid_line #(
    .Cycles(DotLatency)
  ) u_valid (
    .clk_i,
    .rst_ni,
    .valid_i,
    .valid_o(step_valid)
  );

  delay_line #(
    .Width (2),
    .Cycles(DotLatency)
  ) u_place (
    .clk_i,
    .data_i({first_i, last_i}),
    .data_o({step_first, step_last})
  );

  assign capture = step_valid && step_last;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= 1'b0;
    else valid_q <= capture;
  end

  assign valid_o = valid_q;

  for (genvar r = 0; r < Rows; r++) begin : gen_row
    for (genvar c = 0; c < Columns; c++) begin : gen_column
      logic signed [DotBits-1:0]         dot;
      logic signed [AccumulatorBits-1:0] accumulator_d, accumulator_q, sum_q;

      dot_product #(
        .Depth           (Depth),
        .ActivationBits  (ActivationBits),
        .ActivationSigned(ActivationSigned),
        .WeightBits      (WeightBits)
      ) u_dot (
        .clk_i,
        .a_i  (a_i[r]),
        .w_i  (w_i[c]),
        .sum_o(dot)
      );

      assign accumulator_d = (step_first ? '0 : accumulator_q) + AccumulatorBits'(dot);

      always_ff @(posedge clk_i) begin
        if (step_valid) accumulator_q <= accumulator_d;
        if (capture) sum_q <= accumulator_d;
      end

      assign sums_o[r][c] = sum_q;
    end
  end

`ifndef SYNTHESIS
  logic open_d, open_q;

  assign open_d = valid_i ? !last_i : open_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) open_q <= 1'b0;
    else open_q <= open_d;
  end
`endif

  `ASSERT_PARAMETER(Rows, Rows >= 1, "Rows must be at least 1")
  `ASSERT_PARAMETER(Columns, Columns >= 1, "Columns must be at least 1")
  `ASSERT_PARAMETER(AccumulatorBits, AccumulatorBits >= DotBits,
                    "AccumulatorBits must hold the sum of Depth products")
  `ASSERT(TilesFollowEachOther, valid_i |-> first_i != open_q)

endmodule
