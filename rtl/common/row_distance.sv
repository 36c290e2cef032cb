/// distance_o = maximum_i - data_i, and 0 in lanes that are not kept, whatever lies there: how far
/// each element of a row lies below the row's maximum. Elements and maximum signed, distances
/// unsigned; none overflows, since the maximum is the row's. Lane 0 in the low bits.
/// Free-running: one beat a cycle, latency 1 cycle.
module row_distance #(
  /// Elements in a beat, 1 or more.
  parameter int unsigned Lanes = 16,
  /// Bits of an element, 2 or more.
  parameter int unsigned Bits = 8
) (
  input  logic                       clk_i,

  input  logic [Lanes-1:0][Bits-1:0] data_i,
  input  logic [Lanes-1:0]           keep_i,
  input  logic signed [Bits-1:0]     maximum_i,

  output logic [Lanes-1:0][Bits-1:0] distance_o
);

  logic [Lanes-1:0][Bits-1:0] distance_d, distance_q;

  always_comb begin
    for (int unsigned lane = 0; lane < Lanes; lane++) begin
      distance_d[lane] = keep_i[lane] ? unsigned'(maximum_i) - data_i[lane] : '0;
    end
  end

  always_ff @(posedge clk_i) distance_q <= distance_d;

  assign distance_o = distance_q;

endmodule
