/// out = in + k, in the same cycle; with `cfg_late_i`, k is that of the cycle before.
module wire_block #(
  /// An `initial` block that gives up.
  parameter int unsigned Grumpy = 0
) (
  input  logic       clk_i,
  input  logic       rst_ni,

  input  logic [7:0] cfg_k_i,
  input  logic       cfg_late_i,

  input  logic       in_valid_i,
  output logic       in_ready_o,
  input  logic [7:0] in_data_i,

  output logic       out_valid_o,
  input  logic       out_ready_i,
  output logic [7:0] out_data_o
);

  logic       unused;
  logic [7:0] late_k_q;

  assign unused = rst_ni;
  always_ff @(posedge clk_i) late_k_q <= cfg_k_i;

  assign out_valid_o = in_valid_i;
  assign in_ready_o  = out_ready_i;
  assign out_data_o  = in_data_i + (cfg_late_i ? late_k_q : cfg_k_i);

  initial begin
    if (Grumpy != 0) $fatal(1, "no configuration suits me");
  end

endmodule
