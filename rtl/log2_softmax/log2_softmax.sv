`include "cosim_assert.svh"

/// FQ-ViT's log-int-softmax over rows of 1...MaxLength scores, in three passes that overlap:
///   1. the row's maximum, while the row is stored;
///   2. exp = i-exp(score - maximum), see `ibert_exp`, below 2^(22 + Octaves), and the row's sum of
///      exp, both normalised;
///   3. code and zero from R = sum / exp rounded halfToEven, see `log2_code`: the probability is
///      2^-code, code 0...2^CodeBits - 1, or 0 where zero is 1 (the code is then the largest).
/// Streams: a row is ceil(length / Lanes) beats, lane 0 in the least significant bits; keep marks
/// the lanes that hold an element (contiguous from lane 0, all but on the last beat), last the
/// row's last beat. Scores signed; what lies in other lanes does not matter; code and zero are 0
/// there.
/// One beat a cycle, rows back to back, for every mix of row lengths as long as MaxLength is at
/// most 64 beats (behind a longer row, rows of one beat can have to wait). Two of the longest rows
/// fit before pass 2, and one behind it. The first codes of a row of n beats are valid
/// 20 + n + 2 * $clog2(Lanes) + b cycles after its last score, where b is the bits of Octaves
/// (33 + n cycles for 16 lanes and 30 octaves). `scores_ready_o` depends on registers only.
/// Configuration changes only while no row is in flight; (r + b) * r + c of `ibert_exp` is below
/// 2^22 for all r.
/// Source: Lin et al., FQ-ViT (2022), section 3.3, in the exact integers of its public code.
module log2_softmax #(
  /// Elements in a beat, 1...64.
  parameter int unsigned Lanes = 16,
  /// Bits of a score, 2...12.
  parameter int unsigned ScoreBits = 8,
  /// Elements of the longest row, 1...1024.
  parameter int unsigned MaxLength = 1024,
  /// Largest number of halvings that i-exp distinguishes, 1...31.
  parameter int unsigned Octaves = 30,
  /// Bits of a code, 2...5.
  parameter int unsigned CodeBits = 4
) (
  input  logic                            clk_i,
  input  logic                            rst_ni,

  // Configuration: x0 is -1023...-1.
  input  logic signed [10:0]              cfg_x0_i,
  input  logic        [11:0]              cfg_b_i,
  input  logic        [21:0]              cfg_c_i,

  // Input stream.
  input  logic                            scores_valid_i,
  output logic                            scores_ready_o,
  input  logic [Lanes-1:0][ScoreBits-1:0] scores_data_i,
  input  logic [Lanes-1:0]                scores_keep_i,
  input  logic                            scores_last_i,

  // Output stream.
  output logic                            codes_valid_o,
  input  logic                            codes_ready_i,
  output logic [Lanes-1:0][CodeBits-1:0]  codes_data_o,
  output logic [Lanes-1:0]                codes_zero_o,
  output logic [Lanes-1:0]                codes_keep_o,
  output logic                            codes_last_o
);

  localparam int unsigned MantissaBits = 22;
  localparam int unsigned ExpBits = MantissaBits + Octaves;
  localparam int unsigned ShiftBits = cosim_pkg::value_bits(64'(Octaves));
  localparam int unsigned SumBits =
      cosim_pkg::value_bits(64'(MaxLength) * ((64'd1 << ExpBits) - 64'd1));
  localparam int unsigned ExponentBits = $clog2(SumBits);

  localparam int unsigned ExpLatency = 1 + cosim_pkg::ibert_exp_latency(Octaves);
  localparam int unsigned PassLatency = ExpLatency + cosim_pkg::normaliser_latency();
  localparam int unsigned SumLatency = $clog2(Lanes) + 1 + cosim_pkg::normaliser_latency();
  localparam int unsigned CodeLatency = 3;

  // Pass 1: store rows and find their maxima.

  logic                            row_valid, row_ready, row_last;
  logic [Lanes-1:0][ScoreBits-1:0] row_scores;
  logic [Lanes-1:0]                row_keep;
  logic signed [ScoreBits-1:0]     row_maximum;

  row_maximum_buffer #(
    .Lanes    (Lanes),
    .Bits     (ScoreBits),
    .MaxLength(MaxLength)
  ) u_maximum (
    .clk_i,
    .rst_ni,
    .in_valid_i   (scores_valid_i),
    .in_ready_o   (scores_ready_o),
    .in_data_i    (scores_data_i),
    .in_keep_i    (scores_keep_i),
    .in_last_i    (scores_last_i),
    .out_valid_o  (row_valid),
    .out_ready_i  (row_ready),
    .out_data_o   (row_scores),
    .out_keep_o   (row_keep),
    .out_last_o   (row_last),
    .out_maximum_o(row_maximum)
  );

  // Pass 2: exponentials and their sum, both normalised.

  logic                               accept, distance_valid, exp_valid;
  logic [Lanes-1:0][ScoreBits-1:0]    distance;
  logic [Lanes-1:0][32:0]             ibert_mantissa;
  logic [Lanes-1:0][ShiftBits-1:0]    shift;
  logic [Lanes-1:0]                   exp_keep, pass_keep, in_range;
  logic [Lanes-1:0][ExpBits-1:0]      exp;
  logic [Lanes-1:0][MantissaBits-1:0] mantissa;
  logic [Lanes-1:0][ExponentBits-1:0] exponent;

  row_distance #(
    .Lanes(Lanes),
    .Bits (ScoreBits)
  ) u_distance (
    .clk_i,
    .data_i    (row_scores),
    .keep_i    (row_keep),
    .maximum_i (row_maximum),
    .distance_o(distance)
  );

  valid_line u_distance_valid (
    .clk_i,
    .rst_ni,
    .valid_i(accept),
    .valid_o(distance_valid)
  );

  ibert_exp #(
    .Lanes       (Lanes),
    .DistanceBits(ScoreBits),
    .Octaves     (Octaves)
  ) u_exp (
    .clk_i,
    .rst_ni,
    .cfg_x0_i  (18'(cfg_x0_i)),
    .cfg_b_i   (20'(cfg_b_i)),
    .cfg_c_i   (33'(cfg_c_i)),
    .valid_i   (distance_valid),
    .distance_i(distance),
    .valid_o   (exp_valid),
    .mantissa_o(ibert_mantissa),
    .shift_o   (shift)
  );

  delay_line #(
    .Width (Lanes),
    .Cycles(ExpLatency)
  ) u_exp_keep (
    .clk_i,
    .data_i(row_keep),
    .data_o(exp_keep)
  );

  delay_line #(
    .Width (Lanes),
    .Cycles(PassLatency - ExpLatency)
  ) u_pass_keep (
    .clk_i,
    .data_i(exp_keep),
    .data_o(pass_keep)
  );

  for (genvar lane = 0; lane < Lanes; lane++) begin : gen_exp_lane
    logic [MantissaBits-1:0]         kept;
    logic [ShiftBits-1:0]            kept_shift;
    logic [$clog2(MantissaBits)-1:0] zeros;

    assign kept           = exp_keep[lane] ? ibert_mantissa[lane][MantissaBits-1:0] : '0;
    assign in_range[lane] = (ibert_mantissa[lane] >> MantissaBits) == '0;

    // The same value twice: in full for the sum, normalised for pass 3.
    delay_line #(
      .Width (ExpBits),
      .Cycles(cosim_pkg::normaliser_latency())
    ) u_full (
      .clk_i,
      .data_i(ExpBits'(kept) << shift[lane]),
      .data_o(exp[lane])
    );

    normaliser #(
      .Width(MantissaBits)
    ) u_normalise (
      .clk_i,
      .value_i(kept),
      .value_o(mantissa[lane]),
      .zeros_o(zeros)
    );

    delay_line #(
      .Width (ShiftBits),
      .Cycles(cosim_pkg::normaliser_latency())
    ) u_shift (
      .clk_i,
      .data_i(shift[lane]),
      .data_o(kept_shift)
    );

    assign exponent[lane] = ExponentBits'(kept_shift) + ExponentBits'(MantissaBits - 1)
        - ExponentBits'(zeros);
  end

  logic                         pass_valid, pass_last, sum_valid, normalised_valid;
  logic [SumBits-1:0]           sum, normalised;
  logic [$clog2(SumBits)-1:0]   sum_zeros;
  logic [ExponentBits-1:0]      sum_exponent;

  row_sum #(
    .Lanes    (Lanes),
    .InputBits(ExpBits),
    .SumBits  (SumBits)
  ) u_sum (
    .clk_i,
    .rst_ni,
    .valid_i(pass_valid),
    .last_i (pass_last),
    .data_i (exp),
    .valid_o(sum_valid),
    .sum_o  (sum)
  );

  normaliser #(
    .Width(SumBits)
  ) u_normalise_sum (
    .clk_i,
    .value_i(sum),
    .value_o(normalised),
    .zeros_o(sum_zeros)
  );

  valid_line #(
    .Cycles(cosim_pkg::normaliser_latency())
  ) u_normalised_valid (
    .clk_i,
    .rst_ni,
    .valid_i(sum_valid),
    .valid_o(normalised_valid)
  );

  assign sum_exponent = ExponentBits'(SumBits - 1) - sum_zeros;

  logic                               code_valid, code_ready, code_last;
  logic [Lanes-1:0]                   code_keep;
  logic [Lanes-1:0][MantissaBits-1:0] code_mantissa;
  logic [Lanes-1:0][ExponentBits-1:0] code_exponent;
  logic [SumBits-1:0]                 code_sum;
  logic [ExponentBits-1:0]            code_sum_exponent;

  row_pass #(
    .Width       (Lanes * (MantissaBits + ExponentBits + 1)),
    .ValueBits   (SumBits + ExponentBits),
    .RowBeats    (cosim_pkg::ceil_divide(MaxLength, Lanes)),
    .Latency     (PassLatency),
    .ValueLatency(SumLatency)
  ) u_pass (
    .clk_i,
    .rst_ni,
    .in_valid_i    (row_valid),
    .in_ready_o    (row_ready),
    .in_last_i     (row_last),
    .accept_o      (accept),
    .result_valid_o(pass_valid),
    .result_last_o (pass_last),
    .result_i      ({mantissa, exponent, pass_keep}),
    .value_valid_i (normalised_valid),
    .value_i       ({normalised, sum_exponent}),
    .out_valid_o   (code_valid),
    .out_ready_i   (code_ready),
    .out_data_o    ({code_mantissa, code_exponent, code_keep}),
    .out_last_o    (code_last),
    .out_value_o   ({code_sum, code_sum_exponent})
  );

  // Pass 3: codes.

  logic [Lanes-1:0][CodeBits-1:0] code;
  logic [Lanes-1:0]               zero, keep;
  logic                           last, unused_accept, unused_result_valid;

  for (genvar lane = 0; lane < Lanes; lane++) begin : gen_code_lane
    logic [CodeBits-1:0] lane_code;
    logic                lane_zero;

    log2_code #(
      .MantissaBits(MantissaBits),
      .SumBits     (SumBits),
      .CodeBits    (CodeBits)
    ) u_code (
      .clk_i,
      .mantissa_i    (code_mantissa[lane]),
      .exponent_i    (code_exponent[lane]),
      .sum_i         (code_sum),
      .sum_exponent_i(code_sum_exponent),
      .code_o        (lane_code),
      .zero_o        (lane_zero)
    );

    assign code[lane] = keep[lane] ? lane_code : '0;
    assign zero[lane] = keep[lane] && lane_zero;
  end

  delay_line #(
    .Width (Lanes + 1),
    .Cycles(CodeLatency)
  ) u_row_shape (
    .clk_i,
    .data_i({code_keep, code_last}),
    .data_o({keep, last})
  );

  pipeline_guard #(
    .Width  (Lanes * (CodeBits + 2) + 1),
    .Latency(CodeLatency)
  ) u_guard (
    .clk_i,
    .rst_ni,
    .in_valid_i    (code_valid),
    .in_ready_o    (code_ready),
    .accept_o      (unused_accept),
    .result_valid_o(unused_result_valid),
    .result_i      ({code, zero, keep, last}),
    .out_valid_o   (codes_valid_o),
    .out_ready_i   (codes_ready_i),
    .out_data_o    ({codes_data_o, codes_zero_o, codes_keep_o, codes_last_o})
  );

`ifndef SYNTHESIS
  row_rule #(
    .Lanes    (Lanes),
    .MaxLength(MaxLength)
  ) u_codes_row_rule (
    .clk_i,
    .rst_ni,
    .transfer_i(codes_valid_o && codes_ready_i),
    .keep_i    (codes_keep_o),
    .last_i    (codes_last_o)
  );
`else
  logic unused_in_range;
  assign unused_in_range = ^in_range ^ exp_valid;
`endif

  `ASSERT_PARAMETER(Lanes, Lanes >= 1 && Lanes <= 64, "Lanes must be 1...64")
  `ASSERT_PARAMETER(ScoreBits, ScoreBits >= 2 && ScoreBits <= 12, "ScoreBits must be 2...12")
  `ASSERT_PARAMETER(MaxLength, MaxLength >= 1 && MaxLength <= 1024, "MaxLength must be 1...1024")
  `ASSERT_PARAMETER(Octaves, Octaves >= 1 && Octaves <= 31, "Octaves must be 1...31")
  `ASSERT_PARAMETER(CodeBits, CodeBits >= 2 && CodeBits <= 5, "CodeBits must be 2...5")
  `ASSERT(StepInRange, accept |-> cfg_x0_i < 0 && cfg_x0_i != 11'sh400)
  `ASSERT(MantissaInRange, exp_valid |-> in_range == '1)
  `ASSERT_STREAM(scores, scores_valid_i, scores_ready_o,
                 {scores_data_i, scores_keep_i, scores_last_i})
  `ASSERT_STREAM(codes, codes_valid_o, codes_ready_i,
                 {codes_data_o, codes_zero_o, codes_keep_o, codes_last_o})

endmodule
