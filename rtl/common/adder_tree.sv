`include "cosim_assert.svh"

/// sum_o = sum of terms_i over the lanes, modulo 2^OutputBits. Terms are unsigned; signed ones are
/// extended to OutputBits by the caller, with InputBits = OutputBits. Lane 0 in the low bits.
/// Free-running: one sum a cycle, latency $clog2(Lanes) cycles, none for a single lane.
module adder_tree #(
  /// Terms, 1 or more.
  parameter int unsigned Lanes = 16,
  /// Bits of a term, 1 or more.
  parameter int unsigned InputBits = 15,
  /// Bits of the sum, InputBits or more.
  parameter int unsigned OutputBits = InputBits + $clog2(Lanes)
) (
  input  logic                            clk_i,

  input  logic [Lanes-1:0][InputBits-1:0] terms_i,
  output logic [OutputBits-1:0]           sum_o
);

  // Heap order: node i adds nodes 2i and 2i + 1, and the leaves follow the nodes.
  localparam int unsigned Leaves = 1 << $clog2(Lanes);

  logic [OutputBits-1:0] leaf [Leaves];

  for (genvar i = 0; i < Leaves; i++) begin : gen_leaf
    if (i < Lanes) begin : gen_term
      assign leaf[i] = OutputBits'(terms_i[i]);
    end else begin : gen_padding
      assign leaf[i] = '0;
    end
  end

  if (Leaves == 1) begin : gen_single
    logic unused_clk;
    assign unused_clk = clk_i;
    assign sum_o = leaf[0];
  end else begin : gen_tree
    logic [OutputBits-1:0] node_d [Leaves], node_q [Leaves];

    assign node_d[0] = '0;
    for (genvar i = 1; i < Leaves; i++) begin : gen_node
      if (2 * i < Leaves) begin : gen_inner
        assign node_d[i] = node_q[2*i] + node_q[2*i+1];
      end else begin : gen_outer
        assign node_d[i] = leaf[2*i-Leaves] + leaf[2*i+1-Leaves];
      end
    end

    always_ff @(posedge clk_i) begin
      for (int unsigned i = 0; i < Leaves; i++) node_q[i] <= node_d[i];
    end

    assign sum_o = node_q[1];
  end

  `ASSERT_PARAMETER(Lanes, Lanes >= 1, "Lanes must be at least 1")
  `ASSERT_PARAMETER(InputBits, InputBits >= 1, "InputBits must be at least 1")
  `ASSERT_PARAMETER(OutputBits, OutputBits >= InputBits, "OutputBits must be InputBits or more")

endmodule
