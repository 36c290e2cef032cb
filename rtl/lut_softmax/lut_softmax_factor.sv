`include "cosim_assert.svh"

/// For each row of exponentials, valid for one cycle: with s their sum and z the leading zeros of s
/// in 32 bits,
///   n            = s * 2^(z - 1) / 2^14 rounded halfUp, 65536...131072,
///   reciprocal_o = lookup(table, n - 98304 saturated to 16 bits), see `interpolated_table`,
///   shift_o      = 31 - z;
/// for s = 0 neither has a meaning. Table entries 0...32767, unit 2^-15. Exponentials unsigned, 0
/// in lanes that hold none; lane 0 in the low bits. Beats of a row arrive in any cycles; `last_i`
/// ends the row and the next beat begins another.
/// Free-running: one beat a cycle, a row may end in every cycle; latency
/// cosim_pkg::lut_softmax_factor_latency(Lanes) cycles after the row's last beat.
module lut_softmax_factor #(
  /// Elements in a beat, 1 or more.
  parameter int unsigned Lanes = 16
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // Table stream.
  input  logic                   hold_i,
  output logic                   complete_o,
  input  logic                   table_valid_i,
  output logic                   table_ready_o,
  input  logic [15:0]            table_data_i,

  input  logic                   valid_i,
  input  logic                   last_i,
  input  logic [Lanes-1:0][14:0] exp_i,

  output logic                   valid_o,
  output logic [14:0]            reciprocal_o,
  output logic [4:0]             shift_o
);

  // A sum of 65536 exponentials is below 2^31.
  localparam int unsigned SumBits = 31;

  logic               sum_valid;
  logic [SumBits-1:0] sum, normal;
  logic [4:0]         zeros;
  logic [16:0]        rounded_d, rounded_q;
  logic [15:0]        place_d, place_q;
  logic [15:0]        reciprocal;
  logic               unused_normal, unused_sign;

  row_sum #(
    .Lanes    (Lanes),
    .InputBits(15),
    .SumBits  (SumBits)
  ) u_sum (
    .clk_i,
    .rst_ni,
    .valid_i,
    .last_i,
    .data_i (exp_i),
    .valid_o(sum_valid),
    .sum_o  (sum)
  );

  // s * 2^(z - 1), and z - 1.
  normaliser #(
    .Width(SumBits)
  ) u_normalise (
    .clk_i,
    .value_i(sum),
    .value_o(normal),
    .zeros_o(zeros)
  );

  // n - 65536: the top bit of what is normalised goes.
  assign rounded_d     = 17'(normal[29:14]) + 17'(normal[13]);
  assign unused_normal = normal[30] ^ (^normal[12:0]);

  // To take another 32768 turns the next bit; only n = 131072 saturates.
  assign place_d = rounded_q[16] ? 16'h7fff : {!rounded_q[15], rounded_q[14:0]};

  always_ff @(posedge clk_i) begin
    rounded_q <= rounded_d;
    place_q   <= place_d;
  end

  interpolated_table #(
    .EntryBits   (16),
    .IndexBits   (9),
    .FractionBits(7),
    .Ports       (1)
  ) u_table (
    .clk_i,
    .rst_ni,
    .hold_i,
    .complete_o,
    .in_valid_i(table_valid_i),
    .in_ready_o(table_ready_o),
    .in_data_i (table_data_i),
    .value_i   (place_q),
    .value_o   (reciprocal)
  );

  delay_line #(
    .Width (5),
    .Cycles(2 + cosim_pkg::interpolated_table_latency())
  ) u_shift (
    .clk_i,
    .data_i(5'd30 - zeros),
    .data_o(shift_o)
  );

  valid_line #(
    .Cycles(cosim_pkg::normaliser_latency() + 2 + cosim_pkg::interpolated_table_latency())
  ) u_valid (
    .clk_i,
    .rst_ni,
    .valid_i(sum_valid),
    .valid_o
  );

  assign reciprocal_o = reciprocal[14:0];
  assign unused_sign  = reciprocal[15];

  `ASSERT(EntryIsNotNegative, table_valid_i |-> !table_data_i[15])

endmodule
