/// out = head + more where the beat of head asks for one of more, otherwise out = head; in the same cycle.
module choice (
  input  logic       clk_i,
  input  logic       rst_ni,

  input  logic       head_valid_i,
  output logic       head_ready_o,
  input  logic [7:0] head_data_i,
  input  logic       head_asks_i,

  input  logic       more_valid_i,
  output logic       more_ready_o,
  input  logic [7:0] more_data_i,

  output logic       out_valid_o,
  input  logic       out_ready_i,
  output logic [7:0] out_data_o
);

  logic unused;

  assign unused       = ^{clk_i, rst_ni};
  assign out_valid_o  = head_valid_i && (!head_asks_i || more_valid_i);
  assign head_ready_o = out_ready_i && (!head_asks_i || more_valid_i);
  assign more_ready_o = out_ready_i && head_valid_i && head_asks_i;
  assign out_data_o   = head_data_i + (head_asks_i ? more_data_i : 8'd0);

endmodule
