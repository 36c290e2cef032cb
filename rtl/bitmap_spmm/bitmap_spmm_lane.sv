`include "cosim_assert.svh"

/// One lane of `bitmap_spmm`:
///   sums_o[r] = sum over the set bits of a row of weights of value * a[r].
/// A chunk is Window places of the lane, place 0 in the low bit; place p of chunk c is word
/// c * Window + p of the lane's bank of activations. Each set bit takes the next value and one
/// cycle. A chunk without set bits takes one cycle, and gives a sum of 0 where it is a whole row.
/// The lane has its own queues of chunks, values and sums, so that it may run ahead of others or
/// fall behind them: Slack chunks, Slack values and Slack + 2 sums.
/// Latency from a row's last set bit to its sums 5 cycles.
module bitmap_spmm_lane #(
  /// Rows of activations, 1 or more.
  parameter int unsigned Rows = 16,
  /// Places of a chunk, a power of two.
  parameter int unsigned Window = 16,
  /// Bits of a chunk's number in its row, 1 or more.
  parameter int unsigned ChunkBits = 4,
  /// Depth of the queues, 1 or more.
  parameter int unsigned Slack = 16,
  localparam int unsigned PlaceBits = $clog2(Window),
  localparam int unsigned AddressBits = ChunkBits + PlaceBits
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic                   chunk_valid_i,
  output logic                   chunk_ready_o,
  input  logic [Window-1:0]      chunk_bits_i,
  input  logic [ChunkBits-1:0]   chunk_number_i,
  input  logic                   chunk_row_end_i,
  input  logic                   chunk_tile_end_i,

  input  logic                   value_valid_i,
  output logic                   value_ready_o,
  input  logic [7:0]             value_i,

  // The lane's bank of an `activation_buffer`.
  input  logic                   present_i,
  output logic                   read_o,
  output logic [AddressBits-1:0] address_o,
  input  logic [Rows-1:0][7:0]   word_i,
  output logic                   release_o,

  // Taken only while they are valid, when those of all lanes are.
  output logic                   sums_valid_o,
  input  logic                   sums_take_i,
  output logic [Rows-1:0][31:0]  sums_o
);

  // Queues in front.

  logic                 next_valid, next_ready, next_row_end, next_tile_end;
  logic [Window-1:0]    next_bits;
  logic [ChunkBits-1:0] next_number;
  logic                 value_valid, value_ready;
  logic [7:0]           value;

  stream_fifo #(
    .Width(Window + ChunkBits + 2),
    .Depth(Slack)
  ) u_chunks (
    .clk_i,
    .rst_ni,
    .in_valid_i (chunk_valid_i),
    .in_ready_o (chunk_ready_o),
    .in_data_i  ({chunk_bits_i, chunk_number_i, chunk_row_end_i, chunk_tile_end_i}),
    .out_valid_o(next_valid),
    .out_ready_i(next_ready),
    .out_data_o ({next_bits, next_number, next_row_end, next_tile_end})
  );

  stream_fifo #(
    .Width(8),
    .Depth(Slack)
  ) u_values (
    .clk_i,
    .rst_ni,
    .in_valid_i (value_valid_i),
    .in_ready_o (value_ready_o),
    .in_data_i  (value_i),
    .out_valid_o(value_valid),
    .out_ready_i(value_ready),
    .out_data_o (value)
  );

  // The chunk at hand: its set bits one by one, lowest first.

  logic                 valid_d, valid_q, row_end_q, tile_end_q, fresh_d, fresh_q;
  logic [Window-1:0]    bits_d, bits_q, bits_rest;
  logic [ChunkBits-1:0] number_q;
  logic [PlaceBits-1:0] place;
  logic                 is_empty, is_last_bit, is_row_end, may_end, step, chunk_done, load;

  assign bits_rest   = bits_q & (bits_q - 1'b1);
  assign is_empty    = bits_q == '0;
  assign is_last_bit = bits_rest == '0;
  assign is_row_end  = row_end_q && is_last_bit;

  always_comb begin
    place = '0;
    for (int unsigned i = 0; i < Window; i++) begin
      if (bits_q[Window-1-i]) place = PlaceBits'(Window - 1 - i);
    end
  end

  // A row ends with a step even if its last chunk has no set bit.
  assign step       = valid_q && (!is_empty || row_end_q) && present_i
                      && (is_empty || value_valid) && (!is_row_end || may_end);
  assign chunk_done = valid_q && (is_empty && !row_end_q || step && is_last_bit);
  assign next_ready = !valid_q || chunk_done;
  assign load       = next_valid && next_ready;

  always_comb begin
    valid_d = load || (valid_q && !chunk_done);
    bits_d  = bits_q;
    fresh_d = fresh_q;
    if (load) bits_d = next_bits;
    else if (step) bits_d = bits_rest;
    if (step) fresh_d = is_row_end;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      valid_q <= 1'b0;
      fresh_q <= 1'b1;
    end else begin
      valid_q <= valid_d;
      fresh_q <= fresh_d;
    end
  end

  always_ff @(posedge clk_i) begin
    bits_q <= bits_d;
    if (load) begin
      number_q   <= next_number;
      row_end_q  <= next_row_end;
      tile_end_q <= next_tile_end;
    end
  end

  assign value_ready = step && !is_empty;
  assign read_o      = step;
  assign address_o   = {number_q, place};
  assign release_o   = step && is_row_end && tile_end_q;

  // Products with the word of activations that comes one cycle later.

  logic                  product_valid_q, product_first_q, product_last_q, sums_valid;
  logic [7:0]            product_value_q;
  logic [Rows-1:0][31:0] sums;
  logic                  sums_space;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) product_valid_q <= 1'b0;
    else product_valid_q <= step;
  end

  always_ff @(posedge clk_i) begin
    product_first_q <= fresh_q;
    product_last_q  <= is_row_end;
    product_value_q <= is_empty ? '0 : value;
  end

  multiplier_array #(
    .Rows           (Rows),
    .Columns        (1),
    .Depth          (1),
    .AccumulatorBits(32)
  ) u_array (
    .clk_i,
    .rst_ni,
    .valid_i(product_valid_q),
    .first_i(product_first_q),
    .last_i (product_last_q),
    .a_i    (word_i),
    .w_i    (product_value_q),
    .valid_o(sums_valid),
    .sums_o (sums)
  );

  credit_counter #(
    .Credits(Slack + 2)
  ) u_credits (
    .clk_i,
    .rst_ni,
    .take_i     (step && is_row_end),
    .give_i     (sums_take_i),
    .available_o(may_end)
  );

  stream_fifo #(
    .Width(Rows * 32),
    .Depth(Slack + 2)
  ) u_sums (
    .clk_i,
    .rst_ni,
    .in_valid_i (sums_valid),
    .in_ready_o (sums_space),
    .in_data_i  (sums),
    .out_valid_o(sums_valid_o),
    .out_ready_i(sums_take_i),
    .out_data_o (sums_o)
  );

`ifdef SYNTHESIS
  logic unused_sums_space;
  assign unused_sums_space = sums_space;
`endif

  `ASSERT(SumsHaveAPlace, sums_valid |-> sums_space)
  `ASSERT(TakesOnlyWhatIsValid, sums_take_i |-> sums_valid_o)

endmodule
