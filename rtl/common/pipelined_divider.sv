`include "cosim_assert.svh"

/// quotient_o = floor(numerator_i / divisor_i), remainder_o = numerator_i - quotient_o * divisor_i.
/// Unsigned. Divisor 0 gives a quotient of all ones, and with QuotientBits = NumeratorBits the
/// numerator's low bits as remainder. A caller who knows that the quotient is shorter than the
/// numerator says so, and no stage is spent on bits that are 0.
/// Free-running restoring division: one result a cycle, latency
/// ceil(QuotientBits / BitsPerStage) cycles.
module pipelined_divider #(
  /// Bits of the numerator, 1 or more.
  parameter int unsigned NumeratorBits = 33,
  /// Bits of divisor and remainder, 1 or more.
  parameter int unsigned DivisorBits = 25,
  /// Quotient bits found in one stage, 1 or more.
  parameter int unsigned BitsPerStage = 1,
  /// Bits of the quotient, 1...NumeratorBits.
  parameter int unsigned QuotientBits = NumeratorBits
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,

  input  logic                     valid_i,
  input  logic [NumeratorBits-1:0] numerator_i,
  input  logic [DivisorBits-1:0]   divisor_i,

  output logic                     valid_o,
  output logic [QuotientBits-1:0]  quotient_o,
  output logic [DivisorBits-1:0]   remainder_o
);

  localparam int unsigned Stages = cosim_pkg::ceil_divide(QuotientBits, BitsPerStage);
  localparam int unsigned WorkBits = Stages * BitsPerStage;
  localparam int unsigned WideBits = NumeratorBits + DivisorBits;

  // What lies above the quotient's bits is less than the divisor, and the first remainder.
  logic [DivisorBits-1:0] start;

  assign start = DivisorBits'(WideBits'(numerator_i) >> WorkBits);

  // The numerator leaves `work` at the top while the quotient enters at the bottom.
  logic [WorkBits-1:0]    work_d [Stages], work_q [Stages];
  logic [DivisorBits-1:0] remainder_d [Stages], remainder_q [Stages];
  logic [DivisorBits-1:0] divisor_d [Stages], divisor_q [Stages];
  logic                   unused_divisor;

  for (genvar stage = 0; stage < Stages; stage++) begin : gen_stage
    logic [WorkBits-1:0]    work;
    logic [DivisorBits-1:0] remainder, divisor;

    if (stage == 0) begin : gen_first
      assign work      = WorkBits'(numerator_i);
      assign remainder = start;
      assign divisor   = divisor_i;
    end else begin : gen_next
      assign work      = work_q[stage-1];
      assign remainder = remainder_q[stage-1];
      assign divisor   = divisor_q[stage-1];
    end

    divider_step #(
      .WorkBits   (WorkBits),
      .DivisorBits(DivisorBits),
      .Steps      (BitsPerStage)
    ) u_step (
      .work_i     (work),
      .remainder_i(remainder),
      .divisor_i  (divisor),
      .work_o     (work_d[stage]),
      .remainder_o(remainder_d[stage])
    );
    assign divisor_d[stage] = divisor;
  end

  always_ff @(posedge clk_i) begin
    for (int unsigned i = 0; i < Stages; i++) begin
      work_q[i]      <= work_d[i];
      remainder_q[i] <= remainder_d[i];
      divisor_q[i]   <= divisor_d[i];
    end
  end

  valid_line #(
    .Cycles(Stages)
  ) u_valid (
    .clk_i,
    .rst_ni,
    .valid_i,
    .valid_o
  );

  assign quotient_o  = work_q[Stages-1][QuotientBits-1:0];
  assign remainder_o = remainder_q[Stages-1];
  // Nothing is divided behind the last stage.
  assign unused_divisor = ^divisor_q[Stages-1];

  `ASSERT_PARAMETER(NumeratorBits, NumeratorBits >= 1, "NumeratorBits must be at least 1")
  `ASSERT_PARAMETER(DivisorBits, DivisorBits >= 1, "DivisorBits must be at least 1")
  `ASSERT_PARAMETER(BitsPerStage, BitsPerStage >= 1, "BitsPerStage must be at least 1")
  `ASSERT_PARAMETER(QuotientBits, QuotientBits >= 1 && QuotientBits <= NumeratorBits,
                    "QuotientBits must be 1...NumeratorBits")
  `ASSERT(QuotientFits, (valid_i && divisor_i != '0)
          |-> WideBits'(numerator_i) >> QuotientBits < WideBits'(divisor_i))

endmodule
