`include "cosim_assert.svh"

/// exp_o = exp_Q5.26(-distance_i * 2^cfg_left_shift_i * cfg_multiplier_i / 2^31 rounded halfUp), see
/// `gemmlowp_exp`, Q0.31, and 0 where -distance_i < cfg_diff_min_i and in lanes that are not kept;
/// term_o = exp_o / 2^12 rounded halfAwayFromZero, Q12.19, for the row's sum.
/// Distances unsigned, lane 0 in the low bits. distance * 2^left_shift is at most 2^31 wherever it
/// counts: the configuration's duty.
/// Free-running: one beat a cycle, latency 2 + gemmlowp_multiplier_latency + gemmlowp_exp_latency.
module gemmlowp_row_exp #(
  /// Elements in a beat, 1 or more.
  parameter int unsigned Lanes = 16
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic signed [31:0]     cfg_multiplier_i,
  input  logic        [4:0]      cfg_left_shift_i,
  input  logic signed [31:0]     cfg_diff_min_i,

  input  logic                   valid_i,
  input  logic [Lanes-1:0][7:0]  distance_i,
  input  logic [Lanes-1:0]       keep_i,

  output logic [Lanes-1:0][30:0] exp_o,
  output logic [Lanes-1:0][19:0] term_o
);

  localparam int unsigned ExpLatency =
      cosim_pkg::gemmlowp_multiplier_latency() + cosim_pkg::gemmlowp_exp_latency();

  logic [Lanes-1:0] counted_d, counted_q, counted, fits;

  delay_line #(
    .Width (Lanes),
    .Cycles(ExpLatency)
  ) u_counted (
    .clk_i,
    .data_i(counted_q),
    .data_o(counted)
  );

  always_ff @(posedge clk_i) counted_q <= counted_d;

  for (genvar lane = 0; lane < Lanes; lane++) begin : gen_lane
    logic signed [31:0] shifted_d, shifted_q, scaled;
    logic [38:0]        full;
    logic [30:0]        exp_all, exp_d, exp_q;
    logic [19:0]        term_d, term_q;

    assign counted_d[lane] = keep_i[lane] && -signed'(32'(distance_i[lane])) >= cfg_diff_min_i;
    assign full            = 39'(distance_i[lane]) << cfg_left_shift_i;
    assign fits[lane]      = !counted_d[lane] || full <= 39'h8000_0000;
    assign shifted_d       = -signed'(full[31:0]);

    gemmlowp_multiplier u_multiply (
      .clk_i,
      .a_i      (shifted_q),
      .b_i      (cfg_multiplier_i),
      .product_o(scaled)
    );

    gemmlowp_exp u_exp (
      .clk_i,
      .a_i  (scaled),
      .exp_o(exp_all)
    );

    // Not negative, so that halfAwayFromZero is halfUp.
    assign exp_d  = counted[lane] ? exp_all : '0;
    assign term_d = {1'b0, exp_d[30:12]} + 20'(exp_d[11]);

    always_ff @(posedge clk_i) begin
      shifted_q <= shifted_d;
      exp_q     <= exp_d;
      term_q    <= term_d;
    end

    assign exp_o[lane]  = exp_q;
    assign term_o[lane] = term_q;
  end

`ifdef SYNTHESIS
  logic unused_checks;
  assign unused_checks = rst_ni ^ valid_i ^ (^fits);
`endif

  `ASSERT(MultiplierInRange, valid_i |-> cfg_multiplier_i >= 0)
  `ASSERT(LimitInRange, valid_i |-> cfg_diff_min_i <= 0)
  `ASSERT(ShiftedDistanceFits, valid_i |-> fits == '1)

endmodule
