`include "cosim_assert.svh"

/// root_o = `Steps` steps of Newton's iteration for the square root of operand_radicand_i from
/// 2^StartBits, see `newton_square_root_unit`. Unsigned.
/// As many serial units as one radicand in every Interval cycles needs, taken in turn, so results
/// come in the order of the operands; `valid_o` is high for one cycle for each and has no ready.
/// Latency cosim_pkg::newton_square_root_latency(RadicandBits, Steps, 2) cycles.
/// `operand_ready_o` depends on registers only.
///
/// Ten steps on 41 bits are 109 cycles of a unit with two quotient bits a cycle: 28 units for an
/// interval of 4, which together have 56 subtractors and 3400 flip-flops. A pipeline of nine
/// dividers would take a radicand every cycle for 198 and 11000, three of them in a loop one every
/// third cycle for 66 and 4100.
module newton_square_root #(
  /// Bits of the radicand, 1...63.
  parameter int unsigned RadicandBits = 41,
  /// The power of two that the iteration starts from, 1...31.
  parameter int unsigned StartBits = 16,
  /// Steps, 2...StartBits.
  parameter int unsigned Steps = 10,
  /// Cycles from one radicand to the next that are sustained, 1 or more.
  parameter int unsigned Interval = 4,
  /// Bits of the root. Derived, do not overwrite.
  localparam int unsigned RootBits = cosim_pkg::newton_root_bits(RadicandBits, StartBits)
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,

  // Input stream.
  input  logic                    operand_valid_i,
  output logic                    operand_ready_o,
  input  logic [RadicandBits-1:0] operand_radicand_i,

  output logic                    valid_o,
  output logic [RootBits-1:0]     root_o
);

  localparam int unsigned BitsPerCycle = 2;
  localparam int unsigned Units = cosim_pkg::ceil_divide(
      cosim_pkg::newton_square_root_latency(RadicandBits, Steps, BitsPerCycle), Interval);

  // The unit whose turn it is to start, and the unit that is the next to be done; one bit each.
  logic [Units-1:0]               start_turn_d, start_turn_q, done_turn_d, done_turn_q;
  logic [Units-1:0]               idle, done;
  logic [Units-1:0][RootBits-1:0] root;
  logic                           start;

  assign operand_ready_o = (idle & start_turn_q) != '0;
  assign start           = operand_valid_i && operand_ready_o;

  for (genvar unit = 0; unit < Units; unit++) begin : gen_unit
    newton_square_root_unit #(
      .RadicandBits(RadicandBits),
      .StartBits   (StartBits),
      .Steps       (Steps),
      .BitsPerCycle(BitsPerCycle)
    ) u_unit (
      .clk_i,
      .rst_ni,
      .start_i   (start && start_turn_q[unit]),
      .radicand_i(operand_radicand_i),
      .idle_o    (idle[unit]),
      .done_o    (done[unit]),
      .root_o    (root[unit])
    );
  end

  always_comb begin
    start_turn_d = start_turn_q;
    done_turn_d  = done_turn_q;
    if (start) start_turn_d = (start_turn_q << 1) | (start_turn_q >> (Units - 1));
    if (valid_o) done_turn_d = (done_turn_q << 1) | (done_turn_q >> (Units - 1));
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      start_turn_q <= Units'(1);
      done_turn_q  <= Units'(1);
    end else begin
      start_turn_q <= start_turn_d;
      done_turn_q  <= done_turn_d;
    end
  end

  always_comb begin
    root_o = '0;
    for (int unsigned unit = 0; unit < Units; unit++) begin
      if (done_turn_q[unit]) root_o = root_o | root[unit];
    end
  end

  assign valid_o = done != '0;

  `ASSERT_PARAMETER(Interval, Interval >= 1, "Interval must be at least 1")
  `ASSERT(DoneInTurn, (done & ~done_turn_q) == '0)
  `ASSERT_STREAM(operand, operand_valid_i, operand_ready_o, operand_radicand_i)

endmodule
