`include "cosim_assert.svh"

/// y = saturate(round(x * multiplier / 2^exponent)
///            + round(identity * identity_multiplier / 2^identity_exponent)), elementwise.
/// Two separate roundings, both halfToEven, an exact sum, then saturation to the two's complement
/// range of OutputBits. An exponent of 0 rounds nothing; without a residual, identity is 0.
/// Streams: lane 0 in the least significant bits, every lane of every beat an element. x, identity
/// and y signed integers; multipliers and exponents unsigned, one each a lane.
/// Latency 9 cycles, one beat a cycle. `x_ready_o` depends on registers only.
module dyadic_requantizer #(
  /// Bits of an element of y, 2...32.
  parameter int unsigned OutputBits = 8,
  /// Bits of an element of x and of identity, 2...64.
  parameter int unsigned InputBits = 32,
  /// Elements in a beat, 1...64.
  parameter int unsigned Lanes = 16
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,

  // Input stream.
  input  logic                             x_valid_i,
  output logic                             x_ready_o,
  input  logic [Lanes-1:0][InputBits-1:0]  x_data_i,
  input  logic [Lanes-1:0][31:0]           x_multiplier_i,
  input  logic [Lanes-1:0][6:0]            x_exponent_i,
  input  logic [Lanes-1:0][InputBits-1:0]  x_identity_i,
  input  logic [Lanes-1:0][31:0]           x_identity_multiplier_i,
  input  logic [Lanes-1:0][6:0]            x_identity_exponent_i,

  // Output stream.
  output logic                             y_valid_o,
  input  logic                             y_ready_i,
  output logic [Lanes-1:0][OutputBits-1:0] y_data_o
);

  localparam int unsigned Latency = cosim_pkg::dyadic_rescaler_latency() + 2;

  logic [Lanes-1:0][OutputBits-1:0] result;
  logic                             unused_accept, unused_result_valid;

  for (genvar lane = 0; lane < Lanes; lane++) begin : gen_lane
    logic signed [InputBits+31:0] scaled, scaled_identity;

    dyadic_rescaler #(
      .InputBits(InputBits)
    ) u_scale (
      .clk_i,
      .x_i         (signed'(x_data_i[lane])),
      .multiplier_i(x_multiplier_i[lane]),
      .exponent_i  (x_exponent_i[lane]),
      .value_o     (scaled)
    );

    dyadic_rescaler #(
      .InputBits(InputBits)
    ) u_scale_identity (
      .clk_i,
      .x_i         (signed'(x_identity_i[lane])),
      .multiplier_i(x_identity_multiplier_i[lane]),
      .exponent_i  (x_identity_exponent_i[lane]),
      .value_o     (scaled_identity)
    );

    saturating_adder #(
      .InputBits (InputBits + 32),
      .OutputBits(OutputBits)
    ) u_add (
      .clk_i,
      .a_i  (scaled),
      .b_i  (scaled_identity),
      .sum_o(result[lane])
    );
  end

  pipeline_guard #(
    .Width  (Lanes * OutputBits),
    .Latency(Latency)
  ) u_guard (
    .clk_i,
    .rst_ni,
    .in_valid_i    (x_valid_i),
    .in_ready_o    (x_ready_o),
    .accept_o      (unused_accept),
    .result_valid_o(unused_result_valid),
    .result_i      (result),
    .out_valid_o   (y_valid_o),
    .out_ready_i   (y_ready_i),
    .out_data_o    (y_data_o)
  );

  `ASSERT_PARAMETER(OutputBits, OutputBits >= 2 && OutputBits <= 32, "OutputBits must be 2...32")
  `ASSERT_PARAMETER(InputBits, InputBits >= 2 && InputBits <= 64, "InputBits must be 2...64")
  `ASSERT_PARAMETER(Lanes, Lanes >= 1 && Lanes <= 64, "Lanes must be 1...64")
  `ASSERT_STREAM(x, x_valid_i, x_ready_o,
                 {x_data_i, x_multiplier_i, x_exponent_i,
                  x_identity_i, x_identity_multiplier_i, x_identity_exponent_i})
  `ASSERT_STREAM(y, y_valid_o, y_ready_i, y_data_o)

endmodule
