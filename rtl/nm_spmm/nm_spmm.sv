`include "cosim_assert.svh"

/// Matrix product with N:M sparse weights: of each group of GroupSize neighbours in a row of
/// weights, GroupKept are kept, each with its index in the group. For every row m of a and row n
///   acc[m][n] = sum over the kept weights of value * a[m][group * GroupSize + index].
/// a and values int8, acc int32, all signed; nothing is rounded. k is at most 65536.
///
/// An output-stationary array of Rows x Columns dot products of Groups * GroupKept multiplies kept
/// weights only: in front of each product a multiplexer takes the activation that the weight's
/// index names out of its group. Each column of the array has indices of its own.
/// `shape_dense_i` makes a transaction dense: every weight is there, indices are ignored, and beat
/// i of a group's weights holds those of the places i * GroupKept and on. An activation then stays
/// for ceil(GroupSize / GroupKept) beats of weights.
///
/// Streams, all lanes packed with the first in the least significant bits, what lies behind the end
/// of a matrix arbitrary on inputs and 0 on acc; Places = Groups * GroupSize, Depth =
/// Groups * GroupKept:
///   shape    m, n, k and dense of a transaction: one beat;
///   a        for each Rows rows, for each Columns rows of weights, for each Places of k:
///            [Rows][Places];
///   values   for each Rows rows of a, for each Columns rows of weights, for each Depth kept
///            weights: data and index [Columns][Depth]. Dense weights: for each Places of k, for
///            each beat; what lies behind the end of a group is arbitrary;
///   acc      for each Rows rows of a, for each Columns rows of weights: [Rows][Columns].
/// Every input takes one beat a cycle; its ready depends on registers only.
///
/// Cycles of a transaction whose streams are never held up, behind another one:
///   ceil(m / Rows) * ceil(n / Columns) * ceil(k / Places), dense * ceil(GroupSize / GroupKept).
/// Latency from a tile's last weights to its acc 6 + $clog2(Depth) cycles.
/// Source: 2:4 as in NVIDIA's sparse tensor cores (arXiv 2104.08378), N:M as in STA (TVLSI 2022).
module nm_spmm #(
  /// Weights kept of a group, 1...GroupSize.
  parameter int unsigned GroupKept = 2,
  /// Columns of a group, 1...16.
  parameter int unsigned GroupSize = 4,
  /// Groups of a row of weights that are multiplied at once, 1...16.
  parameter int unsigned Groups = 2,
  /// Rows of a that are multiplied at once, 1...64.
  parameter int unsigned Rows = 4,
  /// Rows of weights that are multiplied at once, 1...64.
  parameter int unsigned Columns = 4,
  localparam int unsigned Depth = Groups * GroupKept,
  localparam int unsigned Places = Groups * GroupSize,
  localparam int unsigned IndexBits = cosim_pkg::index_bits(GroupSize)
) (
  input  logic                                         clk_i,
  input  logic                                         rst_ni,

  // Input streams.
  input  logic                                         shape_valid_i,
  output logic                                         shape_ready_o,
  input  logic [16:0]                                  shape_m_i,
  input  logic [16:0]                                  shape_n_i,
  input  logic [16:0]                                  shape_k_i,
  input  logic                                         shape_dense_i,

  input  logic                                         a_valid_i,
  output logic                                         a_ready_o,
  input  logic [Rows-1:0][Places-1:0][7:0]             a_data_i,

  input  logic                                         values_valid_i,
  output logic                                         values_ready_o,
  input  logic [Columns-1:0][Depth-1:0][7:0]           values_data_i,
  input  logic [Columns-1:0][Depth-1:0][IndexBits-1:0] values_index_i,

  // Output stream.
  output logic                                         acc_valid_o,
  input  logic                                         acc_ready_i,
  output logic [Rows-1:0][Columns-1:0][31:0]           acc_data_o
);

  localparam int unsigned ExtentBits = 17;
  // Beats of weights for one of activations where all weights are there.
  localparam int unsigned Slices = cosim_pkg::ceil_divide(GroupSize, GroupKept);
  localparam int unsigned SliceBits = cosim_pkg::index_bits(Slices);
  localparam int unsigned PlaceBits = SliceBits + 5;
  // From a step to its sums.
  localparam int unsigned Latency = 1 + cosim_pkg::multiplier_array_latency(Depth);
  localparam int unsigned Results = Latency + 4;

  // Registers and queues in front.

  logic                                         shape_valid, shape_ready, is_dense;
  logic [ExtentBits-1:0]                        m, n, k;
  logic                                         a_valid, a_ready, values_valid, step;
  logic [Rows-1:0][Places-1:0][7:0]             a;
  logic [Columns-1:0][Depth-1:0][7:0]           values;
  logic [Columns-1:0][Depth-1:0][IndexBits-1:0] indices;

  stream_fifo #(
    .Width(3 * ExtentBits + 1),
    .Depth(2)
  ) u_shape (
    .clk_i,
    .rst_ni,
    .in_valid_i (shape_valid_i),
    .in_ready_o (shape_ready_o),
    .in_data_i  ({shape_m_i, shape_n_i, shape_k_i, shape_dense_i}),
    .out_valid_o(shape_valid),
    .out_ready_i(shape_ready),
    .out_data_o ({m, n, k, is_dense})
  );

  stream_register #(
    .Width(Rows * Places * 8)
  ) u_activations (
    .clk_i,
    .rst_ni,
    .in_valid_i (a_valid_i),
    .in_ready_o (a_ready_o),
    .in_data_i  (a_data_i),
    .out_valid_o(a_valid),
    .out_ready_i(a_ready),
    .out_data_o (a)
  );

  stream_register #(
    .Width(Columns * Depth * (8 + IndexBits))
  ) u_values (
    .clk_i,
    .rst_ni,
    .in_valid_i (values_valid_i),
    .in_ready_o (values_ready_o),
    .in_data_i  ({values_data_i, values_index_i}),
    .out_valid_o(values_valid),
    .out_ready_i(step),
    .out_data_o ({values, indices})
  );

  // Steps: one beat of weights each.

  logic [ExtentBits-1:0] rows_done_d, rows_done_q, columns_done_d, columns_done_q;
  logic [ExtentBits-1:0] places_done_d, places_done_q;
  logic [ExtentBits-1:0] rows_left, columns_left, places_left;
  logic [SliceBits-1:0]  slice_d, slice_q;
  logic                  last_slice, last_places, last_columns, last_rows;
  logic                  is_first, is_last, may_end;

  assign rows_left    = m - rows_done_q;
  assign columns_left = n - columns_done_q;
  assign places_left  = k - places_done_q;
  assign last_slice   = !is_dense || slice_q == SliceBits'(Slices - 1);
  assign last_places  = places_left <= ExtentBits'(Places);
  assign last_columns = columns_left <= ExtentBits'(Columns);
  assign last_rows    = rows_left <= ExtentBits'(Rows);
  assign is_first     = places_done_q == '0 && slice_q == '0;
  assign is_last      = last_places && last_slice;

  assign step        = shape_valid && a_valid && values_valid && (!is_last || may_end);
  assign a_ready     = step && last_slice;
  assign shape_ready = step && is_last && last_columns && last_rows;

  always_comb begin
    rows_done_d    = rows_done_q;
    columns_done_d = columns_done_q;
    places_done_d  = places_done_q;
    slice_d        = slice_q;
    if (step) begin
      slice_d = last_slice ? '0 : slice_q + 1'b1;
      if (last_slice) places_done_d = last_places ? '0 : places_done_q + ExtentBits'(Places);
      if (is_last) begin
        columns_done_d = last_columns ? '0 : columns_done_q + ExtentBits'(Columns);
        if (last_columns) rows_done_d = last_rows ? '0 : rows_done_q + ExtentBits'(Rows);
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      rows_done_q    <= '0;
      columns_done_q <= '0;
      places_done_q  <= '0;
      slice_q        <= '0;
    end else begin
      rows_done_q    <= rows_done_d;
      columns_done_q <= columns_done_d;
      places_done_q  <= places_done_d;
      slice_q        <= slice_d;
    end
  end

  // What lies behind the end of a matrix is 0 on one side of each product.

  logic [Rows-1:0][Places-1:0][7:0] present_a;

  for (genvar r = 0; r < Rows; r++) begin : gen_row
    for (genvar p = 0; p < Places; p++) begin : gen_place
      assign present_a[r][p] =
          ExtentBits'(r) < rows_left && ExtentBits'(p) < places_left ? a[r][p] : '0;
    end
  end

  logic                               product_valid_q, product_first_q, product_last_q;
  logic [Columns-1:0]                 sums_valid;
  logic [Columns-1:0][Rows-1:0][31:0] sums;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) product_valid_q <= 1'b0;
    else product_valid_q <= step;
  end

  always_ff @(posedge clk_i) begin
    product_first_q <= is_first;
    product_last_q  <= is_last;
  end

  // The place of each dense weight in its group; it may lie behind the group's end.

  logic [GroupKept-1:0][PlaceBits-1:0] place;

  for (genvar j = 0; j < GroupKept; j++) begin : gen_dense_place
    assign place[j] = PlaceBits'(slice_q) * PlaceBits'(GroupKept) + PlaceBits'(j);
  end

  for (genvar c = 0; c < Columns; c++) begin : gen_column
    logic [Depth-1:0][IndexBits-1:0] index;
    logic [Rows-1:0][Depth-1:0][7:0] gathered_d, gathered_q;
    logic [Depth-1:0][7:0]           values_d, values_q;

    for (genvar d = 0; d < Depth; d++) begin : gen_product
      logic is_inside;

      assign is_inside   = !is_dense || place[d%GroupKept] < PlaceBits'(GroupSize);
      assign index[d]    = is_dense ? IndexBits'(place[d%GroupKept]) : indices[c][d];
      assign values_d[d] = is_inside && ExtentBits'(c) < columns_left ? values[c][d] : '0;
    end

    nm_spmm_gather #(
      .GroupKept(GroupKept),
      .GroupSize(GroupSize),
      .Groups   (Groups),
      .Rows     (Rows)
    ) u_gather (
      .a_i       (present_a),
      .index_i   (index),
      .gathered_o(gathered_d)
    );

    always_ff @(posedge clk_i) begin
      if (step) begin
        gathered_q <= gathered_d;
        values_q   <= values_d;
      end
    end

    multiplier_array #(
      .Rows           (Rows),
      .Columns        (1),
      .Depth          (Depth),
      .AccumulatorBits(32)
    ) u_array (
      .clk_i,
      .rst_ni,
      .valid_i(product_valid_q),
      .first_i(product_first_q),
      .last_i (product_last_q),
      .a_i    (gathered_q),
      .w_i    (values_q),
      .valid_o(sums_valid[c]),
      .sums_o (sums[c])
    );
  end

  // Results.

  logic [Rows-1:0][Columns-1:0][31:0] result;
  logic                               result_space;

  for (genvar r = 0; r < Rows; r++) begin : gen_result_row
    for (genvar c = 0; c < Columns; c++) begin : gen_result
      assign result[r][c] = sums[c][r];
    end
  end

  credit_counter #(
    .Credits(Results)
  ) u_credits (
    .clk_i,
    .rst_ni,
    .take_i     (step && is_last),
    .give_i     (acc_valid_o && acc_ready_i),
    .available_o(may_end)
  );

  stream_fifo #(
    .Width(Rows * Columns * 32),
    .Depth(Results)
  ) u_results (
    .clk_i,
    .rst_ni,
    .in_valid_i (sums_valid == '1),
    .in_ready_o (result_space),
    .in_data_i  (result),
    .out_valid_o(acc_valid_o),
    .out_ready_i(acc_ready_i),
    .out_data_o (acc_data_o)
  );

`ifdef SYNTHESIS
  logic unused_result_space;
  assign unused_result_space = result_space;
`endif

  `ASSERT_PARAMETER(GroupSize, GroupSize >= 1 && GroupSize <= 16, "GroupSize must be 1...16")
  `ASSERT_PARAMETER(GroupKept, GroupKept >= 1 && GroupKept <= GroupSize,
                    "GroupKept must be 1...GroupSize")
  `ASSERT_PARAMETER(Groups, Groups >= 1 && Groups <= 16, "Groups must be 1...16")
  `ASSERT_PARAMETER(Rows, Rows >= 1 && Rows <= 64, "Rows must be 1...64")
  `ASSERT_PARAMETER(Columns, Columns >= 1 && Columns <= 64, "Columns must be 1...64")
  `ASSERT(ShapeInRange, shape_valid_i |-> shape_m_i != '0 && shape_n_i != '0 && shape_k_i != '0)
  `ASSERT(ResultsHaveAPlace, sums_valid == '1 |-> result_space)
  `ASSERT_STREAM(shape, shape_valid_i, shape_ready_o,
                 {shape_m_i, shape_n_i, shape_k_i, shape_dense_i})
  `ASSERT_STREAM(a, a_valid_i, a_ready_o, a_data_i)
  `ASSERT_STREAM(values, values_valid_i, values_ready_o, {values_data_i, values_index_i})
  `ASSERT_STREAM(acc, acc_valid_o, acc_ready_i, acc_data_o)

endmodule
