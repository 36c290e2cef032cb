`include "cosim_assert.svh"

/// Makes two streams out of a free-running pipeline, which has no stall and no valid of its own.
/// A beat is accepted (`accept_o`) only while a place for its result is free; the pipeline takes
/// its operands in that cycle and presents the result in `result_i` exactly Latency cycles later
/// (`result_valid_o`), where it enters a `stream_fifo` of Depth beats that feeds `out`.
/// Latency + 2 cycles; one beat a cycle when Depth >= Latency + 3. A larger Depth makes the FIFO a
/// buffer, for instance of whole rows. `in_ready_o` depends on registers only.
module pipeline_guard #(
  /// Bits of result, 1 or more.
  parameter int unsigned Width = 8,
  /// Cycles from `accept_o` to the result in `result_i`, 0 or more.
  parameter int unsigned Latency = 4,
  /// Results stored or in flight, 1 or more.
  parameter int unsigned Depth = Latency + 4
) (
  input  logic             clk_i,
  input  logic             rst_ni,

  input  logic             in_valid_i,
  output logic             in_ready_o,
  output logic             accept_o,

  output logic             result_valid_o,
  input  logic [Width-1:0] result_i,

  output logic             out_valid_o,
  input  logic             out_ready_i,
  output logic [Width-1:0] out_data_o
);

  logic fifo_ready;

  assign accept_o = in_valid_i && in_ready_o;

  credit_counter #(
    .Credits(Depth)
  ) u_credits (
    .clk_i,
    .rst_ni,
    .take_i     (accept_o),
    .give_i     (out_valid_o && out_ready_i),
    .available_o(in_ready_o)
  );

  valid_line #(
    .Cycles(Latency)
  ) u_valid (
    .clk_i,
    .rst_ni,
    .valid_i(accept_o),
    .valid_o(result_valid_o)
  );

  stream_fifo #(
    .Width(Width),
    .Depth(Depth)
  ) u_results (
    .clk_i,
    .rst_ni,
    .in_valid_i(result_valid_o),
    .in_ready_o(fifo_ready),
    .in_data_i (result_i),
    .out_valid_o,
    .out_ready_i,
    .out_data_o
  );

`ifdef SYNTHESIS
  logic unused_fifo_ready;
  assign unused_fifo_ready = fifo_ready;
`endif

  `ASSERT(ResultHasAPlace, result_valid_o |-> fifo_ready)

endmodule
