/// out = in + 1, by way of one register. `cfg_fault_i` selects a fault; 0 is none.
/// One beat a cycle, latency 1 cycle.
module relay (
  input  logic       clk_i,
  input  logic       rst_ni,

  input  logic [3:0] cfg_fault_i,

  input  logic       in_valid_i,
  output logic       in_ready_o,
  input  logic [7:0] in_data_i,

  output logic       out_valid_o,
  input  logic       out_ready_i,
  output logic [7:0] out_data_o
);

  typedef enum logic [3:0] {
    None, WrongValue, DroppedBeat, DuplicatedBeat, ValidWithdrawn, PayloadChanges, Hang,
    LooksWithoutValid, SlowAfterWaiting
  } fault_e;

  fault_e     fault;
  logic       take, give, full_q, waits_q;
  logic [7:0] data_q, behind_q;
  logic [5:0] count_q;
  logic [4:0] waited_q;
  logic       slow_q, odd_q;

  assign fault       = fault_e'(cfg_fault_i);
  assign out_valid_o = full_q && !(fault == ValidWithdrawn && waits_q);
  assign out_data_o  = data_q ^ 8'(fault == PayloadChanges && waits_q);
  assign give        = out_valid_o && out_ready_i;
  assign in_ready_o  = (!full_q || give) && !(fault == Hang && count_q == 6'd20)
      && !(fault == SlowAfterWaiting && slow_q && odd_q);
  assign take        = in_valid_i && in_ready_o;

  always_ff @(posedge clk_i) begin
    waits_q  <= out_valid_o && !out_ready_i;
    behind_q <= in_data_i;
    if (!rst_ni) begin
      full_q  <= 1'b0;
      count_q <= '0;
      waits_q <= 1'b0;
      slow_q  <= 1'b0;
      odd_q   <= 1'b0;
      waited_q <= '0;
    end else begin
      odd_q    <= !odd_q;
      waited_q <= out_valid_o && !out_ready_i ? waited_q + 5'd1 : '0;
      if (waited_q == '1) slow_q <= 1'b1;
      if (take) begin
        count_q <= count_q + 6'd1;
        full_q  <= !(fault == DroppedBeat && count_q == 6'd30);
        data_q  <= (fault == LooksWithoutValid ? behind_q : in_data_i)
            + (fault == WrongValue && count_q == 6'd40 ? 8'd3 : 8'd1);
      end else if (give) begin
        full_q <= fault == DuplicatedBeat && count_q == 6'd50;
      end
    end
  end

endmodule
