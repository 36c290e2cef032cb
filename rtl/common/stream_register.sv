`include "cosim_assert.svh"

/// Elastic register: cuts every combinational path of a stream, valid, payload and ready alike.
/// One beat in `in` is one beat in `out`, Width bits, unchanged and in order.
/// Two entries; latency 1 cycle; one beat a cycle; `in_ready_o` does not depend on `out_ready_i`.
module stream_register #(
  /// Bits of payload, 1 or more.
  parameter int unsigned Width = 8
) (
  input  logic             clk_i,
  input  logic             rst_ni,

  input  logic             in_valid_i,
  output logic             in_ready_o,
  input  logic [Width-1:0] in_data_i,

  output logic             out_valid_o,
  input  logic             out_ready_i,
  output logic [Width-1:0] out_data_o
);

  logic             head_valid_d, head_valid_q;
  logic             tail_valid_d, tail_valid_q;
  logic [Width-1:0] head_q, tail_q;
  logic             push, head_free;

  assign push      = in_valid_i && in_ready_o;
  assign head_free = !head_valid_q || out_ready_i;

  // The tail takes what arrives while the head is stuck, and is handed on first.
  assign head_valid_d = head_free ? (tail_valid_q || push) : 1'b1;
  assign tail_valid_d = head_free ? 1'b0 : (tail_valid_q || push);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      head_valid_q <= 1'b0;
      tail_valid_q <= 1'b0;
    end else begin
      head_valid_q <= head_valid_d;
      tail_valid_q <= tail_valid_d;
    end
  end

  always_ff @(posedge clk_i) begin
    if (head_free) head_q <= tail_valid_q ? tail_q : in_data_i;
    if (push) tail_q <= in_data_i;
  end

  assign in_ready_o  = !tail_valid_q;
  assign out_valid_o = head_valid_q;
  assign out_data_o  = head_q;

  `ASSERT_PARAMETER(Width, Width >= 1, "Width must be at least 1")
  `ASSERT_STREAM(in, in_valid_i, in_ready_o, in_data_i)
  `ASSERT_STREAM(out, out_valid_o, out_ready_i, out_data_o)

endmodule
