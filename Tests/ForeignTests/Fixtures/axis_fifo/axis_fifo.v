`timescale 1ns / 1ps
`include "fifo_defs.vh"
// A FIFO between two AXI streams, as many projects have one.
module axis_fifo
#(
    parameter DATA_WIDTH = 32,
    parameter ADDR_WIDTH = 4,
    parameter KEEP_WIDTH = (DATA_WIDTH / 8)
)
(
    input                    aclk,
    input                    areset,
    input  [DATA_WIDTH-1:0]  s_axis_tdata,
    input  [KEEP_WIDTH-1:0]  s_axis_tkeep,
    input                    s_axis_tvalid,
    output                   s_axis_tready,
    input                    s_axis_tlast,
    input  [3:0]             s_axis_tid,
    output [DATA_WIDTH-1:0]  m_axis_tdata,
    output [KEEP_WIDTH-1:0]  m_axis_tkeep,
    output                   m_axis_tvalid,
    input                    m_axis_tready,
    output                   m_axis_tlast,
    output [3:0]             m_axis_tid
);
    reg [DATA_WIDTH+KEEP_WIDTH+4:0] mem [0:(1<<ADDR_WIDTH)-1];
    reg [ADDR_WIDTH:0] wr_ptr;
    reg [ADDR_WIDTH:0] rd_ptr;
    reg [DATA_WIDTH+KEEP_WIDTH+4:0] out_reg;
    reg out_valid = 0;

    wire full = wr_ptr[ADDR_WIDTH] != rd_ptr[ADDR_WIDTH] && wr_ptr[ADDR_WIDTH-1:0] == rd_ptr[ADDR_WIDTH-1:0];
    wire empty = wr_ptr == rd_ptr;
    assign s_axis_tready = ~full `FIFO_READY_GATE;
    wire push = s_axis_tvalid & s_axis_tready;
    wire pop = ~empty & (~out_valid | m_axis_tready);

    always @(posedge aclk or posedge areset)
        if (areset) begin
            wr_ptr <= 0;
            rd_ptr <= 0;
            out_valid <= 0;
        end else begin
            if (push) begin
                mem[wr_ptr[ADDR_WIDTH-1:0]] <= {s_axis_tid, s_axis_tlast, s_axis_tkeep, s_axis_tdata};
                wr_ptr <= wr_ptr + 1;
            end
            if (pop) begin
                out_reg <= mem[rd_ptr[ADDR_WIDTH-1:0]];
                rd_ptr <= rd_ptr + 1;
            end
            out_valid <= pop | (out_valid & `KEEP_VALID);
        end

    assign m_axis_tvalid = out_valid;
    assign {m_axis_tid, m_axis_tlast, m_axis_tkeep, m_axis_tdata} = out_reg;
endmodule
