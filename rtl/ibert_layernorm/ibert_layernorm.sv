`include "cosim_assert.svh"

/// I-BERT's integer LayerNorm over rows of 1...MaxLength elements, in three passes that overlap:
///   1. mean = sum(x) / length rounded halfToEven, while the row is stored;
///   2. d = x - mean, variance = sum(floor(d / 2^shift)^2), std = floor(sqrt(variance)) * 2^shift,
///      factor = 2^31 / std rounded by floor, 0 for std 0;
///   3. y = d * factor / 2 rounded by floor, plus bias: exact in 33 bits, nothing saturates.
/// Variance below 2^VarianceBits is the setting's duty, and asserted.
/// Streams: a row is ceil(length / Lanes) beats, lane 0 in the least significant bits; keep marks
/// the lanes that hold an element (contiguous from lane 0, all but on the last beat), last the
/// row's last beat. All data signed; what lies in other lanes does not matter; y is 0 there. `bias`
/// brings a row of biases for each row of x, of the same length; it is taken in pass 3.
/// One beat a cycle, rows back to back, for every mix of row lengths as long as MaxLength is at
/// most 64 beats (behind a longer row, rows of one beat can have to wait): mean, root and factor
/// are pipelined, so a row may end in every cycle. The first y of a row of n beats is valid
/// 34 + n + 2 * $clog2(Lanes) + ceil(InputBits / 2) + ceil(v / 4) cycles after its last x, where v
/// is the lesser of VarianceBits and 2 * InputBits + $clog2(MaxLength) (62 + n cycles for 16 lanes
/// and 24 bits).
/// `x_ready_o` and `bias_ready_o` depend on registers only.
/// The setting changes only while no row is in flight.
/// Source: Kim et al., I-BERT (2021), section 3.6; integers as in its public code.
module ibert_layernorm #(
  /// Elements in a beat, 1...64.
  parameter int unsigned Lanes = 16,
  /// Bits of an element of x, 2...24.
  parameter int unsigned InputBits = 24,
  /// Elements of the longest row, 1...65536.
  parameter int unsigned MaxLength = 1024,
  /// Bits of a variance, 32...48.
  parameter int unsigned VarianceBits = 32
) (
  input  logic                            clk_i,
  input  logic                            rst_ni,

  // Setting: bits dropped before squaring.
  input  logic [3:0]                      cfg_shift_i,

  // Input streams.
  input  logic                            x_valid_i,
  output logic                            x_ready_o,
  input  logic [Lanes-1:0][InputBits-1:0] x_data_i,
  input  logic [Lanes-1:0]                x_keep_i,
  input  logic                            x_last_i,

  input  logic                            bias_valid_i,
  output logic                            bias_ready_o,
  input  logic [Lanes-1:0][31:0]          bias_data_i,
  input  logic [Lanes-1:0]                bias_keep_i,
  input  logic                            bias_last_i,

  // Output stream.
  output logic                            y_valid_o,
  input  logic                            y_ready_i,
  output logic [Lanes-1:0][32:0]          y_data_o,
  output logic [Lanes-1:0]                y_keep_o,
  output logic                            y_last_o
);

  localparam int unsigned CentredBits = InputBits + 1;
  localparam int unsigned LengthBits = cosim_pkg::value_bits(64'(MaxLength));
  localparam int unsigned SumBits = InputBits + LengthBits;
  localparam int unsigned FactorLatency = cosim_pkg::ibert_layernorm_factor_latency(
      Lanes, CentredBits, MaxLength, VarianceBits);
  localparam int unsigned RowBeats = cosim_pkg::ceil_divide(MaxLength, Lanes);

  // Pass 1: store rows and find their means.

  logic                            take, unused_valid, unused_last, mean_valid;
  logic signed [SumBits-1:0]       unused_sum;
  logic signed [LengthBits-1:0]    unused_remainder;
  logic signed [InputBits-1:0]     mean, row_mean;
  logic                            row_valid, row_ready, row_last;
  logic [Lanes-1:0]                row_keep;
  logic [Lanes-1:0][InputBits-1:0] row_x;

  row_mean #(
    .Lanes    (Lanes),
    .Bits     (InputBits),
    .MaxLength(MaxLength)
  ) u_mean (
    .clk_i,
    .rst_ni,
    .valid_i    (take),
    .last_i     (x_last_i),
    .keep_i     (x_keep_i),
    .data_i     (x_data_i),
    .valid_o    (mean_valid),
    .sum_o      (unused_sum),
    .mean_o     (mean),
    .remainder_o(unused_remainder)
  );

  row_pass #(
    .Width       (Lanes * InputBits + Lanes),
    .ValueBits   (InputBits),
    .RowBeats    (RowBeats),
    .Latency     (0),
    .ValueLatency(cosim_pkg::row_mean_latency(Lanes, InputBits))
  ) u_mean_pass (
    .clk_i,
    .rst_ni,
    .in_valid_i    (x_valid_i),
    .in_ready_o    (x_ready_o),
    .in_last_i     (x_last_i),
    .accept_o      (take),
    .result_valid_o(unused_valid),
    .result_last_o (unused_last),
    .result_i      ({x_keep_i, x_data_i}),
    .value_valid_i (mean_valid),
    .value_i       (mean),
    .out_valid_o   (row_valid),
    .out_ready_i   (row_ready),
    .out_data_o    ({row_keep, row_x}),
    .out_last_o    (row_last),
    .out_value_o   (row_mean)
  );

  // Pass 2: centre, and find the factor.

  logic [Lanes-1:0][CentredBits-1:0] centred_d, centred_q;
  logic [Lanes-1:0]                  keep_q;
  logic                              unused_accept, centred_valid, centred_last, factor_valid;
  logic [31:0]                       factor;

  always_comb begin
    for (int unsigned lane = 0; lane < Lanes; lane++) begin
      centred_d[lane] = '0;
      if (row_keep[lane]) begin
        centred_d[lane] = CentredBits'(signed'(row_x[lane])) - CentredBits'(row_mean);
      end
    end
  end

  always_ff @(posedge clk_i) begin
    centred_q <= centred_d;
    keep_q    <= row_keep;
  end

  ibert_layernorm_factor #(
    .Lanes       (Lanes),
    .CentredBits (CentredBits),
    .MaxLength   (MaxLength),
    .VarianceBits(VarianceBits)
  ) u_factor (
    .clk_i,
    .rst_ni,
    .cfg_shift_i,
    .valid_i  (centred_valid),
    .last_i   (centred_last),
    .centred_i(centred_q),
    .valid_o  (factor_valid),
    .factor_o (factor)
  );

  logic                              stored_valid, stored_ready, stored_last;
  logic [Lanes-1:0]                  stored_keep;
  logic [Lanes-1:0][CentredBits-1:0] stored_centred;
  logic [31:0]                       stored_factor;

  row_pass #(
    .Width       (Lanes * CentredBits + Lanes),
    .ValueBits   (32),
    .RowBeats    (RowBeats),
    .Latency     (1),
    .ValueLatency(FactorLatency)
  ) u_factor_pass (
    .clk_i,
    .rst_ni,
    .in_valid_i    (row_valid),
    .in_ready_o    (row_ready),
    .in_last_i     (row_last),
    .accept_o      (unused_accept),
    .result_valid_o(centred_valid),
    .result_last_o (centred_last),
    .result_i      ({keep_q, centred_q}),
    .value_valid_i (factor_valid),
    .value_i       (factor),
    .out_valid_o   (stored_valid),
    .out_ready_i   (stored_ready),
    .out_data_o    ({stored_keep, stored_centred}),
    .out_last_o    (stored_last),
    .out_value_o   (stored_factor)
  );

  // Pass 3: scale each row by its factor and add the bias.

  logic                              join_valid, join_ready, join_last;
  logic [Lanes-1:0]                  join_keep;
  logic [Lanes-1:0][CentredBits-1:0] join_centred;
  logic [31:0]                       join_factor;
  logic [Lanes-1:0][31:0]            join_bias;

  row_stream_join #(
    .Lanes (Lanes),
    .AWidth(Lanes * CentredBits + 32),
    .BWidth(Lanes * 32)
  ) u_bias (
    .clk_i,
    .rst_ni,
    .a_valid_i  (stored_valid),
    .a_ready_o  (stored_ready),
    .a_data_i   ({stored_factor, stored_centred}),
    .a_keep_i   (stored_keep),
    .a_last_i   (stored_last),
    .b_valid_i  (bias_valid_i),
    .b_ready_o  (bias_ready_o),
    .b_data_i   (bias_data_i),
    .b_keep_i   (bias_keep_i),
    .b_last_i   (bias_last_i),
    .out_valid_o(join_valid),
    .out_ready_i(join_ready),
    .out_a_o    ({join_factor, join_centred}),
    .out_b_o    (join_bias),
    .out_keep_o (join_keep),
    .out_last_o (join_last)
  );

  // |d * factor| stays below 2^32 for every shift.
  row_affine #(
    .Lanes      (Lanes),
    .InputBits  (CentredBits),
    .FactorBits (32),
    .ProductBits(33),
    .Shift      (1),
    .BiasBits   (32),
    .OutputBits (33)
  ) u_affine (
    .clk_i,
    .rst_ni,
    .in_valid_i (join_valid),
    .in_ready_o (join_ready),
    .in_data_i  (join_centred),
    .in_bias_i  (join_bias),
    .in_keep_i  (join_keep),
    .in_last_i  (join_last),
    .in_factor_i(join_factor),
    .out_valid_o(y_valid_o),
    .out_ready_i(y_ready_i),
    .out_data_o (y_data_o),
    .out_keep_o (y_keep_o),
    .out_last_o (y_last_o)
  );

`ifndef SYNTHESIS
  row_rule #(
    .Lanes    (Lanes),
    .MaxLength(MaxLength)
  ) u_x_row_rule (
    .clk_i,
    .rst_ni,
    .transfer_i(take),
    .keep_i    (x_keep_i),
    .last_i    (x_last_i)
  );

  row_rule #(
    .Lanes    (Lanes),
    .MaxLength(MaxLength)
  ) u_y_row_rule (
    .clk_i,
    .rst_ni,
    .transfer_i(y_valid_o && y_ready_i),
    .keep_i    (y_keep_o),
    .last_i    (y_last_o)
  );
`endif

  `ASSERT_PARAMETER(Lanes, Lanes >= 1 && Lanes <= 64, "Lanes must be 1...64")
  `ASSERT_PARAMETER(InputBits, InputBits >= 2 && InputBits <= 24, "InputBits must be 2...24")
  `ASSERT_PARAMETER(MaxLength, MaxLength >= 1 && MaxLength <= 65536, "MaxLength must be 1...65536")
  `ASSERT_PARAMETER(VarianceBits, VarianceBits >= 32 && VarianceBits <= 48,
                    "VarianceBits must be 32...48")
  `ASSERT_STREAM(x, x_valid_i, x_ready_o, {x_data_i, x_keep_i, x_last_i})
  `ASSERT_STREAM(bias, bias_valid_i, bias_ready_o, {bias_data_i, bias_keep_i, bias_last_i})
  `ASSERT_STREAM(y, y_valid_o, y_ready_i, {y_data_o, y_keep_o, y_last_o})

endmodule
