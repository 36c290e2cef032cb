/// sum = the sum of a * b over the elements of a row, modulo 2^32: a trivial block, in which the time of
/// a simulation is that of the bench around it.
/// Streams: a row is ceil(length / Lanes) beats of signed 8-bit a and b, lane 0 in the least significant
/// bits; keep marks the lanes that hold an element, last the row's last beat. One beat of `sums` a row.
/// One beat a cycle; three registers, which move together unless the sum waits to be taken.
module row_dot_product #(
  /// Elements in a beat, 1 or more.
  parameter int unsigned Lanes = 16
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  input  logic                  operands_valid_i,
  output logic                  operands_ready_o,
  input  logic [Lanes-1:0][7:0] operands_a_i,
  input  logic [Lanes-1:0][7:0] operands_b_i,
  input  logic [Lanes-1:0]      operands_keep_i,
  input  logic                  operands_last_i,

  output logic                  sums_valid_o,
  input  logic                  sums_ready_i,
  output logic signed [31:0]    sums_data_o
);

  logic                   move;
  logic [Lanes-1:0][15:0] product_d, product_q;
  logic                   product_valid_q, product_last_q;
  logic signed [31:0]     beat_d, beat_q;
  logic                   beat_valid_q, beat_last_q;
  logic signed [31:0]     sum_d, sum_q;
  logic                   sum_valid_q, is_first_q;

  assign move = !sum_valid_q || sums_ready_i;

  always_comb begin
    beat_d = '0;
    for (int unsigned lane = 0; lane < Lanes; lane++) begin
      product_d[lane] = operands_keep_i[lane]
          ? 16'(signed'(operands_a_i[lane])) * 16'(signed'(operands_b_i[lane])) : '0;
      beat_d += 32'(signed'(product_q[lane]));
    end
  end

  assign sum_d = is_first_q ? beat_q : sum_q + beat_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      product_valid_q <= 1'b0;
      beat_valid_q    <= 1'b0;
      sum_valid_q     <= 1'b0;
      is_first_q      <= 1'b1;
    end else if (move) begin
      product_valid_q <= operands_valid_i;
      beat_valid_q    <= product_valid_q;
      sum_valid_q     <= beat_valid_q && beat_last_q;
      if (beat_valid_q) is_first_q <= beat_last_q;
    end
  end

  always_ff @(posedge clk_i) begin
    if (move) begin
      product_q      <= product_d;
      product_last_q <= operands_last_i;
      beat_q         <= beat_d;
      beat_last_q    <= product_last_q;
      if (beat_valid_q) sum_q <= sum_d;
    end
  end

  assign operands_ready_o = move;
  assign sums_valid_o     = sum_valid_q;
  assign sums_data_o      = sum_q;

endmodule
