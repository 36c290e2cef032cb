// y = clamp(x * scale >>> shift), four-phase request and acknowledge, constants in registers.
module scale_unit (
    input             clock,
    input             nreset,
    input             reg_we,
    input      [7:0]  reg_addr,
    input      [31:0] reg_wdata,
    output reg        reg_ack,
    input             req_in,
    output reg        ack_in,
    input      [15:0] x,
    output reg        req_out,
    input             ack_out,
    output reg [23:0] result // {saturated, y, x}
);
    reg signed [15:0] scale;
    reg [4:0] shift;
    reg [1:0] state;
    reg signed [15:0] held;
    wire signed [31:0] product = held * scale;
    wire signed [31:0] shifted = product >>> shift;
    wire high = shifted > 127;
    wire low = shifted < -128;

    always @(negedge clock)
        if (!nreset) begin
            reg_ack <= 0; scale <= 0; shift <= 0;
        end else begin
            reg_ack <= reg_we & ~reg_ack;
            if (reg_we)
                case (reg_addr)
                    8'h10: scale <= reg_wdata[15:0];
                    8'h14: shift <= reg_wdata[4:0];
                endcase
        end

    always @(negedge clock)
        if (!nreset) begin
            state <= 0; ack_in <= 0; req_out <= 0;
        end else case (state)
            0: if (req_in) begin
                held <= x; ack_in <= 1; state <= 1;
            end
            1: if (!req_in) begin
                ack_in <= 0; state <= 2;
            end
            2: begin
                result <= {7'd0, high | low, high ? 8'd127 : low ? 8'h80 : shifted[7:0], held[7:0]};
                req_out <= 1;
                if (req_out && ack_out) begin
                    req_out <= 0; state <= 3;
                end
            end
            3: if (!ack_out) state <= 0;
        endcase
endmodule
