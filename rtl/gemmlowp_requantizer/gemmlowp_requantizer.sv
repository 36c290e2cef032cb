`include "cosim_assert.svh"

/// y = saturate(v + zero_point), elementwise, where v is x * multiplier / 2^(31 - shift), rounded
///   twice (Rounding 0): v = round2(round1(x * 2^max(shift, 0) * multiplier / 2^31)
///                                  / 2^max(-shift, 0)), round1 halfUp, round2 halfAwayFromZero
///   once  (Rounding 1): v = round(x * multiplier / 2^(31 - shift)), round halfUp
/// The sum is exact and saturates to the two's complement range of OutputBits. Defined while
/// x * 2^max(shift, 0) (Rounding 0) and v (Rounding 1) fit 32 bits.
/// Streams: lane 0 in the least significant bits, every lane of every beat an element. All fields
/// signed integers; multiplier 0...2^31-1 and shift -31...30, one each a lane.
/// Latency 11 cycles, with Rounding 1 9 cycles; one beat a cycle. `x_ready_o` depends on registers
/// only.
module gemmlowp_requantizer #(
  /// Bits of an element of y, 2...32.
  parameter int unsigned OutputBits = 8,
  /// 0 rounds twice (double), 1 once (single).
  parameter int unsigned Rounding = 0,
  /// Elements in a beat, 1...64.
  parameter int unsigned Lanes = 16
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,

  // Setting; it changes only while no beat is in flight.
  input  logic signed [OutputBits-1:0]     cfg_zero_point_i,

  // Input stream.
  input  logic                             x_valid_i,
  output logic                             x_ready_o,
  input  logic [Lanes-1:0][31:0]           x_data_i,
  input  logic [Lanes-1:0][31:0]           x_multiplier_i,
  input  logic [Lanes-1:0][5:0]            x_shift_i,

  // Output stream.
  output logic                             y_valid_o,
  input  logic                             y_ready_i,
  output logic [Lanes-1:0][OutputBits-1:0] y_data_o
);

  localparam int unsigned ScaleLatency = Rounding == 0 ? cosim_pkg::gemmlowp_rescaler_latency()
                                                       : cosim_pkg::half_up_rescaler_latency();
  localparam int unsigned SumLatency = cosim_pkg::saturating_adder_latency();

  logic [Lanes-1:0][OutputBits-1:0] result;
  logic                             accept, result_valid;

  for (genvar lane = 0; lane < Lanes; lane++) begin : gen_lane
    logic signed [31:0] x, multiplier, value;
    logic signed [5:0]  shift;

    assign x          = signed'(x_data_i[lane]);
    assign multiplier = signed'(x_multiplier_i[lane]);
    assign shift      = signed'(x_shift_i[lane]);

    `ASSERT(MultiplierInRange, accept |-> multiplier >= 0)
    `ASSERT(ShiftInRange, accept |-> shift >= -6'sd31 && shift <= 6'sd30)

    if (Rounding == 0) begin : gen_double
      gemmlowp_rescaler u_scale (
        .clk_i,
        .x_i         (x),
        .multiplier_i(multiplier[30:0]),
        .shift_i     (shift),
        .value_o     (value)
      );

`ifndef SYNTHESIS
      logic signed [63:0] shifted;
      assign shifted = shift < 0 ? 64'(x) : 64'(x) <<< shift[4:0];
`endif
      `ASSERT(ShiftedXFits, accept |-> shifted == 64'(signed'(shifted[31:0])))
    end else begin : gen_single
      logic signed [62:0] wide_value;

      half_up_rescaler #(
        .InputBits     (32),
        .MultiplierBits(31),
        .ExponentBits  (6)
      ) u_scale (
        .clk_i,
        .x_i         (x),
        .multiplier_i(multiplier[30:0]),
        .exponent_i  (unsigned'(6'sd31 - shift)),
        .value_o     (wide_value)
      );

      assign value = wide_value[31:0];

`ifndef SYNTHESIS
      logic value_fits;
      delay_line #(
        .Width (1),
        .Cycles(SumLatency)
      ) u_value_fits (
        .clk_i,
        .data_i(wide_value == 63'(value)),
        .data_o(value_fits)
      );
`endif
      `ASSERT(ValueFits, result_valid |-> value_fits)
    end

    saturating_adder #(
      .InputBits (32),
      .OutputBits(OutputBits)
    ) u_sum (
      .clk_i,
      .a_i  (value),
      .b_i  (32'(cfg_zero_point_i)),
      .sum_o(result[lane])
    );
  end

  pipeline_guard #(
    .Width  (Lanes * OutputBits),
    .Latency(ScaleLatency + SumLatency)
  ) u_guard (
    .clk_i,
    .rst_ni,
    .in_valid_i    (x_valid_i),
    .in_ready_o    (x_ready_o),
    .accept_o      (accept),
    .result_valid_o(result_valid),
    .result_i      (result),
    .out_valid_o   (y_valid_o),
    .out_ready_i   (y_ready_i),
    .out_data_o    (y_data_o)
  );

  // Only assertions look at these, and not under every parameter.
  logic unused_progress;
  assign unused_progress = accept ^ result_valid;

  `ASSERT_PARAMETER(OutputBits, OutputBits >= 2 && OutputBits <= 32, "OutputBits must be 2...32")
  `ASSERT_PARAMETER(Rounding, Rounding <= 1, "Rounding must be 0 or 1")
  `ASSERT_PARAMETER(Lanes, Lanes >= 1 && Lanes <= 64, "Lanes must be 1...64")
  `ASSERT_STREAM(x, x_valid_i, x_ready_o, {x_data_i, x_multiplier_i, x_shift_i})
  `ASSERT_STREAM(y, y_valid_o, y_ready_i, y_data_o)

endmodule
