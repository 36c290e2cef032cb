`include "cosim_assert.svh"

/// maximum_o = the largest of the kept lanes, or the least value of all when none is kept.
/// Signed. Lane 0 in the low bits. Lanes that are not kept do not matter.
/// Free-running: one maximum a cycle, latency $clog2(Lanes) cycles, none for a single lane.
module maximum_tree #(
  /// Elements, 1 or more.
  parameter int unsigned Lanes = 16,
  /// Bits of an element, 2 or more.
  parameter int unsigned Bits = 8
) (
  input  logic                       clk_i,

  input  logic [Lanes-1:0]           keep_i,
  input  logic [Lanes-1:0][Bits-1:0] data_i,
  output logic signed [Bits-1:0]     maximum_o
);

  // Heap order: node i compares nodes 2i and 2i + 1 from the root, node 1, and the leaves follow the
  // nodes.
  localparam int unsigned Leaves = 1 << $clog2(Lanes);
  localparam logic signed [Bits-1:0] Least = {1'b1, {(Bits - 1){1'b0}}};

  logic signed [Bits-1:0] leaf [Leaves];

  for (genvar i = 0; i < Leaves; i++) begin : gen_leaf
    if (i < Lanes) begin : gen_element
      assign leaf[i] = keep_i[i] ? signed'(data_i[i]) : Least;
    end else begin : gen_padding
      assign leaf[i] = Least;
    end
  end

  if (Leaves == 1) begin : gen_single
    logic unused_clk;
    assign unused_clk = clk_i;
    assign maximum_o = leaf[0];
  end else begin : gen_tree
    logic signed [Bits-1:0] node_d [1:Leaves-1], node_q [1:Leaves-1];

    for (genvar i = 1; i < Leaves; i++) begin : gen_node
      if (2 * i < Leaves) begin : gen_inner
        assign node_d[i] = node_q[2*i] > node_q[2*i+1] ? node_q[2*i] : node_q[2*i+1];
      end else begin : gen_outer
        assign node_d[i] = leaf[2*i-Leaves] > leaf[2*i+1-Leaves] ? leaf[2*i-Leaves]
                                                                 : leaf[2*i+1-Leaves];
      end
    end

    always_ff @(posedge clk_i) begin
      for (int unsigned i = 1; i < Leaves; i++) node_q[i] <= node_d[i];
    end

    assign maximum_o = node_q[1];
  end

  `ASSERT_PARAMETER(Lanes, Lanes >= 1, "Lanes must be at least 1")
  `ASSERT_PARAMETER(Bits, Bits >= 2, "Bits must be at least 2")

endmodule
