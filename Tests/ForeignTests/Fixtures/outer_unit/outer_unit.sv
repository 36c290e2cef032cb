// Sums of outer products. `go` begins one, beats follow without any ready, and the sums wait in a
// buffer that shows them a cycle after it is read. A sum that begins too early is lost.
module outer_unit #(
  parameter int W = 8,
  parameter int R = 2,
  parameter int C = 3
) (
  input  logic              clk,
  input  logic              reset,  // low resets, whatever its name says
  input  logic              go,
  input  logic              step,
  input  logic              step_last,
  input  logic [R-1:0][W-1:0] a,
  input  logic [C-1:0][W-1:0] b,
  input  logic              pop,
  output logic              empty,
  output logic [R*C*24-1:0] sums,
  input  logic              cfg_psel,
  input  logic              cfg_penable,
  input  logic              cfg_pwrite,
  input  logic [7:0]        cfg_paddr,
  input  logic [31:0]       cfg_pwdata,
  output logic              cfg_pready
);
  logic active, full, waited;
  logic [3:0] shift;
  logic signed [23:0] sum [R*C], next [R*C], held [R*C];

  always_comb
    for (int r = 0; r < R; r++)
      for (int c = 0; c < C; c++)
        next[r*C+c] = sum[r*C+c] + 24'($signed(a[r]) * $signed(b[c]));

  assign empty = ~full;
  assign cfg_pready = waited;

  always_ff @(posedge clk or negedge reset)
    if (!reset) begin
      active <= 0;
      full <= 0;
      waited <= 0;
      shift <= 0;
    end else begin
      waited <= cfg_psel & cfg_penable & ~waited;
      if (cfg_psel & cfg_penable & cfg_pwrite & waited & cfg_paddr == 8'h10)
        shift <= cfg_pwdata[3:0];
      if (go & ~active & ~full) begin
        active <= 1;
        for (int i = 0; i < R*C; i++) sum[i] <= 0;
      end
      if (step & active) begin
        sum <= next;
        if (step_last) begin
          active <= 0;
          full <= 1;
          for (int i = 0; i < R*C; i++) held[i] <= next[i] >>> shift;
        end
      end
      if (pop & full) begin
        full <= 0;
        for (int i = 0; i < R*C; i++) sums[24*i +: 24] <= held[i];
      end
    end
endmodule
