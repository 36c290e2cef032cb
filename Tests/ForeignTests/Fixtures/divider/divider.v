// Restoring divider, one bit a cycle: start, then done for one cycle.
module divider #(parameter WIDTH = 16) (clk, rst, start, dividend, divisor, quotient, remainder, busy, done, div_by_zero);
    input clk, rst, start;
    input [WIDTH-1:0] dividend, divisor;
    output reg [WIDTH-1:0] quotient;
    output [WIDTH-1:0] remainder;
    output busy;
    output reg done;
    output reg div_by_zero;

    reg [WIDTH:0] acc;
    reg [WIDTH-1:0] quo;
    integer count;
    reg running;

    assign busy = running;
    assign remainder = acc[WIDTH-1:0];

    // Blocking assignments in a clocked block, as older code has them.
    reg [WIDTH:0] shifted;
    always @(posedge clk) begin
        done <= 0;
        if (rst) begin
            running <= 0;
            count <= 0;
        end else if (start && !running) begin
            div_by_zero <= divisor == 0;
            acc <= 0;
            quo <= dividend;
            count <= WIDTH;
            running <= 1;
        end else if (running) begin
            if (count == 0) begin
                running <= 0;
                done <= 1;
                quotient <= quo;
            end else begin
                shifted = {acc[WIDTH-1:0], quo[WIDTH-1]};
                if (shifted `COMPARE divisor) begin
                    acc <= shifted - divisor;
                    quo <= {quo[WIDTH-2:0], 1'b1};
                end else begin
                    acc <= shifted;
                    quo <= {quo[WIDTH-2:0], 1'b0};
                end
                count <= count - 1;
            end
        end
    end
endmodule
