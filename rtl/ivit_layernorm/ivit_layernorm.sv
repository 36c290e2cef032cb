`include "cosim_assert.svh"

/// I-ViT's integer LayerNorm over rows of 1...MaxLength elements, in two passes that overlap:
///   1. mean = sum(x) / length rounded halfToEven, variance = sum((x - mean)^2), while the row is
///      stored; std = ten steps std <- floor((std + floor(variance / std)) / 2) from 2^16;
///      factor = (2^31 - 1) / std rounded by floor;
///   2. y = (x - mean) * factor / 2 rounded by floor, plus bias: exact in 34 bits, nothing
///      saturates.
/// Ten steps are not always enough: std is never below 64, and a constant row gives its bias.
/// Streams: a row is ceil(length / Lanes) beats, lane 0 in the least significant bits; keep marks
/// the lanes that hold an element (contiguous from lane 0, all but on the last beat), last the
/// row's last beat. All data signed; what lies in other lanes does not matter; y is 0 there. `bias`
/// brings a row of biases for each row of x, of the same length; it is taken in pass 2.
/// One beat a cycle for rows of 4 beats and more, back to back, as long as MaxLength is at most 64
/// beats (behind a longer row, short ones can have to wait); shorter rows one in 4 cycles, for
/// which the serial units of `newton_square_root` suffice. The first y of a row is valid
/// 31 + $clog2(Lanes) + ceil(InputBits / 2) + 9 * (q + 1) cycles after its last x, where q =
/// ceil((ceil(v / 2) + 1) / 2) and v is the bits of MaxLength * 2^(2 * InputBits - 2) (151 cycles
/// for 16 lanes, 16 bits and rows of 1024). `x_ready_o` and `bias_ready_o` depend on registers
/// only.
/// Source: Li and Gu, I-ViT (2022), section 3.4; integers as in its public code.
module ivit_layernorm #(
  /// Elements in a beat, 1...64.
  parameter int unsigned Lanes = 16,
  /// Bits of an element of x, 2...24.
  parameter int unsigned InputBits = 16,
  /// Elements of the longest row, 1...65536.
  parameter int unsigned MaxLength = 1024
) (
  input  logic                            clk_i,
  input  logic                            rst_ni,

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
  output logic [Lanes-1:0][33:0]          y_data_o,
  output logic [Lanes-1:0]                y_keep_o,
  output logic                            y_last_o
);

  localparam int unsigned CentredBits = InputBits + 1;
  localparam int unsigned FactorBits = 25;
  localparam int unsigned RowBeats = cosim_pkg::ceil_divide(MaxLength, Lanes);
  localparam int unsigned RowInterval = 4;
  localparam int unsigned FactorLatency =
      cosim_pkg::ivit_layernorm_factor_latency(Lanes, InputBits, MaxLength);

  // Pass 1: store rows, and find mean and factor.

  logic                            take, unused_valid, unused_last, factor_valid;
  logic signed [InputBits-1:0]     mean, row_mean;
  logic [FactorBits-1:0]           factor, row_factor;
  logic                            row_valid, row_ready, row_last;
  logic [Lanes-1:0]                row_keep;
  logic [Lanes-1:0][InputBits-1:0] row_x;

  ivit_layernorm_factor #(
    .Lanes      (Lanes),
    .Bits       (InputBits),
    .MaxLength  (MaxLength),
    .RowInterval(RowInterval),
    .Rows       (cosim_pkg::row_pass_rows(RowBeats, FactorLatency, RowInterval))
  ) u_factor (
    .clk_i,
    .rst_ni,
    .valid_i (take),
    .last_i  (x_last_i),
    .keep_i  (x_keep_i),
    .data_i  (x_data_i),
    .valid_o (factor_valid),
    .mean_o  (mean),
    .factor_o(factor)
  );

  row_pass #(
    .Width       (Lanes * InputBits + Lanes),
    .ValueBits   (InputBits + FactorBits),
    .RowBeats    (RowBeats),
    .Latency     (0),
    .ValueLatency(FactorLatency),
    .RowInterval (RowInterval)
  ) u_pass (
    .clk_i,
    .rst_ni,
    .in_valid_i    (x_valid_i),
    .in_ready_o    (x_ready_o),
    .in_last_i     (x_last_i),
    .accept_o      (take),
    .result_valid_o(unused_valid),
    .result_last_o (unused_last),
    .result_i      ({x_keep_i, x_data_i}),
    .value_valid_i (factor_valid),
    .value_i       ({mean, factor}),
    .out_valid_o   (row_valid),
    .out_ready_i   (row_ready),
    .out_data_o    ({row_keep, row_x}),
    .out_last_o    (row_last),
    .out_value_o   ({row_mean, row_factor})
  );

  // Pass 2: centre, scale each row by its factor and add the bias.

  logic [Lanes-1:0][CentredBits-1:0] row_centred, centred;
  logic                              centred_valid, centred_ready, centred_last;
  logic [Lanes-1:0]                  centred_keep;
  logic [FactorBits-1:0]             centred_factor;
  logic                              join_valid, join_ready, join_last;
  logic [Lanes-1:0]                  join_keep;
  logic [Lanes-1:0][CentredBits-1:0] join_centred;
  logic [FactorBits-1:0]             join_factor;
  logic [Lanes-1:0][31:0]            join_bias;

  always_comb begin
    for (int unsigned lane = 0; lane < Lanes; lane++) begin
      row_centred[lane] = '0;
      if (row_keep[lane]) begin
        row_centred[lane] = CentredBits'(signed'(row_x[lane])) - CentredBits'(row_mean);
      end
    end
  end

  stream_register #(
    .Width(Lanes * CentredBits + FactorBits + Lanes + 1)
  ) u_centred (
    .clk_i,
    .rst_ni,
    .in_valid_i (row_valid),
    .in_ready_o (row_ready),
    .in_data_i  ({row_last, row_keep, row_factor, row_centred}),
    .out_valid_o(centred_valid),
    .out_ready_i(centred_ready),
    .out_data_o ({centred_last, centred_keep, centred_factor, centred})
  );

  row_stream_join #(
    .Lanes (Lanes),
    .AWidth(Lanes * CentredBits + FactorBits),
    .BWidth(Lanes * 32)
  ) u_bias (
    .clk_i,
    .rst_ni,
    .a_valid_i  (centred_valid),
    .a_ready_o  (centred_ready),
    .a_data_i   ({centred_factor, centred}),
    .a_keep_i   (centred_keep),
    .a_last_i   (centred_last),
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

  // |(x - mean) * factor| stays below 3 * 2^31, also where the steps have not converged.
  row_affine #(
    .Lanes      (Lanes),
    .InputBits  (CentredBits),
    .FactorBits (FactorBits),
    .ProductBits(34),
    .Shift      (1),
    .BiasBits   (32),
    .OutputBits (34)
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
  `ASSERT_STREAM(x, x_valid_i, x_ready_o, {x_data_i, x_keep_i, x_last_i})
  `ASSERT_STREAM(bias, bias_valid_i, bias_ready_o, {bias_data_i, bias_keep_i, bias_last_i})
  `ASSERT_STREAM(y, y_valid_o, y_ready_i, {y_data_o, y_keep_o, y_last_o})

endmodule
