`include "cosim_assert.svh"

/// The largest kept element of a row so far, for each of its beats: maximum_o with the beat,
/// previous_o before it (on a row's first beat, when nothing came before, maximum_o again).
/// Signed. Beats of a row arrive in any cycles; `last_i` ends the row and the next beat begins
/// another. Lane 0 in the low bits; every beat keeps at least one lane.
/// Free-running: one beat a cycle, latency cosim_pkg::running_maximum_latency(Lanes) cycles.
module running_maximum #(
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
  output logic                       first_o,
  output logic                       last_o,
  output logic signed [Bits-1:0]     maximum_o,
  output logic signed [Bits-1:0]     previous_o
);

  localparam int unsigned TreeLatency = cosim_pkg::running_maximum_latency(Lanes) - 1;

  logic                   beat_valid, beat_last;
  logic signed [Bits-1:0] beat_maximum;
  logic                   first_d, first_q, valid_q;
  logic                   out_first_q, out_last_q;
  logic signed [Bits-1:0] maximum_d, maximum_q, previous_d, previous_q;

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
    first_d    = first_q;
    maximum_d  = maximum_q;
    previous_d = previous_q;
    if (beat_valid) begin
      first_d    = beat_last;
      maximum_d  = first_q || beat_maximum > maximum_q ? beat_maximum : maximum_q;
      previous_d = first_q ? beat_maximum : maximum_q;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      first_q <= 1'b1;
      valid_q <= 1'b0;
    end else begin
      first_q <= first_d;
      valid_q <= beat_valid;
    end
  end

  always_ff @(posedge clk_i) begin
    maximum_q   <= maximum_d;
    previous_q  <= previous_d;
    out_first_q <= first_q;
    out_last_q  <= beat_last;
  end

  assign valid_o    = valid_q;
  assign first_o    = out_first_q;
  assign last_o     = out_last_q;
  assign maximum_o  = maximum_q;
  assign previous_o = previous_q;

  `ASSERT(MaximumDoesNotFall, valid_o |-> maximum_o >= previous_o)

endmodule
