`include "cosim_assert.svh"

/// exp_o = exp_Q5.26(-distance_i * 2^cfg_left_shift_i * cfg_multiplier_i / 2^31 rounded halfUp),
/// see `gemmlowp_exp`, Q0.31, and 0 where -distance_i < cfg_diff_min_i. Lane 0 in the low bits.
/// A distance has 8 bits, so that all 256 exponentials are computed when reset ends or the
/// configuration changes, up to four a cycle, into a memory for each lane. `complete_o` is high
/// while they are those of the configuration: low from the cycle after a change for
/// 54 + 256 / Pipelines cycles, where Pipelines is the largest of 1, 2 and 4 that Lanes reaches.
/// distance * 2^left_shift is at most 2^31 wherever it counts: the configuration's duty.
/// Free-running: one beat a cycle, latency 2 cycles.
module gemmlowp_exp_table #(
  /// Elements in a beat, 1 or more.
  parameter int unsigned Lanes = 16
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic signed [31:0]     cfg_multiplier_i,
  input  logic        [4:0]      cfg_left_shift_i,
  input  logic signed [31:0]     cfg_diff_min_i,

  output logic                   complete_o,

  input  logic [Lanes-1:0][7:0]  distance_i,
  output logic [Lanes-1:0][30:0] exp_o
);

  localparam int unsigned Pipelines = Lanes >= 4 ? 4 : (Lanes >= 2 ? 2 : 1);
  localparam int unsigned PlaceBits = $clog2(Pipelines);
  localparam int unsigned Words = 256 / Pipelines;
  localparam int unsigned AddressBits = 8 - PlaceBits;
  localparam int unsigned ExpLatency =
      cosim_pkg::gemmlowp_multiplier_latency() + cosim_pkg::gemmlowp_exp_latency();
  localparam logic [AddressBits-1:0] LastAddress = AddressBits'(Words - 1);

  // The configuration of the table, and what is left to do for it.

  logic                   started_q, changed;
  logic signed [31:0]     multiplier_q, diff_min_q;
  logic [4:0]             left_shift_q;
  logic                   compute_d, compute_q, complete_d, complete_q, write;
  logic [AddressBits-1:0] compute_address_d, compute_address_q;
  logic [AddressBits-1:0] write_address_d, write_address_q;

  assign changed = !started_q || cfg_multiplier_i != multiplier_q
      || cfg_left_shift_i != left_shift_q || cfg_diff_min_i != diff_min_q;

  always_comb begin
    compute_d         = compute_q && compute_address_q != LastAddress;
    compute_address_d = compute_address_q + 1'b1;
    write_address_d   = write ? write_address_q + 1'b1 : write_address_q;
    complete_d        = complete_q || (write && write_address_q == LastAddress);
    if (changed) begin
      compute_d         = 1'b1;
      compute_address_d = '0;
      write_address_d   = '0;
      complete_d        = 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      started_q  <= 1'b0;
      complete_q <= 1'b0;
    end else begin
      started_q  <= 1'b1;
      complete_q <= complete_d;
    end
  end

  // The cycle behind a reset begins anew, like one behind a change.
  always_ff @(posedge clk_i) begin
    compute_q         <= compute_d;
    compute_address_q <= compute_address_d;
    write_address_q   <= write_address_d;
    multiplier_q      <= cfg_multiplier_i;
    left_shift_q      <= cfg_left_shift_i;
    diff_min_q        <= cfg_diff_min_i;
  end

  assign complete_o = complete_q;

  // A change forgets what is on its way.
  valid_line #(
    .Cycles(1 + ExpLatency)
  ) u_write (
    .clk_i,
    .rst_ni (!changed),
    .valid_i(compute_q),
    .valid_o(write)
  );

  // The exponentials.

  logic [Pipelines-1:0][30:0] word;

  for (genvar place = 0; place < Pipelines; place++) begin : gen_pipeline
    logic [7:0]         distance;
    logic               counted_d, counted_q, counted;
    logic signed [31:0] shifted_d, shifted_q, scaled;
    logic [30:0]        exp_all;

    assign distance  = (8'(compute_address_q) << PlaceBits) | 8'(place);
    assign counted_d = -signed'(32'(distance)) >= diff_min_q;
    assign shifted_d = -signed'(32'(distance) << left_shift_q);

    always_ff @(posedge clk_i) begin
      counted_q <= counted_d;
      shifted_q <= shifted_d;
    end

    gemmlowp_multiplier u_multiply (
      .clk_i,
      .a_i      (shifted_q),
      .b_i      (multiplier_q),
      .product_o(scaled)
    );

    gemmlowp_exp u_exp (
      .clk_i,
      .a_i  (scaled),
      .exp_o(exp_all)
    );

    delay_line #(
      .Width (1),
      .Cycles(ExpLatency)
    ) u_counted (
      .clk_i,
      .data_i(counted_q),
      .data_o(counted)
    );

    assign word[place] = counted ? exp_all : '0;
  end

  // The memories.

  for (genvar lane = 0; lane < Lanes; lane++) begin : gen_lane
    (* ram_style = "auto" *)
    logic [Pipelines-1:0][30:0] memory [Words];
    logic [Pipelines-1:0][30:0] read_q;
    logic [7:0]                 place_d, place_q;
    logic [30:0]                exp_d, exp_q;

    always_ff @(posedge clk_i) begin
      if (write) memory[write_address_q] <= word;
    end

    always_ff @(posedge clk_i) begin
      read_q <= memory[AddressBits'(distance_i[lane] >> PlaceBits)];
    end

    assign place_d = distance_i[lane] & 8'(Pipelines - 1);

    always_comb begin
      exp_d = read_q[0];
      for (int unsigned i = 1; i < Pipelines; i++) begin
        if (place_q == 8'(i)) exp_d = read_q[i];
      end
    end

    always_ff @(posedge clk_i) begin
      place_q <= place_d;
      exp_q   <= exp_d;
    end

    assign exp_o[lane] = exp_q;
  end

  `ASSERT(MultiplierInRange, complete_o |-> multiplier_q >= 0)
  `ASSERT(LimitInRange, complete_o |-> diff_min_q <= 0)

endmodule
