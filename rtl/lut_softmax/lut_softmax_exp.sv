`include "cosim_assert.svh"

/// exp_o = lookup(table, v) with v = -distance_i scaled by multiplier and shift, see
/// `gemmlowp_rescaler`, plus 32767, saturated to 16 bits; `interpolated_table` says how a table is
/// looked up and filled. distance unsigned, table entries 0...32767, unit 2^-15. Lane 0 in the low
/// bits. Each lane has its own copy of the table.
/// Free-running: one beat a cycle, latency cosim_pkg::lut_softmax_exp_latency() cycles.
module lut_softmax_exp #(
  /// Elements in a beat, 1 or more.
  parameter int unsigned Lanes = 16
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // Settings.
  input  logic [30:0]            cfg_multiplier_i,
  input  logic signed [5:0]      cfg_shift_i,

  // Table stream.
  input  logic                   hold_i,
  output logic                   complete_o,
  input  logic                   table_valid_i,
  output logic                   table_ready_o,
  input  logic [15:0]            table_data_i,

  input  logic [Lanes-1:0][15:0] distance_i,
  output logic [Lanes-1:0][14:0] exp_o
);

  logic [Lanes-1:0][15:0] value, exp;
  logic [Lanes-1:0]       unused_sign;

  for (genvar lane = 0; lane < Lanes; lane++) begin : gen_lane
    logic signed [31:0] scaled;

    gemmlowp_rescaler u_scale (
      .clk_i,
      .x_i         (-32'(distance_i[lane])),
      .multiplier_i(cfg_multiplier_i),
      .shift_i     (cfg_shift_i),
      .value_o     (scaled)
    );

    saturating_adder #(
      .InputBits (32),
      .OutputBits(16)
    ) u_value (
      .clk_i,
      .a_i  (scaled),
      .b_i  (32'sd32767),
      .sum_o(value[lane])
    );

    assign exp_o[lane]       = exp[lane][14:0];
    assign unused_sign[lane] = exp[lane][15];
  end

  interpolated_table #(
    .EntryBits   (16),
    .IndexBits   (9),
    .FractionBits(7),
    .Ports       (Lanes)
  ) u_table (
    .clk_i,
    .rst_ni,
    .hold_i,
    .complete_o,
    .in_valid_i(table_valid_i),
    .in_ready_o(table_ready_o),
    .in_data_i (table_data_i),
    .value_i   (value),
    .value_o   (exp)
  );

  `ASSERT(EntryIsNotNegative, table_valid_i |-> !table_data_i[15])

endmodule
