// Eight products and their sum, three stages; no handshake, an enable for all of it.
module mac_pipeline #(
  parameter int N = 8,
  parameter int W = 8,
  parameter bit signed [W-1:0] OFFSET = 0,
  localparam int SUM = 2 * W + $clog2(N)
) (
  input  logic                clk,
  input  logic                reset_n,
  input  logic                ce,
  input  logic signed [W-1:0] in_data [0:N-1],
  input  logic signed [W-1:0] weight  [N-1:0],
  output logic signed [SUM-1:0] out_sum,
  output logic                  out_sign
);
  logic signed [2*W-1:0] prod [N];
  logic signed [SUM-1:0] half [2];

  genvar g;
  generate
    for (g = 0; g < N; g = g + 1) begin : lanes
      always_ff @(posedge clk) if (ce) prod[g] <= (in_data[g] + OFFSET) * weight[g];
    end
  endgenerate

  always_ff @(posedge clk or negedge reset_n) begin
    automatic logic signed [SUM-1:0] s;
    if (!reset_n) begin
      half[0] <= 0; half[1] <= 0; out_sum <= 0;
    end else if (ce) begin
      for (int h = 0; h < 2; h++) begin
        s = 0;
        for (int i = 0; i < N / 2; i++) s += prod[h * N / 2 + i];
        half[h] <= s;
      end
      out_sum <= half[0] + half[1];
    end
  end
  assign out_sign = out_sum[SUM-1];
endmodule
