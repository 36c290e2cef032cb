`include "cosim_assert.svh"

/// The array of multipliers that the scores and the context of attention share: Rows x Columns dot
/// products of Depth, of queries and keys or of probabilities and values.
/// Each side offers steps, the first and the last of a tile marked; context goes first whenever it
/// can, but a tile that has begun keeps the array. A step that is taken has its operands a cycle
/// later: queries_i and prob_slice_i by then, keys, values and probabilities (which take a read)
/// yet another cycle later.
/// sums_o are a tile's, of context where sums_context_o, 2 + multiplier_array_latency(Depth) cycles
/// after its last step; RescaleLatency cycles later, when the requantiser has its results,
/// `score_result_o` or `context_result_o` goes up.
/// One step a cycle.
module attention_products #(
  /// Queries in a tile, 1 or more.
  parameter int unsigned Rows = 4,
  /// Keys in a tile, or elements of the context, 1 or more.
  parameter int unsigned Columns = 8,
  /// Products that are summed in a step, 1 or more.
  parameter int unsigned Depth = 8,
  /// Slices of Depth probabilities in a word, 1 or more.
  parameter int unsigned Slices = 2,
  /// Bits of a probability, which has no sign.
  parameter int unsigned ProbBits = 8,
  /// Bits of a sum, with its sign.
  parameter int unsigned SumBits = 22,
  /// Cycles from sums to results, 1 or more.
  parameter int unsigned RescaleLatency = 7,
  /// Bits of the index of a slice. Derived, do not overwrite.
  localparam int unsigned SliceBits = cosim_pkg::index_bits(Slices)
) (
  input  logic                                                      clk_i,
  input  logic                                                      rst_ni,

  // Steps of the scores.
  input  logic                                                      score_valid_i,
  output logic                                                      score_take_o,
  input  logic                                                      score_first_i,
  input  logic                                                      score_last_i,

  // Steps of the context.
  input  logic                                                      context_valid_i,
  output logic                                                      context_take_o,
  input  logic                                                      context_first_i,
  input  logic                                                      context_last_i,

  // Their operands.
  input  logic [Rows-1:0][Depth-1:0][7:0]                           queries_i,
  input  logic [Columns-1:0][Depth-1:0][7:0]                        keys_i,
  input  logic [SliceBits-1:0]                                      prob_slice_i,
  input  logic [Rows-1:0][Slices-1:0][Depth-1:0][ProbBits-1:0]      probs_i,
  input  logic [Depth-1:0][Columns-1:0][7:0]                        values_i,

  // Sums, and when their results are there.
  output logic                                                      sums_context_o,
  output logic [Rows-1:0][Columns-1:0][SumBits-1:0]                 sums_o,
  output logic                                                      score_result_o,
  output logic                                                      context_result_o
);

  localparam int unsigned ActivationBits = ProbBits + 1;
  localparam int unsigned StepLatency = 2;

  // One of the two has the array; a tile that has begun keeps it.

  logic open_d, open_q, turn_d, turn_q, step, step_first, step_last;

  assign turn_d         = open_q ? turn_q : context_valid_i;
  assign context_take_o = turn_d && context_valid_i;
  assign score_take_o   = !turn_d && score_valid_i;
  assign step           = context_take_o || score_take_o;
  assign step_first     = turn_d ? context_first_i : score_first_i;
  assign step_last      = turn_d ? context_last_i : score_last_i;
  assign open_d         = step ? !step_last : open_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) open_q <= 1'b0;
    else open_q <= open_d;
  end

  always_ff @(posedge clk_i) turn_q <= turn_d;

  // The operands of a step that was taken.

  logic                                           array_valid, array_first, array_last, sums_valid;
  logic                                           array_context, result_valid, result_context;
  logic [SliceBits-1:0]                           prob_slice_q;
  logic [Rows-1:0][Depth-1:0][7:0]                queries_q;
  logic [Rows-1:0][Depth-1:0][ActivationBits-1:0] activations;
  logic [Columns-1:0][Depth-1:0][7:0]             weights;

  always_ff @(posedge clk_i) begin
    queries_q    <= queries_i;
    prob_slice_q <= prob_slice_i;
  end

  valid_line #(
    .Cycles(StepLatency)
  ) u_step_valid (
    .clk_i,
    .rst_ni,
    .valid_i(step),
    .valid_o(array_valid)
  );

  delay_line #(
    .Width (3),
    .Cycles(StepLatency)
  ) u_step (
    .clk_i,
    .data_i({step_first, step_last, turn_d}),
    .data_o({array_first, array_last, array_context})
  );

  always_comb begin
    for (int unsigned d = 0; d < Depth; d++) begin
      for (int unsigned r = 0; r < Rows; r++) begin
        activations[r][d] = array_context ? {1'b0, probs_i[r][prob_slice_q][d]}
            : ActivationBits'(signed'(queries_q[r][d]));
      end
      for (int unsigned c = 0; c < Columns; c++) begin
        weights[c][d] = array_context ? values_i[d][c] : keys_i[c][d];
      end
    end
  end

  multiplier_array #(
    .Rows           (Rows),
    .Columns        (Columns),
    .Depth          (Depth),
    .ActivationBits (ActivationBits),
    .WeightBits     (8),
    .AccumulatorBits(SumBits)
  ) u_array (
    .clk_i,
    .rst_ni,
    .valid_i(array_valid),
    .first_i(array_first),
    .last_i (array_last),
    .a_i    (activations),
    .w_i    (weights),
    .valid_o(sums_valid),
    .sums_o
  );

  delay_line #(
    .Width (1),
    .Cycles(cosim_pkg::multiplier_array_latency(Depth))
  ) u_sums_context (
    .clk_i,
    .data_i(array_context),
    .data_o(sums_context_o)
  );

  valid_line #(
    .Cycles(RescaleLatency)
  ) u_result_valid (
    .clk_i,
    .rst_ni,
    .valid_i(sums_valid),
    .valid_o(result_valid)
  );

  delay_line #(
    .Width (1),
    .Cycles(RescaleLatency)
  ) u_result_context (
    .clk_i,
    .data_i(sums_context_o),
    .data_o(result_context)
  );

  assign score_result_o   = result_valid && !result_context;
  assign context_result_o = result_valid && result_context;

  `ASSERT_PARAMETER(RescaleLatency, RescaleLatency >= 1, "RescaleLatency must be at least 1")

endmodule
