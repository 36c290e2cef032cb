`include "cosim_assert.svh"

/// data_o = data_i of Cycles cycles ago: carries what a free-running pipeline does not change past
/// its stages. Not reset, so it must not carry valid bits; `valid_line` does.
module delay_line #(
  /// Bits of data, 1 or more.
  parameter int unsigned Width = 8,
  /// Latency in cycles, 0 or more.
  parameter int unsigned Cycles = 1
) (
  input  logic             clk_i,

  input  logic [Width-1:0] data_i,
  output logic [Width-1:0] data_o
);

  if (Cycles == 0) begin : gen_wire
    logic unused_clk;
    assign unused_clk = clk_i;
    assign data_o = data_i;
  end else begin : gen_registers
    logic [Width-1:0] data_q [Cycles];

    always_ff @(posedge clk_i) begin
      data_q[0] <= data_i;
      for (int unsigned i = 1; i < Cycles; i++) data_q[i] <= data_q[i-1];
    end

    assign data_o = data_q[Cycles-1];
  end

  `ASSERT_PARAMETER(Width, Width >= 1, "Width must be at least 1")

endmodule
