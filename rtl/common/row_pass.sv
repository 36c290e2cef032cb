`include "cosim_assert.svh"

/// One pass over rows: sends beats through a free-running pipeline, stores what comes out, and
/// gives each beat of a row a value that is computed from the whole row (a sum's reciprocal).
/// The pipeline takes a beat in each cycle with `accept_o` and presents what is to be stored in
/// `result_i` Latency cycles later, with `result_valid_o` and `result_last_o`. Each row's value
/// comes in `value_valid_i`, ValueLatency cycles after the row's last result, and is not refused;
/// where rows of fewer than RowInterval beats follow each other, it may come later.
/// `out` has each row's results with `out_value_o` beside them. It holds one of the longest rows
/// and what is in flight, and begins to give a row 2 cycles after its value came; one beat a cycle,
/// and for every mix of rows of RowInterval beats and more as long as RowBeats is at most 64
/// (behind a longer row, such short ones can have to wait). `in_ready_o` depends on registers only.
module row_pass #(
  /// Bits of a result, 1 or more.
  parameter int unsigned Width = 8,
  /// Bits of a row's value, 1 or more.
  parameter int unsigned ValueBits = 8,
  /// Beats of the longest row, 1 or more.
  parameter int unsigned RowBeats = 64,
  /// Cycles from `accept_o` to the result, 0 or more.
  parameter int unsigned Latency = 4,
  /// Cycles from a row's last result to its value, 0 or more.
  parameter int unsigned ValueLatency = 16,
  /// Cycles from one row's value to the next that are sustained, 1 or more.
  parameter int unsigned RowInterval = 1
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  // Input stream.
  input  logic                 in_valid_i,
  output logic                 in_ready_o,
  input  logic                 in_last_i,
  output logic                 accept_o,

  // From the pipeline.
  output logic                 result_valid_o,
  output logic                 result_last_o,
  input  logic [Width-1:0]     result_i,
  input  logic                 value_valid_i,
  input  logic [ValueBits-1:0] value_i,

  // Output stream.
  output logic                 out_valid_o,
  input  logic                 out_ready_i,
  output logic [Width-1:0]     out_data_o,
  output logic                 out_last_o,
  output logic [ValueBits-1:0] out_value_o
);

  // A row of one beat stays for the pipeline, its value, the queue of values and the credit, and
  // behind a long row for as many cycles more as that has beats.
  localparam int unsigned InFlight = Latency + ValueLatency + 4;
  localparam int unsigned Rows =
      cosim_pkg::row_pass_rows(RowBeats, Latency + ValueLatency, RowInterval);
  localparam int unsigned Beats = RowBeats + InFlight;

  logic             guard_ready, space;
  logic             stored_valid, stored_ready, stored_last;
  logic [Width-1:0] stored;

  assign in_ready_o = guard_ready && space;

  delay_line #(
    .Width (1),
    .Cycles(Latency)
  ) u_last (
    .clk_i,
    .data_i(in_last_i),
    .data_o(result_last_o)
  );

  pipeline_guard #(
    .Width  (Width + 1),
    .Latency(Latency),
    .Depth  (Beats)
  ) u_guard (
    .clk_i,
    .rst_ni,
    .in_valid_i    (in_valid_i && space),
    .in_ready_o    (guard_ready),
    .accept_o,
    .result_valid_o,
    .result_i      ({result_i, result_last_o}),
    .out_valid_o   (stored_valid),
    .out_ready_i   (stored_ready),
    .out_data_o    ({stored, stored_last})
  );

  row_value_join #(
    .Width    (Width),
    .ValueBits(ValueBits),
    .Rows     (Rows)
  ) u_join (
    .clk_i,
    .rst_ni,
    .space_o      (space),
    .open_i       (accept_o && in_last_i),
    .value_valid_i,
    .value_i,
    .beat_valid_i (stored_valid),
    .beat_ready_o (stored_ready),
    .beat_data_i  (stored),
    .beat_last_i  (stored_last),
    .out_valid_o,
    .out_ready_i,
    .out_data_o,
    .out_last_o,
    .out_value_o
  );

  `ASSERT_PARAMETER(RowBeats, RowBeats >= 1, "RowBeats must be at least 1")
  `ASSERT_PARAMETER(RowInterval, RowInterval >= 1, "RowInterval must be at least 1")

endmodule
