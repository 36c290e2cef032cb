`include "cosim_assert.svh"

/// quotient = floor(numerator / divisor), remainder = numerator - quotient * divisor.
/// Unsigned. Divisor 0 gives a quotient of all ones and the numerator's low bits as remainder.
/// One division at a time, BitsPerCycle quotient bits a cycle: the result is valid
/// ceil(NumeratorBits / BitsPerCycle) + 1 cycles after the operands were taken, and the next
/// operands are taken once it has been.
module serial_divider #(
  /// Bits of numerator and quotient, 1 or more.
  parameter int unsigned NumeratorBits = 32,
  /// Bits of divisor and remainder, 1 or more.
  parameter int unsigned DivisorBits = 32,
  /// Quotient bits found in one cycle, 1 or more.
  parameter int unsigned BitsPerCycle = 1
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,

  input  logic                     operands_valid_i,
  output logic                     operands_ready_o,
  input  logic [NumeratorBits-1:0] operands_numerator_i,
  input  logic [DivisorBits-1:0]   operands_divisor_i,

  output logic                     result_valid_o,
  input  logic                     result_ready_i,
  output logic [NumeratorBits-1:0] result_quotient_o,
  output logic [DivisorBits-1:0]   result_remainder_o
);

  localparam int unsigned Steps = cosim_pkg::ceil_divide(NumeratorBits, BitsPerCycle);
  localparam int unsigned WorkBits = Steps * BitsPerCycle;
  localparam int unsigned CountBits = cosim_pkg::value_bits(64'(Steps));

  typedef enum logic [1:0] {Idle, Divide, Done} state_e;

  state_e                 state_d, state_q;
  logic [CountBits-1:0]   count_d, count_q;
  logic [WorkBits-1:0]    work_d, work_q, work_next;
  logic [DivisorBits-1:0] remainder_d, remainder_q, remainder_next;
  logic [DivisorBits-1:0] divisor_d, divisor_q;

  divider_step #(
    .WorkBits   (WorkBits),
    .DivisorBits(DivisorBits),
    .Steps      (BitsPerCycle)
  ) u_step (
    .work_i     (work_q),
    .remainder_i(remainder_q),
    .divisor_i  (divisor_q),
    .work_o     (work_next),
    .remainder_o(remainder_next)
  );

  always_comb begin
    state_d     = state_q;
    count_d     = count_q;
    work_d      = work_q;
    remainder_d = remainder_q;
    divisor_d   = divisor_q;
    unique case (state_q)
      Idle: begin
        if (operands_valid_i) begin
          state_d     = Divide;
          count_d     = CountBits'(Steps);
          work_d      = WorkBits'(operands_numerator_i);
          remainder_d = '0;
          divisor_d   = operands_divisor_i;
        end
      end
      Divide: begin
        count_d     = count_q - 1'b1;
        work_d      = work_next;
        remainder_d = remainder_next;
        if (count_q == CountBits'(1)) state_d = Done;
      end
      Done: begin
        if (result_ready_i) state_d = Idle;
      end
      default: state_d = Idle;
    endcase
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= Idle;
      count_q <= '0;
    end else begin
      state_q <= state_d;
      count_q <= count_d;
    end
  end

  always_ff @(posedge clk_i) begin
    work_q      <= work_d;
    remainder_q <= remainder_d;
    divisor_q   <= divisor_d;
  end

  assign operands_ready_o   = state_q == Idle;
  assign result_valid_o     = state_q == Done;
  assign result_quotient_o  = work_q[NumeratorBits-1:0];
  assign result_remainder_o = remainder_q;

  `ASSERT_PARAMETER(NumeratorBits, NumeratorBits >= 1, "NumeratorBits must be at least 1")
  `ASSERT_PARAMETER(DivisorBits, DivisorBits >= 1, "DivisorBits must be at least 1")
  `ASSERT_PARAMETER(BitsPerCycle, BitsPerCycle >= 1, "BitsPerCycle must be at least 1")
  `ASSERT_STREAM(operands, operands_valid_i, operands_ready_o,
                 {operands_numerator_i, operands_divisor_i})
  `ASSERT_STREAM(result, result_valid_o, result_ready_i,
                 {result_quotient_o, result_remainder_o})

endmodule
