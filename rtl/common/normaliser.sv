`include "cosim_assert.svh"

/// value_o = value_i * 2^zeros_o with the most significant bit set: zeros_o counts the leading
/// zeros of value_i. Unsigned. A value of 0 stays 0, and its zeros_o has no meaning.
/// Free-running: one value a cycle, latency cosim_pkg::normaliser_latency() cycles.
module normaliser #(
  /// Bits of the value, 2 or more.
  parameter int unsigned Width = 32,
  /// Do not overwrite: bits of `zeros_o`.
  localparam int unsigned CountBits = $clog2(Width)
) (
  input  logic                 clk_i,

  input  logic [Width-1:0]     value_i,
  output logic [Width-1:0]     value_o,
  output logic [CountBits-1:0] zeros_o
);

  // The larger steps come before the first register, the smaller ones before the second.
  localparam int unsigned FirstSteps = CountBits / 2;

  logic [Width-1:0]     value_d, value_q, value_d2, value_q2;
  logic [CountBits-1:0] zeros_d, zeros_q, zeros_d2, zeros_q2;

  always_comb begin
    value_d = value_i;
    zeros_d = '0;
    for (int unsigned i = CountBits; i > CountBits - FirstSteps; i--) begin
      if ((value_d >> (Width - (1 << (i - 1)))) == '0) begin
        value_d      = value_d << (1 << (i - 1));
        zeros_d[i-1] = 1'b1;
      end
    end
  end

  always_comb begin
    value_d2 = value_q;
    zeros_d2 = zeros_q;
    for (int unsigned i = CountBits - FirstSteps; i > 0; i--) begin
      if ((value_d2 >> (Width - (1 << (i - 1)))) == '0) begin
        value_d2      = value_d2 << (1 << (i - 1));
        zeros_d2[i-1] = 1'b1;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    value_q  <= value_d;
    zeros_q  <= zeros_d;
    value_q2 <= value_d2;
    zeros_q2 <= zeros_d2;
  end

  assign value_o = value_q2;
  assign zeros_o = zeros_q2;

  `ASSERT_PARAMETER(Width, Width >= 2, "Width must be at least 2")

endmodule
