`include "cosim_assert.svh"

/// The steps in which an array of Rows x Columns dot products of Depth multiplies matrices, one
/// transaction (an [m, k] matrix by the transpose of an [n, k] matrix) after another:
///   for each tile of Columns of the n columns, for each tile of Rows of the m rows, for each Depth
///   of the k products: one step.
/// `first_o` and `last_o` mark a tile's first and last step, `last_rows_o` is high for the tiles of
/// the last rows, and rows_o, columns_o, depth_o are how many there are in the step, 1 or more.
/// One step a cycle, also from one transaction to the next while shapes are there.
module matrix_steps #(
  /// Rows of the array, 1 or more.
  parameter int unsigned Rows = 8,
  /// Columns of the array, 1 or more.
  parameter int unsigned Columns = 8,
  /// Products of a dot product, 1 or more.
  parameter int unsigned Depth = 4,
  /// Bits of an extent, 1...32.
  parameter int unsigned ExtentBits = 16,
  localparam int unsigned RowBits = cosim_pkg::value_bits(64'(Rows)),
  localparam int unsigned ColumnBits = cosim_pkg::value_bits(64'(Columns)),
  localparam int unsigned DepthBits = cosim_pkg::value_bits(64'(Depth))
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  // Input stream: extents, 1 or more each.
  input  logic                  shape_valid_i,
  output logic                  shape_ready_o,
  input  logic [ExtentBits-1:0] shape_m_i,
  input  logic [ExtentBits-1:0] shape_n_i,
  input  logic [ExtentBits-1:0] shape_k_i,

  // Output stream.
  output logic                  step_valid_o,
  input  logic                  step_ready_i,
  output logic                  first_o,
  output logic                  last_o,
  output logic                  last_rows_o,
  output logic [RowBits-1:0]    rows_o,
  output logic [ColumnBits-1:0] columns_o,
  output logic [DepthBits-1:0]  depth_o
);

  // A count may need more bits than an extent.
  localparam int unsigned Bits = cosim_pkg::maximum(
      ExtentBits, cosim_pkg::maximum(RowBits, cosim_pkg::maximum(ColumnBits, DepthBits)));

  logic [Bits-1:0] m_d, m_q, k_d, k_q;
  logic [Bits-1:0] m_left_d, m_left_q, n_left_d, n_left_q, k_left_d, k_left_q;
  logic            busy_d, busy_q, first_d, first_q;
  logic            step, last_m, last_n, last_k, load;

  assign step   = busy_q && step_ready_i;
  assign last_m = m_left_q <= Bits'(Rows);
  assign last_n = n_left_q <= Bits'(Columns);
  assign last_k = k_left_q <= Bits'(Depth);

  assign shape_ready_o = !busy_q || (step && last_k && last_m && last_n);
  assign load          = shape_valid_i && shape_ready_o;

  always_comb begin
    busy_d   = busy_q;
    first_d  = first_q;
    m_d      = m_q;
    k_d      = k_q;
    m_left_d = m_left_q;
    n_left_d = n_left_q;
    k_left_d = k_left_q;
    if (step) begin
      first_d  = last_k;
      k_left_d = last_k ? k_q : k_left_q - Bits'(Depth);
      if (last_k) m_left_d = last_m ? m_q : m_left_q - Bits'(Rows);
      if (last_k && last_m) n_left_d = n_left_q - Bits'(Columns);
    end
    if (shape_ready_o) busy_d = shape_valid_i;
    if (load) begin
      first_d  = 1'b1;
      m_d      = Bits'(shape_m_i);
      k_d      = Bits'(shape_k_i);
      m_left_d = Bits'(shape_m_i);
      n_left_d = Bits'(shape_n_i);
      k_left_d = Bits'(shape_k_i);
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) busy_q <= 1'b0;
    else busy_q <= busy_d;
  end

  always_ff @(posedge clk_i) begin
    first_q  <= first_d;
    m_q      <= m_d;
    k_q      <= k_d;
    m_left_q <= m_left_d;
    n_left_q <= n_left_d;
    k_left_q <= k_left_d;
  end

  assign step_valid_o = busy_q;
  assign first_o      = first_q;
  assign last_o       = last_k;
  assign last_rows_o   = last_m;
  assign rows_o       = last_m ? m_left_q[RowBits-1:0] : RowBits'(Rows);
  assign columns_o    = last_n ? n_left_q[ColumnBits-1:0] : ColumnBits'(Columns);
  assign depth_o      = last_k ? k_left_q[DepthBits-1:0] : DepthBits'(Depth);

  `ASSERT_PARAMETER(Rows, Rows >= 1, "Rows must be at least 1")
  `ASSERT_PARAMETER(Columns, Columns >= 1, "Columns must be at least 1")
  `ASSERT_PARAMETER(Depth, Depth >= 1, "Depth must be at least 1")
  `ASSERT_PARAMETER(ExtentBits, ExtentBits >= 1 && ExtentBits <= 32, "ExtentBits must be 1...32")
  `ASSERT(ExtentsArePositive,
          load |-> shape_m_i != '0 && shape_n_i != '0 && shape_k_i != '0)

endmodule
