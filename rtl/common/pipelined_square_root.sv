`include "cosim_assert.svh"

/// root_o = the square root of radicand_i rounded by floor. Unsigned.
/// Free-running restoring root, most significant bit first: one result a cycle, latency
/// cosim_pkg::pipelined_square_root_latency(RadicandBits, BitsPerStage) cycles.
module pipelined_square_root #(
  /// Bits of the radicand, 1 or more.
  parameter int unsigned RadicandBits = 32,
  /// Root bits found in one stage, 1 or more.
  parameter int unsigned BitsPerStage = 1,
  /// Bits of the root. Derived, do not overwrite.
  localparam int unsigned RootBits = cosim_pkg::ceil_divide(RadicandBits, 2)
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,

  input  logic                    valid_i,
  input  logic [RadicandBits-1:0] radicand_i,

  output logic                    valid_o,
  output logic [RootBits-1:0]     root_o
);

  localparam int unsigned Stages = cosim_pkg::ceil_divide(RootBits, BitsPerStage);
  localparam int unsigned AllRootBits = Stages * BitsPerStage;
  localparam int unsigned WorkBits = 2 * AllRootBits;
  // radicand - root^2, for the bits seen so far, is at most 2 * root.
  localparam int unsigned RestBits = AllRootBits + 1;

  // The radicand leaves `work` at the top, two bits for one of the root.
  logic [WorkBits-1:0]    work_d [Stages], work_q [Stages];
  logic [RestBits-1:0]    rest_d [Stages], rest_q [Stages];
  logic [AllRootBits-1:0] root_d [Stages], root_q [Stages];

  for (genvar stage = 0; stage < Stages; stage++) begin : gen_stage
    logic [WorkBits-1:0]    work;
    logic [RestBits-1:0]    rest;
    logic [AllRootBits-1:0] root;
    logic [RestBits+1:0]    next, trial;

    if (stage == 0) begin : gen_first
      assign work = WorkBits'(radicand_i);
      assign rest = '0;
      assign root = '0;
    end else begin : gen_next
      assign work = work_q[stage-1];
      assign rest = rest_q[stage-1];
      assign root = root_q[stage-1];
    end

    always_comb begin
      work_d[stage] = work;
      rest_d[stage] = rest;
      root_d[stage] = root;
      next          = '0;
      trial         = '0;
      for (int unsigned i = 0; i < BitsPerStage; i++) begin
        next          = {rest_d[stage], work_d[stage][WorkBits-1:WorkBits-2]};
        trial         = (RestBits + 2)'({root_d[stage], 2'b01});
        work_d[stage] = work_d[stage] << 2;
        root_d[stage] = AllRootBits'({root_d[stage], next >= trial});
        rest_d[stage] = next >= trial ? RestBits'(next - trial) : RestBits'(next);
      end
    end
  end

  always_ff @(posedge clk_i) begin
    for (int unsigned i = 0; i < Stages; i++) begin
      work_q[i] <= work_d[i];
      rest_q[i] <= rest_d[i];
      root_q[i] <= root_d[i];
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

  assign root_o = root_q[Stages-1][RootBits-1:0];

  `ASSERT_PARAMETER(RadicandBits, RadicandBits >= 1, "RadicandBits must be at least 1")
  `ASSERT_PARAMETER(BitsPerStage, BitsPerStage >= 1, "BitsPerStage must be at least 1")

endmodule
