`include "cosim_assert.svh"

/// root_o = `Steps` steps of Newton's iteration root <- floor((root + floor(radicand / root)) / 2)
/// for the square root of radicand_i, started from 2^StartBits, whether or not they converge.
/// Unsigned. The first division is a shift; the others are serial, BitsPerCycle quotient bits a
/// cycle. As no iterate after the first is below the radicand's root rounded by floor, a quotient
/// has half the radicand's bits and one more.
/// One at a time: `start_i` is legal only while `idle_o`; `done_o` is high for one cycle,
/// cosim_pkg::newton_square_root_latency(RadicandBits, Steps, BitsPerCycle) cycles later, and the
/// root stands until the next start, which may be in that very cycle.
module newton_square_root_unit #(
  /// Bits of the radicand, 1...63.
  parameter int unsigned RadicandBits = 41,
  /// The power of two that the iteration starts from, 1...31.
  parameter int unsigned StartBits = 16,
  /// Steps, 2...StartBits, so that no iterate is 0.
  parameter int unsigned Steps = 10,
  /// Quotient bits found in one cycle, 1 or more.
  parameter int unsigned BitsPerCycle = 2,
  /// Bits of the root. Derived, do not overwrite.
  localparam int unsigned RootBits = cosim_pkg::newton_root_bits(RadicandBits, StartBits)
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,

  input  logic                    start_i,
  input  logic [RadicandBits-1:0] radicand_i,

  output logic                    idle_o,
  output logic                    done_o,
  output logic [RootBits-1:0]     root_o
);

  localparam int unsigned DivideCycles =
      cosim_pkg::newton_divide_cycles(RadicandBits, BitsPerCycle);
  localparam int unsigned WorkBits = DivideCycles * BitsPerCycle;
  localparam int unsigned CycleBits = cosim_pkg::value_bits(64'(DivideCycles));
  localparam int unsigned StepBits = cosim_pkg::value_bits(64'(Steps));

  logic                    busy_d, busy_q, done_d, done_q;
  logic [StepBits-1:0]     steps_d, steps_q;
  logic [CycleBits-1:0]    cycles_d, cycles_q;
  logic [RadicandBits-1:0] radicand_d, radicand_q;
  logic [RootBits-1:0]     root_d, root_q, remainder_d, remainder_q, remainder_next;
  logic [WorkBits-1:0]     work_d, work_q, work_next;

  divider_step #(
    .WorkBits   (WorkBits),
    .DivisorBits(RootBits),
    .Steps      (BitsPerCycle)
  ) u_step (
    .work_i     (work_q),
    .remainder_i(remainder_q),
    .divisor_i  (root_q),
    .work_o     (work_next),
    .remainder_o(remainder_next)
  );

  assign radicand_d = start_i ? radicand_i : radicand_q;

  always_comb begin
    busy_d      = busy_q;
    done_d      = 1'b0;
    steps_d     = steps_q;
    cycles_d    = cycles_q - 1'b1;
    root_d      = root_q;
    work_d      = work_next;
    remainder_d = remainder_next;
    if (busy_q && cycles_q == '0) begin
      root_d  = RootBits'(((RootBits + 1)'(root_q) + (RootBits + 1)'(work_q)) >> 1);
      steps_d = steps_q - 1'b1;
      busy_d  = steps_q != StepBits'(1);
      done_d  = !busy_d;
    end
    if (start_i) begin
      root_d  = RootBits'(((64'd1 << StartBits) + (64'(radicand_i) >> StartBits)) >> 1);
      steps_d = StepBits'(Steps - 1);
      busy_d  = 1'b1;
    end
    // A division begins with what the quotient's bits leave of the radicand as remainder.
    if (start_i || cycles_q == '0) begin
      cycles_d    = CycleBits'(DivideCycles);
      work_d      = WorkBits'(radicand_d);
      remainder_d = RootBits'(64'(radicand_d) >> WorkBits);
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      busy_q <= 1'b0;
      done_q <= 1'b0;
    end else begin
      busy_q <= busy_d;
      done_q <= done_d;
    end
  end

  always_ff @(posedge clk_i) begin
    steps_q     <= steps_d;
    cycles_q    <= cycles_d;
    radicand_q  <= radicand_d;
    root_q      <= root_d;
    work_q      <= work_d;
    remainder_q <= remainder_d;
  end

  assign idle_o = !busy_q;
  assign done_o = done_q;
  assign root_o = root_q;

  `ASSERT_PARAMETER(RadicandBits, RadicandBits >= 1 && RadicandBits <= 63,
                    "RadicandBits must be 1...63")
  `ASSERT_PARAMETER(StartBits, StartBits >= 1 && StartBits <= 31, "StartBits must be 1...31")
  `ASSERT_PARAMETER(Steps, Steps >= 2 && Steps <= StartBits, "Steps must be 2...StartBits")
  `ASSERT_PARAMETER(BitsPerCycle, BitsPerCycle >= 1, "BitsPerCycle must be at least 1")
  `ASSERT(StartsWhenIdle, start_i |-> idle_o)
  `ASSERT(RootIsNotZero, busy_q |-> root_q != '0)

endmodule
