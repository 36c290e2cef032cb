// An asynchronous FIFO: Gray pointers through two registers each way.
module clock_bridge #(parameter W = 12, parameter A = 3) (
    input wclk, input wrst_n, input winc, input [W-1:0] wdata, output reg wfull,
    input rclk, input rrst_n, input rinc, output [W-1:0] rdata, output reg rempty);
    reg [W-1:0] mem [0:(1<<A)-1];
    reg [A:0] wbin, wptr, rbin, rptr;
    reg [A:0] wq1, wq2, rq1, rq2;

    wire [A:0] wbin_next = wbin + (winc & ~wfull);
    wire [A:0] wgray_next = (wbin_next >> 1) ^ wbin_next;
    wire [A:0] rbin_next = rbin + (rinc & ~rempty);
    wire [A:0] rgray_next = (rbin_next >> 1) ^ rbin_next;

    always @(posedge wclk or negedge wrst_n)
        if (!wrst_n) {wbin, wptr, wq1, wq2, wfull} <= 0;
        else begin
            {wbin, wptr} <= {wbin_next, wgray_next};
            {wq2, wq1} <= {wq1, rptr};
            wfull <= wgray_next == {~wq2[A:A-1], wq2[A-2:0]};
        end
    always @(posedge wclk) if (winc && !wfull) mem[wbin[A-1:0]] <= wdata;

    always @(posedge rclk or negedge rrst_n)
        if (!rrst_n) begin
            {rbin, rptr, rq1, rq2} <= 0;
            rempty <= 1;
        end else begin
            {rbin, rptr} <= {rbin_next, rgray_next};
            {rq2, rq1} <= {rq1, wptr};
            rempty <= rgray_next == rq2;
        end
    assign rdata = mem[rbin[A-1:0]];
endmodule
