// Adds a bias to the lanes that are valid; each lane says for itself whether it is.
module lane_gate #(parameter N = 4) (
  input                clk,
  input                rst,
  input  [N-1:0]       in_vld,
  input  [N*8-1:0]     in_data,
  output reg [N-1:0]   out_vld,
  output reg [N*8-1:0] out_data,
  input                wb_cyc,
  input                wb_stb,
  input                wb_we,
  input  [3:0]         wb_adr,
  input  [3:0]         wb_sel,
  input  [31:0]        wb_dat_i,
  output reg           wb_ack
);
  reg [7:0] bias;
  integer i;

  always @(posedge clk) begin
    wb_ack <= wb_cyc & wb_stb & ~wb_ack & ~rst;
    if (wb_cyc & wb_stb & wb_we & wb_ack & wb_sel[0] & wb_adr == 4) bias <= wb_dat_i[7:0];
    out_vld <= rst ? 0 : in_vld;
    for (i = 0; i < N; i = i + 1)
      out_data[8*i +: 8] <= in_vld[i] ? in_data[8*i +: 8] + bias : 0;
  end
endmodule
