`include "cosim_assert.svh"

/// For each row, valid for one cycle:
///   mean_o   = sum / length rounded halfToEven, variance = sum of (element - mean)^2,
///   root     = ten steps of `newton_square_root` from 2^16 on variance, never below 64,
///   factor_o = (2^31 - 1) / root rounded by floor, 25 bits.
/// Elements and mean signed. Lanes that are not kept do not matter. Beats of a row arrive in any
/// cycles; `last_i` ends the row and the next beat begins another; no more than Rows rows are
/// between their first beat and their factor. Lane 0 in the low bits.
/// One beat a cycle; a row in every RowInterval cycles, faster ones wait for each other; latency
/// cosim_pkg::ivit_layernorm_factor_latency(Lanes, Bits, MaxLength) cycles after the row's last
/// beat.
module ivit_layernorm_factor #(
  /// Elements in a beat, 1 or more.
  parameter int unsigned Lanes = 16,
  /// Bits of an element, 2...24.
  parameter int unsigned Bits = 16,
  /// Elements of the longest row, 1...65536.
  parameter int unsigned MaxLength = 1024,
  /// Cycles from one row to the next that are sustained, 1 or more.
  parameter int unsigned RowInterval = 4,
  /// Rows that wait for their factor at most, 1 or more.
  parameter int unsigned Rows = 64
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,

  input  logic                       valid_i,
  input  logic                       last_i,
  input  logic [Lanes-1:0]           keep_i,
  input  logic [Lanes-1:0][Bits-1:0] data_i,

  output logic                       valid_o,
  output logic signed [Bits-1:0]     mean_o,
  output logic [24:0]                factor_o
);

  localparam int unsigned VarianceBits = cosim_pkg::variance_bits(Bits, MaxLength);
  localparam int unsigned RootBits = cosim_pkg::newton_root_bits(VarianceBits, 16);

  logic                    variance_valid, queue_ready, mean_ready, mean_valid;
  logic signed [Bits-1:0]  variance_mean;
  logic [VarianceBits-1:0] variance, radicand;
  logic                    radicand_valid, radicand_ready, root_valid;
  logic [RootBits-1:0]     root, unused_remainder;

  row_variance #(
    .Lanes    (Lanes),
    .Bits     (Bits),
    .MaxLength(MaxLength)
  ) u_variance (
    .clk_i,
    .rst_ni,
    .valid_i,
    .last_i,
    .keep_i,
    .data_i,
    .valid_o   (variance_valid),
    .mean_o    (variance_mean),
    .variance_o(variance)
  );

  stream_fifo #(
    .Width(VarianceBits),
    .Depth(Rows)
  ) u_variances (
    .clk_i,
    .rst_ni,
    .in_valid_i (variance_valid),
    .in_ready_o (queue_ready),
    .in_data_i  (variance),
    .out_valid_o(radicand_valid),
    .out_ready_i(radicand_ready),
    .out_data_o (radicand)
  );

  newton_square_root #(
    .RadicandBits(VarianceBits),
    .StartBits   (16),
    .Steps       (10),
    .Interval    (RowInterval)
  ) u_root (
    .clk_i,
    .rst_ni,
    .operand_valid_i   (radicand_valid),
    .operand_ready_o   (radicand_ready),
    .operand_radicand_i(radicand),
    .valid_o           (root_valid),
    .root_o            (root)
  );

  // Roots of 64 and more leave 25 bits.
  pipelined_divider #(
    .NumeratorBits(31),
    .DivisorBits  (RootBits),
    .QuotientBits (25),
    .BitsPerStage (2)
  ) u_divide (
    .clk_i,
    .rst_ni,
    .valid_i    (root_valid),
    .numerator_i('1),
    .divisor_i  (root),
    .valid_o,
    .quotient_o (factor_o),
    .remainder_o(unused_remainder)
  );

  // Means wait beside the root and the division.
  stream_fifo #(
    .Width(Bits),
    .Depth(Rows)
  ) u_means (
    .clk_i,
    .rst_ni,
    .in_valid_i (variance_valid),
    .in_ready_o (mean_ready),
    .in_data_i  (variance_mean),
    .out_valid_o(mean_valid),
    .out_ready_i(valid_o),
    .out_data_o (mean_o)
  );

`ifdef SYNTHESIS
  logic unused_places;
  assign unused_places = queue_ready ^ mean_ready ^ mean_valid;
`endif

  `ASSERT(VarianceHasAPlace, variance_valid |-> queue_ready && mean_ready)
  `ASSERT(MeanHasCome, valid_o |-> mean_valid)
  `ASSERT(RootIsAtLeast64, root_valid |-> root >= RootBits'(64))

endmodule
