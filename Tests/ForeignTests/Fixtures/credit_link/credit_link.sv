// Receives with credits, adds one to each of the lanes, sends with credits.
package link_pkg;
  localparam int Lanes = 3;
  typedef struct packed {
    logic [3:0] tag;
    logic [Lanes-1:0][15:0] lane;
  } flit_t;
endpackage

module credit_link import link_pkg::*; #(
  parameter int unsigned Depth = 4,
  parameter int unsigned Credits = 3
) (
  input  logic  clk, rst,
  input  logic  in_valid,
  input  flit_t in_flit,
  output logic  in_credit,
  output logic  out_valid,
  output flit_t out_flit,
  input  logic  out_credit
);
  flit_t queue [Depth];
  logic [$clog2(Depth)-1:0] head, tail;
  logic [$clog2(Depth+1)-1:0] fill;
  logic [$clog2(Credits+1)-1:0] credits;

  wire send = fill != 0 && credits != 0;
  flit_t next;
  always_comb begin
    next = queue[head];
    for (int i = 0; i < Lanes; i++) next.lane[i] = next.lane[i] + 16'd1;
  end
  always_ff @(posedge clk) begin
    if (rst) begin
      head <= '0; tail <= '0; fill <= '0; credits <= Credits;
      out_valid <= 1'b0; in_credit <= 1'b0;
    end else begin
      if (in_valid) begin
        queue[tail] <= in_flit;
        tail <= tail + 1'b1;
      end
      if (send) head <= head + 1'b1;
      fill <= fill + in_valid - send;
      credits <= credits + out_credit - send;
      out_valid <= send;
      out_flit <= next;
      in_credit <= send;
    end
  end
endmodule
