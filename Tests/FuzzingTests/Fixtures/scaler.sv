/// y = saturate(x + k) to 8 bits signed, in one register.
module scaler #(
  /// Not to be touched: constants.
  parameter int unsigned Extra = 1 + 1
) (
  input  logic       clk_i,
  input  logic       rst_ni,
  input  logic [7:0] cfg_k_i,
  input  logic       x_valid_i,
  output logic       x_ready_o,
  input  logic [7:0] x_data_i,
  output logic       y_valid_o,
  input  logic       y_ready_i,
  output logic [7:0] y_data_o
);

  localparam int unsigned Bits = 8 + Extra - 1;

  logic signed [Bits-1:0] sum, limited;
  logic                   valid_d, valid_q;
  logic [7:0]             data_q;

  // Not hardware that is there.
  function automatic int unsigned twice(int unsigned a);
    return a + a;
  endfunction

  // As wide as the target, and signed as long as every operand is.
  assign sum = signed'(x_data_i) + signed'(cfg_k_i);

  always_comb begin
    limited = sum;
    if (sum > 127) limited = 9'sd127;  // A comment in between.
    if (sum < -128) begin
      limited = -9'sd128;
    end
  end

  assign x_ready_o = !valid_q ||
      y_ready_i;
  assign valid_d = (x_valid_i && x_ready_o) || (valid_q && !y_ready_i);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      valid_q <= 1'b0;
    end else begin
      valid_q <= valid_d;
    end
  end

  always_ff @(posedge clk_i) begin
    if (x_valid_i && x_ready_o) data_q <= limited[7:0];
  end

  if (Extra == 3) begin : gen_never
    logic unused;
    assign unused = x_valid_i & y_ready_i;
  end

  assign y_valid_o = valid_q;
  assign y_data_o  = data_q;

`ifndef SYNTHESIS
  logic seen;
  assign seen = y_valid_o && y_ready_i;
`endif

  assert property (@(posedge clk_i) disable iff (!rst_ni) 1 + 1 == 2);

  initial begin
    if (Extra > 3 + 1) $fatal(1, "Extra");
  end

endmodule

/// Nobody uses it.
module bystander (
  input  logic a_i,
  output logic b_o
);
  assign b_o = !a_i;
endmodule
