// sum over i of table[index + i * stride] * weights[i], table in a memory outside, results written to
// another one: `count` of them.
`default_nettype none
module gather_dot #(
  parameter AW = 8,
  parameter TAPS = 4,
  parameter WEIGHT_FILE = "weights.hex"
) (
  input  wire           clk,
  input  wire           resetn,
  input  wire           start,
  input  wire [3:0]     count,
  input  wire [1:0]     stride,
  output reg            done,
  output reg            mem_en,
  output reg  [AW-1:0]  mem_addr,
  input  wire [15:0]    mem_rdata,
  input  wire           mem_rvalid,
  output reg            out_we,
  output reg  [15:0]    out_addr,
  output reg  [31:0]    out_data
);
  reg [7:0] weights [0:TAPS-1];
  initial $readmemh(WEIGHT_FILE, weights);

  reg [3:0] item;
  reg [2:0] tap;
  reg [31:0] acc;
  reg [2:0] state;
  localparam IDLE = 0, ASK = 1, WAIT = 2, STORE = 3;

  always @(posedge clk) begin
    done <= 0; mem_en <= 0; out_we <= 0;
    if (!resetn) state <= IDLE;
    else case (state)
      IDLE: if (start) begin
        item <= 0; tap <= 0; acc <= 0; state <= ASK;
      end
      ASK: begin
        mem_en <= 1;
        mem_addr <= item + tap * stride;
        state <= WAIT;
      end
      WAIT: if (mem_rvalid) begin
        acc <= acc + mem_rdata * weights[tap];
        tap <= tap + 1;
        state <= tap == TAPS - 1 ? STORE : ASK;
      end
      STORE: begin
        out_we <= 1;
        out_addr <= 16'h100 + item * 4;
        out_data <= acc;
        acc <= 0; tap <= 0;
        item <= item + 1;
        if (item == count - 1) begin
          state <= IDLE;
          done <= 1;
        end else state <= ASK;
      end
    endcase
  end
endmodule
`default_nettype wire
