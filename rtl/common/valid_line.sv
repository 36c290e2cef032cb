/// valid_o = valid_i of Cycles cycles ago, and low after reset: says which stages of a free-running
/// pipeline hold something.
module valid_line #(
  /// Latency in cycles, 0 or more.
  parameter int unsigned Cycles = 1
) (
  input  logic clk_i,
  input  logic rst_ni,

  input  logic valid_i,
  output logic valid_o
);

  if (Cycles == 0) begin : gen_wire
    logic unused_clock;
    assign unused_clock = clk_i ^ rst_ni;
    assign valid_o = valid_i;
  end else begin : gen_registers
    logic [Cycles-1:0] valid_d, valid_q;

    assign valid_d = Cycles'({valid_q, valid_i});

    always_ff @(posedge clk_i) begin
      if (!rst_ni) valid_q <= '0;
      else valid_q <= valid_d;
    end

    assign valid_o = valid_q[Cycles-1];
  end

endmodule
