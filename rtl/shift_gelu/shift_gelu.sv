`include "cosim_assert.svh"

/// I-ViT's integer GELU over rows of 1...MaxLength elements, in two passes that overlap:
///   1. m = the row's maximum, while the row is stored;
///   2. e1 = exp(x - m), e2 = exp(-m) saturated to 2^31 - 1, both by shift-exp, see `shift_exp` and
///      `shift_exp_saturating`; s = min(e1 + e2, 2^31 - 1);
///      g = floor(e1 * floor((2^31 - 1) / s) / 2^24), 0...127;
///      y = x * g, unit of x / 128, exact in InputBits + 8 bits.
/// Streams: a row is ceil(length / Lanes) beats, lane 0 in the least significant bits; keep marks
/// the lanes that hold an element (contiguous from lane 0, all but on the last beat), last the
/// row's last beat. x and y signed; what lies in other lanes does not matter; y is 0 there.
/// One beat a cycle, rows back to back, for every mix of row lengths as long as MaxLength is at
/// most 64 beats (behind a longer row, rows of one beat can have to wait). Two of the longest rows
/// fit before pass 2. A row's first y is valid 36 + $clog2(Lanes) cycles after its last x.
/// `x_ready_o` depends on registers only.
/// Each lane divides on its own, in 15 stages of two quotient bits: most of this block's registers.
/// Configuration changes only while no row is in flight.
/// Source: Li and Gu, I-ViT (2022), section 3.3, in the exact integers of its public code.
module shift_gelu #(
  /// Elements in a beat, 1...64.
  parameter int unsigned Lanes = 16,
  /// Bits of an element of x, 2...16.
  parameter int unsigned InputBits = 8,
  /// Elements of the longest row, 1...65536.
  parameter int unsigned MaxLength = 1024,
  /// Largest number of halvings that the exponential distinguishes, 1...29.
  parameter int unsigned Octaves = 23
) (
  input  logic                            clk_i,
  input  logic                            rst_ni,

  // Configuration: -x0 * 2^Octaves is above 0 and below 2^31.
  input  logic signed [31-Octaves:0]      cfg_x0_i,

  // Input stream.
  input  logic                            x_valid_i,
  output logic                            x_ready_o,
  input  logic [Lanes-1:0][InputBits-1:0] x_data_i,
  input  logic [Lanes-1:0]                x_keep_i,
  input  logic                            x_last_i,

  // Output stream.
  output logic                            y_valid_o,
  input  logic                            y_ready_i,
  output logic [Lanes-1:0][InputBits+7:0] y_data_o,
  output logic [Lanes-1:0]                y_keep_o,
  output logic                            y_last_o
);

  // The exponential of -m can take longer than those of the lanes.
  localparam int unsigned LaneExpLatency = 1 + cosim_pkg::shift_exp_latency(Octaves);
  localparam int unsigned ExpLatency = 1 + cosim_pkg::shift_exp_saturating_latency();
  localparam int unsigned Latency = ExpLatency + cosim_pkg::shift_gelu_lane_latency();

  // Pass 1: store rows and find their maxima.

  logic                            row_valid, row_ready, row_last;
  logic [Lanes-1:0][InputBits-1:0] row_x;
  logic [Lanes-1:0]                row_keep;
  logic signed [InputBits-1:0]     row_maximum;

  row_maximum_buffer #(
    .Lanes    (Lanes),
    .Bits     (InputBits),
    .MaxLength(MaxLength)
  ) u_maximum (
    .clk_i,
    .rst_ni,
    .in_valid_i   (x_valid_i),
    .in_ready_o   (x_ready_o),
    .in_data_i    (x_data_i),
    .in_keep_i    (x_keep_i),
    .in_last_i    (x_last_i),
    .out_valid_o  (row_valid),
    .out_ready_i  (row_ready),
    .out_data_o   (row_x),
    .out_keep_o   (row_keep),
    .out_last_o   (row_last),
    .out_maximum_o(row_maximum)
  );

  // Pass 2: exponentials of the elements and of 0, and each lane's sigmoid.

  logic                            accept, distance_valid, exp_valid, unused_lane_exp_valid;
  logic [Lanes-1:0][InputBits-1:0] distance, exp_x;
  logic [Lanes-1:0]                exp_keep;
  logic signed [InputBits:0]       zero_d, zero_q;
  logic [Lanes-1:0][30:0]          lane_exp, exp;
  logic [30:0]                     zero_exp;
  logic [Lanes-1:0][InputBits+7:0] result;
  logic                            unused_result_valid, result_last;
  logic [Lanes-1:0]                result_keep;

  row_distance #(
    .Lanes(Lanes),
    .Bits (InputBits)
  ) u_distance (
    .clk_i,
    .data_i    (row_x),
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

  shift_exp #(
    .Lanes       (Lanes),
    .DistanceBits(InputBits),
    .Octaves     (Octaves)
  ) u_exp (
    .clk_i,
    .rst_ni,
    .cfg_x0_i,
    .valid_i   (distance_valid),
    .distance_i(distance),
    .valid_o   (unused_lane_exp_valid),
    .exp_o     (lane_exp)
  );

  delay_line #(
    .Width (Lanes * 31),
    .Cycles(ExpLatency - LaneExpLatency)
  ) u_lane_exp (
    .clk_i,
    .data_i(lane_exp),
    .data_o(exp)
  );

  assign zero_d = -(InputBits + 1)'(row_maximum);

  always_ff @(posedge clk_i) zero_q <= zero_d;

  shift_exp_saturating #(
    .Bits   (InputBits + 1),
    .Octaves(Octaves)
  ) u_zero_exp (
    .clk_i,
    .cfg_x0_i,
    .value_i(zero_q),
    .exp_o  (zero_exp)
  );

  valid_line #(
    .Cycles(ExpLatency)
  ) u_exp_valid (
    .clk_i,
    .rst_ni,
    .valid_i(accept),
    .valid_o(exp_valid)
  );

  delay_line #(
    .Width (Lanes * InputBits + Lanes),
    .Cycles(ExpLatency)
  ) u_x (
    .clk_i,
    .data_i({row_keep, row_x}),
    .data_o({exp_keep, exp_x})
  );

  for (genvar lane = 0; lane < Lanes; lane++) begin : gen_lane
    shift_gelu_lane #(
      .InputBits(InputBits)
    ) u_lane (
      .clk_i,
      .rst_ni,
      .valid_i   (exp_valid),
      .x_i       (exp_keep[lane] ? signed'(exp_x[lane]) : '0),
      .exp_i     (exp[lane]),
      .zero_exp_i(zero_exp),
      .y_o       (result[lane])
    );
  end

  delay_line #(
    .Width (Lanes + 1),
    .Cycles(Latency)
  ) u_row_shape (
    .clk_i,
    .data_i({row_keep, row_last}),
    .data_o({result_keep, result_last})
  );

  pipeline_guard #(
    .Width  (Lanes * (InputBits + 8) + Lanes + 1),
    .Latency(Latency)
  ) u_guard (
    .clk_i,
    .rst_ni,
    .in_valid_i    (row_valid),
    .in_ready_o    (row_ready),
    .accept_o      (accept),
    .result_valid_o(unused_result_valid),
    .result_i      ({result, result_keep, result_last}),
    .out_valid_o   (y_valid_o),
    .out_ready_i   (y_ready_i),
    .out_data_o    ({y_data_o, y_keep_o, y_last_o})
  );

`ifndef SYNTHESIS
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
  `ASSERT_PARAMETER(InputBits, InputBits >= 2 && InputBits <= 16, "InputBits must be 2...16")
  `ASSERT_PARAMETER(MaxLength, MaxLength >= 1 && MaxLength <= 65536, "MaxLength must be 1...65536")
  `ASSERT_PARAMETER(Octaves, Octaves >= 1 && Octaves <= 29, "Octaves must be 1...29")
  `ASSERT_STREAM(x, x_valid_i, x_ready_o, {x_data_i, x_keep_i, x_last_i})
  `ASSERT_STREAM(y, y_valid_o, y_ready_i, {y_data_o, y_keep_o, y_last_o})

endmodule
