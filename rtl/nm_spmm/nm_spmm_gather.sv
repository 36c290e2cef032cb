/// Takes the activations that a column's weights are multiplied with, one a weight:
///   gathered[r][d] = a[r][d / GroupKept * GroupSize + index[d]]
/// and 0 for an index of GroupSize or more. Combinational: a GroupSize to 1 multiplexer for each.
module nm_spmm_gather #(
  /// Weights kept of a group.
  parameter int unsigned GroupKept = 2,
  /// Activations of a group.
  parameter int unsigned GroupSize = 4,
  /// Groups.
  parameter int unsigned Groups = 2,
  /// Rows of activations.
  parameter int unsigned Rows = 4,
  localparam int unsigned Depth = Groups * GroupKept,
  localparam int unsigned Places = Groups * GroupSize,
  localparam int unsigned IndexBits = cosim_pkg::index_bits(GroupSize)
) (
  input  logic [Rows-1:0][Places-1:0][7:0] a_i,
  input  logic [Depth-1:0][IndexBits-1:0]  index_i,
  output logic [Rows-1:0][Depth-1:0][7:0]  gathered_o
);

  for (genvar r = 0; r < Rows; r++) begin : gen_row
    for (genvar d = 0; d < Depth; d++) begin : gen_product
      logic [(1<<IndexBits)-1:0][7:0] group;

      for (genvar i = 0; i < 1 << IndexBits; i++) begin : gen_place
        if (i < GroupSize) begin : gen_activation
          assign group[i] = a_i[r][d/GroupKept*GroupSize+i];
        end else begin : gen_none
          assign group[i] = '0;
        end
      end

      assign gathered_o[r][d] = group[index_i[d]];
    end
  end

endmodule
