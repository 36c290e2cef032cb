`include "cosim_assert.svh"

/// A table of 2^IndexBits + 1 entries that a stream fills, read with linear interpolation between
/// neighbours: with i = floor(value_i / 2^FractionBits) + 2^(IndexBits - 1),
///   value_o = t[i] + (t[i + 1] - t[i]) * (value_i mod 2^FractionBits) / 2^FractionBits
/// with the product rounded halfUp. Values and entries signed; the result lies between two entries.
/// One entry a beat, in index order; after the last the next beat is entry 0 again. `complete_o` is
/// high while the table holds all of one writing: low from reset to the first last entry, and from
/// each first entry to its last one. Entries are taken only while `hold_i` is low, at one a cycle.
/// Each port has a memory of its own, whose words are an entry and what the next one has more, so
/// that one read does.
/// Free-running: a value a cycle and port, latency cosim_pkg::interpolated_table_latency() cycles.
module interpolated_table #(
  /// Bits of an entry, 2 or more.
  parameter int unsigned EntryBits = 16,
  /// Bits of an interval's index, 1 or more.
  parameter int unsigned IndexBits = 9,
  /// Bits of a place in an interval, 1 or more.
  parameter int unsigned FractionBits = 7,
  /// Reads in one cycle, 1 or more.
  parameter int unsigned Ports = 1,
  /// Bits of a value. Derived, do not overwrite.
  localparam int unsigned ValueBits = IndexBits + FractionBits
) (
  input  logic                            clk_i,
  input  logic                            rst_ni,

  input  logic                            hold_i,
  output logic                            complete_o,

  input  logic                            in_valid_i,
  output logic                            in_ready_o,
  input  logic [EntryBits-1:0]            in_data_i,

  input  logic [Ports-1:0][ValueBits-1:0] value_i,
  output logic [Ports-1:0][EntryBits-1:0] value_o
);

  localparam int unsigned StepBits = EntryBits + 1;
  localparam int unsigned WordBits = EntryBits + StepBits;
  localparam int unsigned ProductBits = StepBits + FractionBits;
  localparam int unsigned ProductStages = 2;
  localparam logic signed [ProductBits-1:0] Half = ProductBits'(64'd1 << (FractionBits - 1));
  localparam logic [IndexBits-1:0] Middle = IndexBits'(64'd1 << (IndexBits - 1));
  localparam logic [IndexBits:0] LastIndex = (IndexBits + 1)'(64'd1 << IndexBits);

  // The entry before the next one, whose index counts to the last; 0 when none has come.
  logic [EntryBits-1:0]            previous_q;
  logic [IndexBits:0]              index_d, index_q;
  logic                            take, pair_valid, pair_ready, pairs_complete;
  logic [StepBits-1:0]             step;
  logic [Ports-1:0][IndexBits-1:0] address;
  logic [Ports-1:0][WordBits-1:0]  word;

  assign in_ready_o = pair_ready;
  assign take       = in_valid_i && in_ready_o;
  assign step       = StepBits'(signed'(in_data_i)) - StepBits'(signed'(previous_q));
  assign pair_valid = in_valid_i && index_q != '0;

  always_comb begin
    index_d = index_q;
    if (take) index_d = index_q == LastIndex ? '0 : index_q + 1'b1;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) index_q <= '0;
    else index_q <= index_d;
  end

  always_ff @(posedge clk_i) begin
    if (take) previous_q <= in_data_i;
  end

  stream_table #(
    .Width  (WordBits),
    .Entries(1 << IndexBits),
    .Ports  (Ports)
  ) u_pairs (
    .clk_i,
    .rst_ni,
    .hold_i,
    .complete_o(pairs_complete),
    .in_valid_i(pair_valid),
    .in_ready_o(pair_ready),
    .in_data_i ({step, previous_q}),
    .address_i (address),
    .data_o    (word)
  );

  assign complete_o = pairs_complete && index_q == '0;

  for (genvar port = 0; port < Ports; port++) begin : gen_port
    logic        [FractionBits-1:0] fraction_q;
    logic signed [ProductBits-1:0]  product, rounded;
    logic        [EntryBits-1:0]    entry, value_d, value_q;
    logic                           unused_rounded;

    // Half of the entries more, modulo the table.
    assign address[port] = value_i[port][ValueBits-1:FractionBits] ^ Middle;

    always_ff @(posedge clk_i) fraction_q <= value_i[port][FractionBits-1:0];

    pipelined_multiplier #(
      .ABits      (StepBits),
      .BBits      (FractionBits + 1),
      .ProductBits(ProductBits),
      .Stages     (ProductStages)
    ) u_product (
      .clk_i,
      .a_i      (signed'(word[port][WordBits-1:EntryBits])),
      .b_i      (signed'({1'b0, fraction_q})),
      .product_o(product)
    );

    delay_line #(
      .Width (EntryBits),
      .Cycles(ProductStages)
    ) u_entry (
      .clk_i,
      .data_i(word[port][EntryBits-1:0]),
      .data_o(entry)
    );

    // A fraction is below 1, so the sum does not pass the next entry.
    assign rounded = (product + Half) >>> FractionBits;
    assign value_d = entry + EntryBits'(rounded);

    always_ff @(posedge clk_i) value_q <= value_d;

    assign value_o[port]  = value_q;
    assign unused_rounded = ^rounded;
  end

  `ASSERT_PARAMETER(EntryBits, EntryBits >= 2, "EntryBits must be at least 2")
  `ASSERT_PARAMETER(IndexBits, IndexBits >= 1, "IndexBits must be at least 1")
  `ASSERT_PARAMETER(FractionBits, FractionBits >= 1, "FractionBits must be at least 1")
  `ASSERT_STREAM(in, in_valid_i, in_ready_o, in_data_i)

endmodule
