`include "cosim_assert.svh"

/// A piecewise-linear function on segments of equal width, elementwise:
///   i = clamp(floor((x - low) / 2^segment_shift), 0...Segments - 1)
///   y = saturate(halfUp((slope[i] * x + intercept[i]) / 2^shift))
/// The sum is exact (37 bits) and rounded once, halfUp: ties go up, also negative ones; a shift of
/// 0 rounds nothing. The result saturates to int16.
/// Streams: lane 0 in the least significant bits, every lane of every beat an element; all fields
/// signed integers. `slope` and `intercept` carry one entry a beat, Segments of them in index
/// order, and start over after the last; x waits until both tables are complete, after reset and
/// while one is rewritten, and they wait until no beat of x is on its way to its segment. The next
/// tables are offered behind the last x of these. A lane has its own copies of the tables.
/// Latency 12 cycles, one beat a cycle, the tables too. `x_ready_o` depends on registers only.
module pwl_unit #(
  /// Entries of each table, 1...256.
  parameter int unsigned Segments = 16,
  /// Elements in a beat, 1...64.
  parameter int unsigned Lanes = 16
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // Settings; they change only while no beat is in flight. The shift of a segment is 0...16.
  input  logic signed [15:0]     cfg_low_i,
  input  logic        [4:0]      cfg_segment_shift_i,
  input  logic        [4:0]      cfg_shift_i,

  // Table streams, of the settings.
  input  logic                   slope_valid_i,
  output logic                   slope_ready_o,
  input  logic [19:0]            slope_data_i,

  input  logic                   intercept_valid_i,
  output logic                   intercept_ready_o,
  input  logic [35:0]            intercept_data_i,

  // Input stream.
  input  logic                   x_valid_i,
  output logic                   x_ready_o,
  input  logic [Lanes-1:0][15:0] x_data_i,

  // Output stream.
  output logic                   y_valid_o,
  input  logic                   y_ready_i,
  output logic [Lanes-1:0][15:0] y_data_o
);

  localparam int unsigned IndexBits = cosim_pkg::index_bits(Segments);
  localparam int unsigned SumBits = 37;
  localparam int unsigned ProductStages = 3;

  // Cycles from accepting x to: the index, the slope, the product and intercept, the result.
  localparam int unsigned IndexLatency = 2;
  localparam int unsigned SlopeLatency = IndexLatency + 1;
  localparam int unsigned ProductLatency = SlopeLatency + ProductStages;
  localparam int unsigned Latency = ProductLatency + 4;

  localparam logic signed [16:0] LastSegment = 17'(Segments - 1);

  logic [Lanes-1:0][IndexBits-1:0] slope_index, intercept_index;
  logic [Lanes-1:0][19:0]          slope;
  logic [Lanes-1:0][35:0]          intercept;
  logic [Lanes-1:0][15:0]          result;
  logic                            slope_complete, intercept_complete, complete;
  logic                            ready, accept, unused_result_valid;
  logic [ProductLatency-3:0]       unread_d, unread_q;
  logic                            unread;

  // Beats of x that have yet to read the intercept, the later of the two tables. Its read is the
  // edge after ProductLatency - 1 cycles, and a write at the same edge comes behind it. An entry of
  // the next tables is offered once all x of these have been taken, a cycle later at the earliest.
  assign unread_d = (ProductLatency - 2)'({unread_q, accept});
  assign unread   = unread_q != '0;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) unread_q <= '0;
    else unread_q <= unread_d;
  end

  stream_table #(
    .Width  (20),
    .Entries(Segments),
    .Ports  (Lanes)
  ) u_slope (
    .clk_i,
    .rst_ni,
    .hold_i    (unread),
    .complete_o(slope_complete),
    .in_valid_i(slope_valid_i),
    .in_ready_o(slope_ready_o),
    .in_data_i (slope_data_i),
    .address_i (slope_index),
    .data_o    (slope)
  );

  stream_table #(
    .Width  (36),
    .Entries(Segments),
    .Ports  (Lanes)
  ) u_intercept (
    .clk_i,
    .rst_ni,
    .hold_i    (unread),
    .complete_o(intercept_complete),
    .in_valid_i(intercept_valid_i),
    .in_ready_o(intercept_ready_o),
    .in_data_i (intercept_data_i),
    .address_i (intercept_index),
    .data_o    (intercept)
  );

  assign complete  = slope_complete && intercept_complete;
  assign x_ready_o = ready && complete;

  for (genvar lane = 0; lane < Lanes; lane++) begin : gen_lane
    logic signed [15:0]          x;
    logic signed [16:0]          distance_d, distance_q, segment;
    logic        [IndexBits-1:0] index_d, index_q;
    logic signed [35:0]          product;
    logic signed [SumBits-1:0]   sum_d, sum_q, floor_d, floor_q, value_d, value_q;
    logic                        half_d, half_q, unused_below_half;
    logic signed [15:0]          result_d, result_q;

    assign distance_d = 17'(signed'(x_data_i[lane])) - 17'(cfg_low_i);

    always_comb begin
      segment = distance_q >>> cfg_segment_shift_i;
      index_d = IndexBits'(segment);
      if (segment > LastSegment) index_d = IndexBits'(LastSegment);
      if (segment < 0) index_d = '0;
    end

    assign slope_index[lane] = index_q;

    delay_line #(
      .Width (IndexBits),
      .Cycles(ProductStages)
    ) u_intercept_index (
      .clk_i,
      .data_i(index_q),
      .data_o(intercept_index[lane])
    );

    delay_line #(
      .Width (16),
      .Cycles(SlopeLatency)
    ) u_x (
      .clk_i,
      .data_i(x_data_i[lane]),
      .data_o(x)
    );

    pipelined_multiplier #(
      .ABits      (20),
      .BBits      (16),
      .ProductBits(36),
      .Stages     (ProductStages)
    ) u_product (
      .clk_i,
      .a_i      (signed'(slope[lane])),
      .b_i      (x),
      .product_o(product)
    );

    assign sum_d = SumBits'(product) + SumBits'(signed'(intercept[lane]));

    floor_shift_with_half #(
      .Width    (SumBits),
      .ShiftBits(5)
    ) u_shift (
      .value_i     (sum_q),
      .shift_i     (cfg_shift_i),
      .floor_o     (floor_d),
      .half_o      (half_d),
      .below_half_o(unused_below_half)
    );

    assign value_d = floor_q + signed'(SumBits'(half_q));

    saturate #(
      .InputBits (SumBits),
      .OutputBits(16)
    ) u_saturate (
      .value_i(value_q),
      .value_o(result_d)
    );

    always_ff @(posedge clk_i) begin
      distance_q <= distance_d;
      index_q    <= index_d;
      sum_q      <= sum_d;
      floor_q    <= floor_d;
      half_q     <= half_d;
      value_q    <= value_d;
      result_q   <= result_d;
    end

    assign result[lane] = result_q;
  end

  pipeline_guard #(
    .Width  (Lanes * 16),
    .Latency(Latency)
  ) u_guard (
    .clk_i,
    .rst_ni,
    .in_valid_i    (x_valid_i && complete),
    .in_ready_o    (ready),
    .accept_o      (accept),
    .result_valid_o(unused_result_valid),
    .result_i      (result),
    .out_valid_o   (y_valid_o),
    .out_ready_i   (y_ready_i),
    .out_data_o    (y_data_o)
  );

  `ASSERT_PARAMETER(Segments, Segments >= 1 && Segments <= 256, "Segments must be 1...256")
  `ASSERT_PARAMETER(Lanes, Lanes >= 1 && Lanes <= 64, "Lanes must be 1...64")
  `ASSERT(SegmentShiftInRange, accept |-> cfg_segment_shift_i <= 5'd16)
  `ASSERT(NextTablesComeBehindX, accept |-> !slope_valid_i && !intercept_valid_i)
  `ASSERT_STREAM(slope, slope_valid_i, slope_ready_o, slope_data_i)
  `ASSERT_STREAM(intercept, intercept_valid_i, intercept_ready_o, intercept_data_i)
  `ASSERT_STREAM(x, x_valid_i, x_ready_o, x_data_i)
  `ASSERT_STREAM(y, y_valid_o, y_ready_i, y_data_o)

endmodule
