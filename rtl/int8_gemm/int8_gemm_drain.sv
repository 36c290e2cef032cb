`include "cosim_assert.svh"

/// Takes the sums of a tile away, DrainRows rows a cycle, and makes results of them:
///   acc = sum + bias;  y = saturate(acc * multiplier / 2^exponent rounded halfToEven) to 8 bits.
/// A tile may end (its last step is issued, `end_i`) only while `may_end_o`: the sums of the tile
/// before are gone by the time that the next ones come, its results have places in `y`'s FIFO, and
/// its channels' constants are there. So nothing here ever waits, and neither do the multipliers.
/// Lanes of rows and columns that the tile does not have are 0. Latency from sums to y 8 cycles.
module int8_gemm_drain #(
  /// Rows of the array.
  parameter int unsigned Rows = 8,
  /// Columns of the array.
  parameter int unsigned Columns = 8,
  /// Rows that are requantised in a cycle, a divisor of Rows.
  parameter int unsigned DrainRows = 1,
  /// Bits of a sum, at most 32.
  parameter int unsigned SumBits = 26,
  /// Cycles from the last step to its sums, 2 or more.
  parameter int unsigned ArrayLatency = 4,
  localparam int unsigned RowBits = cosim_pkg::value_bits(64'(Rows)),
  localparam int unsigned ColumnBits = cosim_pkg::value_bits(64'(Columns))
) (
  input  logic                                       clk_i,
  input  logic                                       rst_ni,

  // With a tile's last step: what there is of it, and whether these are the strip's last rows.
  output logic                                       may_end_o,
  input  logic                                       end_i,
  input  logic [RowBits-1:0]                         rows_i,
  input  logic [ColumnBits-1:0]                      columns_i,
  input  logic                                       strip_end_i,

  // From the array, ArrayLatency cycles later, kept until the next sums.
  input  logic                                       sums_valid_i,
  input  logic [Rows-1:0][Columns-1:0][SumBits-1:0]  sums_i,

  // Constants of the channels, one beat a strip.
  input  logic                                       channel_valid_i,
  output logic                                       channel_ready_o,
  input  logic [Columns-1:0][31:0]                   channel_bias_i,
  input  logic [Columns-1:0][31:0]                   channel_multiplier_i,
  input  logic [Columns-1:0][6:0]                    channel_exponent_i,

  // Output stream.
  output logic                                       y_valid_o,
  input  logic                                       y_ready_i,
  output logic [DrainRows-1:0][Columns-1:0][7:0]     y_data_o
);

  localparam int unsigned TileBeats = Rows / DrainRows;
  localparam int unsigned BeatBits = cosim_pkg::index_bits(TileBeats);
  localparam int unsigned CountBits = cosim_pkg::value_bits(64'(TileBeats));
  localparam int unsigned Latency = 1 + cosim_pkg::dyadic_rescaler_latency();

  // Places for tiles that follow each other as fast as they drain, and for stalls of the output.
  localparam int unsigned OutputBeats = 2 * TileBeats + ArrayLatency + Latency + 36;
  localparam int unsigned PlaceBits = cosim_pkg::value_bits(64'(OutputBeats));

  // Admission.

  logic [CountBits-1:0] beats, pace_d, pace_q;
  logic [PlaceBits-1:0] places_d, places_q;
  logic                 has_channel, channel_move, y_move;

  always_comb begin
    beats = CountBits'(1);
    for (int unsigned i = 1; i < TileBeats; i++) begin
      if (32'(rows_i) > i * DrainRows) beats = CountBits'(i + 1);
    end
  end

  assign y_move       = y_valid_o && y_ready_i;
  assign channel_move = channel_valid_i && channel_ready_o;
  assign may_end_o    = pace_q == '0 && places_q >= PlaceBits'(beats) && has_channel;

  always_comb begin
    pace_d   = pace_q == '0 ? '0 : pace_q - 1'b1;
    places_d = places_q + PlaceBits'(y_move);
    if (end_i) begin
      pace_d   = beats - 1'b1;
      places_d = places_q + PlaceBits'(y_move) - PlaceBits'(beats);
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      pace_q   <= '0;
      places_q <= PlaceBits'(OutputBeats);
    end else begin
      pace_q   <= pace_d;
      places_q <= places_d;
    end
  end

  flight_counter #(
    .Most(4)
  ) u_channels_ahead (
    .clk_i,
    .rst_ni,
    .enter_i(channel_move),
    .leave_i(end_i && strip_end_i),
    .busy_o (has_channel)
  );

  // The tile that is drained: what is known of it arrives together with its sums.

  logic                  start, start_strip_end, strip_end_d, strip_end_q;
  logic [RowBits-1:0]    start_rows, rows_left_d, rows_left_q;
  logic [ColumnBits-1:0] start_columns, columns_d, columns_q;
  logic [BeatBits-1:0]   beat_d, beat_q;
  logic                  drain, drain_end;

  valid_line #(
    .Cycles(ArrayLatency - 1)
  ) u_start (
    .clk_i,
    .rst_ni,
    .valid_i(end_i),
    .valid_o(start)
  );

  delay_line #(
    .Width (RowBits + ColumnBits + 1),
    .Cycles(ArrayLatency - 1)
  ) u_tile (
    .clk_i,
    .data_i({rows_i, columns_i, strip_end_i}),
    .data_o({start_rows, start_columns, start_strip_end})
  );

  assign drain = rows_left_q != '0;

  if (TileBeats == 1) begin : gen_single_beat
    assign drain_end = drain;
  end else begin : gen_beats
    assign drain_end = drain && rows_left_q <= RowBits'(DrainRows);
  end

  always_comb begin
    rows_left_d = '0;
    columns_d   = columns_q;
    strip_end_d = strip_end_q;
    beat_d      = beat_q;
    if (drain) begin
      if (!drain_end) rows_left_d = rows_left_q - RowBits'(DrainRows);
      beat_d      = beat_q + 1'b1;
    end
    if (start) begin
      rows_left_d = start_rows;
      columns_d   = start_columns;
      strip_end_d = start_strip_end;
      beat_d      = '0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) rows_left_q <= '0;
    else rows_left_q <= rows_left_d;
  end

  always_ff @(posedge clk_i) begin
    columns_q   <= columns_d;
    strip_end_q <= strip_end_d;
    beat_q      <= beat_d;
  end

  // Channels: the head stays while the tiles of its strip are drained.

  logic                     channel_valid;
  logic [Columns-1:0][31:0] channel_bias, channel_multiplier;
  logic [Columns-1:0][6:0]  channel_exponent;

  stream_fifo #(
    .Width(Columns * 71),
    .Depth(2)
  ) u_channels (
    .clk_i,
    .rst_ni,
    .in_valid_i (channel_valid_i),
    .in_ready_o (channel_ready_o),
    .in_data_i  ({channel_bias_i, channel_multiplier_i, channel_exponent_i}),
    .out_valid_o(channel_valid),
    .out_ready_i(drain_end && strip_end_q),
    .out_data_o ({channel_bias, channel_multiplier, channel_exponent})
  );

  // Results.

  logic [DrainRows-1:0][Columns-1:0][SumBits-1:0] groups [TileBeats];
  logic [DrainRows-1:0][Columns-1:0][SumBits-1:0] sums;
  logic [DrainRows-1:0][Columns-1:0]              keep, result_keep;
  logic [DrainRows-1:0][Columns-1:0][31:0]        acc;
  logic [DrainRows-1:0][Columns-1:0][7:0]         result;
  logic                                           result_valid, fifo_ready;

  for (genvar i = 0; i < TileBeats; i++) begin : gen_group
    assign groups[i] = sums_i[i*DrainRows+:DrainRows];
  end

  assign sums = groups[beat_q];

  for (genvar r = 0; r < DrainRows; r++) begin : gen_row
    for (genvar c = 0; c < Columns; c++) begin : gen_column
      logic signed [31:0] acc_q;
      logic        [31:0] multiplier_q;
      logic        [6:0]  exponent_q;
      logic signed [63:0] scaled;
      logic signed [7:0]  saturated;

      assign acc[r][c] = 32'(signed'(sums[r][c])) + signed'(channel_bias[c]);

      always_ff @(posedge clk_i) begin
        acc_q        <= acc[r][c];
        multiplier_q <= channel_multiplier[c];
        exponent_q   <= channel_exponent[c];
      end

      dyadic_rescaler u_scale (
        .clk_i,
        .x_i         (acc_q),
        .multiplier_i(multiplier_q),
        .exponent_i  (exponent_q),
        .value_o     (scaled)
      );

      saturate #(
        .InputBits (64),
        .OutputBits(8)
      ) u_saturate (
        .value_i(scaled),
        .value_o(saturated)
      );

      assign keep[r][c]   = r < 32'(rows_left_q) && c < 32'(columns_q);
      assign result[r][c] = result_keep[r][c] ? unsigned'(saturated) : '0;

`ifndef SYNTHESIS
      logic signed [32:0] exact;
      assign exact = 33'(signed'(sums[r][c])) + 33'(signed'(channel_bias[c]));
      `ASSERT(AccIsExact, drain && keep[r][c] |-> exact == 33'(signed'(acc[r][c])))
`endif
    end
  end

  valid_line #(
    .Cycles(Latency)
  ) u_valid (
    .clk_i,
    .rst_ni,
    .valid_i(drain),
    .valid_o(result_valid)
  );

  delay_line #(
    .Width (DrainRows * Columns),
    .Cycles(Latency)
  ) u_keep (
    .clk_i,
    .data_i(keep),
    .data_o(result_keep)
  );

  stream_fifo #(
    .Width(DrainRows * Columns * 8),
    .Depth(OutputBeats)
  ) u_results (
    .clk_i,
    .rst_ni,
    .in_valid_i (result_valid),
    .in_ready_o (fifo_ready),
    .in_data_i  (result),
    .out_valid_o(y_valid_o),
    .out_ready_i(y_ready_i),
    .out_data_o (y_data_o)
  );

`ifdef SYNTHESIS
  logic unused_checks;
  assign unused_checks = sums_valid_i ^ channel_valid ^ fifo_ready;
`endif

  `ASSERT_PARAMETER(DrainRows, DrainRows >= 1 && Rows / DrainRows * DrainRows == Rows,
                    "DrainRows must divide Rows")
  `ASSERT_PARAMETER(SumBits, SumBits >= 2 && SumBits <= 32, "SumBits must be 2...32")
  `ASSERT_PARAMETER(ArrayLatency, ArrayLatency >= 2, "ArrayLatency must be at least 2")
  `ASSERT(EndsOnlyWhenItMay, end_i |-> may_end_o)
  `ASSERT(SumsComeWhenExpected, sums_valid_i == $past(start && rst_ni))
  `ASSERT(DrainedBeforeTheNext, start |-> !drain || drain_end)
  `ASSERT(ChannelIsThere, drain |-> channel_valid)
  `ASSERT(ResultHasAPlace, result_valid |-> fifo_ready)

endmodule
