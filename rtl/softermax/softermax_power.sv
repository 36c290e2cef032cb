/// p_o = chord(score mod 4) * 2^(floor(score / 4) - maximum) rounded by floor, UQ(1,15), and 0 in
/// lanes that are not kept: 2^x by a chord on each quarter of an octave, under an integer maximum.
/// Scores Q(6,2), signed; the maximum signed and at least floor(score / 4) of every kept lane. Lane
/// 0 in the low bits.
/// Free-running: one beat a cycle, latency 2 cycles.
module softermax_power #(
  /// Elements in a beat, 1 or more.
  parameter int unsigned Lanes = 16
) (
  input  logic                   clk_i,

  input  logic [Lanes-1:0][7:0]  scores_i,
  input  logic [Lanes-1:0]       keep_i,
  input  logic signed [6:0]      maximum_i,

  output logic [Lanes-1:0][15:0] p_o
);

  // The chords' values at the quarters, (slope[f] * f + intercept[f]) / 2 in UQ(1,15).
  localparam logic [3:0][15:0] Chord = {16'd55109, 16'd46341, 16'd38968, 16'd32768};

  logic [Lanes-1:0][6:0]  shift_d, shift_q;
  logic [Lanes-1:0][1:0]  quarter_d, quarter_q;
  logic [Lanes-1:0]       keep_q;
  logic [Lanes-1:0][15:0] p_d, p_q;

  always_comb begin
    for (int unsigned lane = 0; lane < Lanes; lane++) begin
      // floor(score / 4), extended by its sign.
      shift_d[lane]   = unsigned'(maximum_i) - {scores_i[lane][7], scores_i[lane][7:2]};
      quarter_d[lane] = scores_i[lane][1:0];
      p_d[lane]       = keep_q[lane] ? Chord[quarter_q[lane]] >> shift_q[lane] : '0;
    end
  end

  always_ff @(posedge clk_i) begin
    shift_q   <= shift_d;
    quarter_q <= quarter_d;
    keep_q    <= keep_i;
    p_q       <= p_d;
  end

  assign p_o = p_q;

endmodule
