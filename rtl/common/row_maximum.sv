`include "cosim_assert.svh"

/// maximum_o = the largest kept element of a row, valid for one cycle for each row.
/// Signed. Beats of a row arrive in any cycles; `last_i` ends the row and the next beat begins
/// another. Lane 0 in the low bits.
/// Free-running: one beat a cycle, latency $clog2(Lanes) + 1 cycles after the row's last beat.
module row_maximum #(
  /// Elements in a beat, 1 or more.
  parameter int unsigned Lanes = 16,
  /// Bits of an element, 2 or more.
  parameter int unsigned Bits = 8
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,

  input  logic                       valid_i,
  input  logic                       last_i,
  input  logic [Lanes-1:0]           keep_i,
  input  logic [Lanes-1:0][Bits-1:0] data_i,

  output logic                       valid_o,
  output logic signed [Bits-1:0]     maximum_o
);

  localparam int unsigned TreeLatency = $clog2(Lanes);

  logic                   beat_valid, beat_last;
  logic signed [Bits-1:0] beat_maximum;
  logic                   first_d, first_q, valid_d, valid_q;
  logic signed [Bits-1:0] maximum_d, maximum_q;

  maximum_tree #(
    .Lanes(Lanes),
    .Bits (Bits)
  ) u_tree (
    .clk_i,
    .keep_i,
    .data_i,
    .maximum_o(beat_maximum)
  );

  valid_line #(
    .Cycles(TreeLatency)
  ) u_valid (
    .clk_i,
    .rst_ni,
    .valid_i,
    .valid_o(beat_valid)
  );

  delay_line #(
    .Width (1),
    .Cycles(TreeLatency)
  ) u_last (
    .clk_i,
    .data_i(last_i),
    .data_o(beat_last)
  );

  always_comb begin
    first_d   = first_q;
    maximum_d = maximum_q;
    valid_d   = beat_valid && beat_last;
    if (beat_valid) begin
      first_d = beat_last;
      if (first_q || beat_maximum > maximum_q) maximum_d = beat_maximum;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      first_q <= 1'b1;
      valid_q <= 1'b0;
    end else begin
      first_q <= first_d;
      valid_q <= valid_d;
    end
  end

  always_ff @(posedge clk_i) maximum_q <= maximum_d;

  assign valid_o   = valid_q;
  assign maximum_o = maximum_q;

endmodule
