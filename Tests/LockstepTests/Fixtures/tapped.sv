/// y = 3 * x + 1 elementwise by way of twice = 2 * x; beside it, sum = the sum of a row's twice.
/// Rows of x; everything signed but keep and last. `cfg_fault_i` selects a fault; 0 is none.
/// Latency 1 cycle, one beat a cycle.
module tapped #(
  parameter int unsigned Lanes = 4
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic [3:0]             cfg_fault_i,

  input  logic                   x_valid_i,
  output logic                   x_ready_o,
  input  logic [Lanes-1:0][7:0]  x_data_i,
  input  logic [Lanes-1:0]       x_keep_i,
  input  logic                   x_last_i,

  output logic                   y_valid_o,
  input  logic                   y_ready_i,
  output logic [Lanes-1:0][11:0] y_data_o,
  output logic [Lanes-1:0]       y_keep_o,
  output logic                   y_last_o
);

  typedef enum logic [3:0] {
    None, WrongTwice, WrongSum, WrongOutput, SumNever, SumTwice, LastSumMissing, WrongKeep,
    WrongSumAndEnd
  } fault_e;

  fault_e fault;
  assign fault = fault_e'(cfg_fault_i);

  logic        fire, busy;
  logic [15:0] row_q;

  assign x_ready_o = !y_valid_o || y_ready_i;
  assign fire      = x_valid_i && x_ready_o;
  assign busy      = !fire;

  always_ff @(posedge clk_i) begin
    if (rst_ni && fault == WrongSumAndEnd && sum_valid_q && row_q == 5) $fatal(1, "it ends");
  end

  logic [Lanes-1:0][9:0] twice;
  logic [Lanes-1:0]      keep;

  assign keep = fault == WrongKeep && row_q == 2 ? '1 : x_keep_i;

  for (genvar lane = 0; lane < Lanes; lane++) begin : gen_lane
    // More bits than anything is compared on.
    logic [79:0] wide;
    assign wide = {16'h5a5a, 64'(signed'(twice[lane]))};

    tapped_twice u_twice (
      .x_i    (x_data_i[lane]),
      .wrong_i(fault == WrongTwice && lane == 2 && row_q == 3),
      .twice_o(twice[lane])
    );
  end

  logic signed [15:0] total, sum_d, sum_q, result_q;
  logic               sum_valid_q;
  logic [7:0]         result_low;

  always_comb begin
    total = sum_q;
    for (int unsigned lane = 0; lane < Lanes; lane++) begin
      if (x_keep_i[lane]) total += 16'(signed'(twice[lane]));
    end
    if ((fault == WrongSum || fault == WrongSumAndEnd) && x_last_i && row_q == 4) total += 16'd1;
    sum_d = x_last_i ? '0 : total;
  end

  assign result_low = result_q[7:0];

  always_ff @(posedge clk_i) begin
    sum_valid_q <= rst_ni && fault != SumNever
        && ((fire && x_last_i && !(fault == LastSumMissing && row_q == 9))
        || (fault == SumTwice && sum_valid_q && row_q == 10));
    if (fire && x_last_i) result_q <= total;
    if (fire) sum_q <= sum_d;
    if (fire && x_last_i) row_q <= row_q + 16'd1;
    if (fire) begin
      for (int unsigned lane = 0; lane < Lanes; lane++) begin
        y_data_o[lane] <= x_keep_i[lane]
            ? 12'(signed'(twice[lane])) + 12'(signed'(x_data_i[lane])) + 12'd1 : '0;
      end
      if (fault == WrongOutput && row_q == 5) y_data_o[0] <= 12'd7;
      y_keep_o <= x_keep_i;
      y_last_o <= x_last_i;
    end
    y_valid_o <= rst_ni && (fire || (y_valid_o && !y_ready_i));
    if (!rst_ni) begin
      sum_q <= '0;
      row_q <= '0;
    end
  end

endmodule

/// twice_o = 2 * x_i, signed.
module tapped_twice (
  input  logic signed [7:0] x_i,
  input  logic              wrong_i,
  output logic signed [9:0] twice_o
);

  assign twice_o = 10'(x_i) + 10'(x_i) + 10'(wrong_i);

endmodule
