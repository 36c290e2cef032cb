`include "cosim_assert.svh"

/// Steps through the context of each block of queries: the products of its probabilities and the
/// values, Depth tokens a step, for Columns elements of the dimension after the other.
/// Each tile of the scores that was computed is listed with `list_i`, only while `list_space_o`:
/// its index along the keys, its slot in a beat of the softmax and that beat's index; `block_i`
/// comes with the last one of a block, and says what else the block needs.
/// `valid_o` says that the next step can be made; `take_i` makes it; `first_o` and `last_o` mark
/// the first and the last step of Columns elements. A cycle after a step the words that it needs
/// are named: of probabilities by address, with the slice that holds Depth of them, and of values.
/// With the last step of Columns elements `issued_o` goes up, and `block_last_o` with those the
/// block's last ones; part_o counts them and elements_o says how many of them exist.
module attention_context_sequencer #(
  /// Keys in a tile of the scores and elements of context in a pass, a multiple of Depth.
  parameter int unsigned Columns = 8,
  /// Tokens a step, 1 or more.
  parameter int unsigned Depth = 8,
  /// Tiles in a beat of the softmax, 1 or more.
  parameter int unsigned Slots = 2,
  /// Tokens of the longest head, 1 or more.
  parameter int unsigned MaxTokens = 512,
  /// Elements of the longest token, 1 or more.
  parameter int unsigned MaxDimension = 64,
  /// Tiles that are listed, a power of two that holds those of any block, 2 or more.
  parameter int unsigned ListWords = 256,
  /// Bits of the address of a word of probabilities, 1 or more.
  parameter int unsigned AddressBits = 6,
  /// Bits of a number of rows, 1 or more.
  parameter int unsigned RowCountBits = 3,
  /// Bits of a number of tokens. Derived, do not overwrite.
  localparam int unsigned TokenBits = cosim_pkg::value_bits(64'(MaxTokens)),
  /// Bits of a number of elements. Derived, do not overwrite.
  localparam int unsigned DimensionBits = cosim_pkg::value_bits(64'(MaxDimension)),
  /// Bits of a tile's index along the keys. Derived, do not overwrite.
  localparam int unsigned BlockBits =
      cosim_pkg::index_bits(cosim_pkg::ceil_divide(MaxTokens, Columns)),
  /// Bits of a tile's index in its beat of the softmax. Derived, do not overwrite.
  localparam int unsigned SlotBits = cosim_pkg::index_bits(Slots),
  /// Bits of the index of Depth tokens. Derived, do not overwrite.
  localparam int unsigned StepBits =
      cosim_pkg::index_bits(cosim_pkg::ceil_divide(MaxTokens, Depth)),
  /// Bits of the index of Columns elements. Derived, do not overwrite.
  localparam int unsigned PartBits =
      cosim_pkg::index_bits(cosim_pkg::ceil_divide(MaxDimension, Columns)),
  /// Bits of the index of a slice in a word of probabilities. Derived, do not overwrite.
  localparam int unsigned SliceBits = cosim_pkg::index_bits(Slots * Columns / Depth),
  /// Bits of a number of elements in a pass. Derived, do not overwrite.
  localparam int unsigned LaneBits = cosim_pkg::value_bits(64'(Columns))
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,

  // Tiles of the scores.
  output logic                     list_space_o,
  input  logic                     list_i,
  input  logic [BlockBits-1:0]     list_block_i,
  input  logic [SlotBits-1:0]      list_slot_i,
  input  logic [AddressBits-1:0]   list_index_i,
  input  logic                     block_i,
  input  logic [RowCountBits-1:0]  block_rows_i,
  input  logic [DimensionBits-1:0] block_dimension_i,
  input  logic [TokenBits-1:0]     block_needed_i,
  input  logic                     block_head_last_i,

  // What the next block needs.
  output logic                     values_bank_o,
  output logic [TokenBits-1:0]     values_needed_o,
  input  logic                     values_ready_i,
  output logic                     values_finish_o,
  input  logic                     probs_ready_i,
  input  logic [AddressBits-1:0]   probs_words_i,
  output logic                     probs_finish_o,
  input  logic                     space_i,

  // Steps.
  output logic                     valid_o,
  input  logic                     take_i,
  output logic                     first_o,
  output logic                     last_o,

  // Their words, a cycle later.
  output logic [AddressBits-1:0]   address_o,
  output logic [SliceBits-1:0]     slice_o,
  output logic                     value_bank_o,
  output logic [StepBits-1:0]      value_step_o,
  output logic [PartBits-1:0]      value_part_o,

  // Elements that are on their way.
  output logic                     issued_o,
  output logic                     block_last_o,
  output logic                     head_last_o,
  output logic [RowCountBits-1:0]  rows_o,
  output logic [PartBits-1:0]      part_o,
  output logic [LaneBits-1:0]      elements_o
);

  localparam int unsigned OffsetBits =
      cosim_pkg::value_bits(64'(MaxDimension) + 64'(Columns));
  localparam int unsigned Steps = Columns / Depth;
  localparam int unsigned TileStepBits = cosim_pkg::index_bits(Steps);
  localparam int unsigned ListBits = cosim_pkg::index_bits(ListWords);
  localparam int unsigned CountBits = ListBits + 1;
  localparam int unsigned EntryBits = BlockBits + SlotBits + AddressBits;
  localparam int unsigned InfoBits = CountBits + RowCountBits + DimensionBits + TokenBits + 1;
  localparam logic [TileStepBits-1:0] LastStep = TileStepBits'(Steps - 1);

  // The list.

  (* ram_style = "auto" *)
  logic [EntryBits-1:0]   list [ListWords];
  logic [EntryBits-1:0]   entry_q;
  logic [BlockBits-1:0]   entry_block;
  logic [SlotBits-1:0]    entry_slot;
  logic [AddressBits-1:0] entry_index;
  logic [ListBits-1:0]    write_d, write_q, base_d, base_q, list_address;
  logic [CountBits-1:0]   used_d, used_q, count_d, count_q, listed;

  // The block.

  logic                     info_valid, infos_ready;
  logic [CountBits-1:0]     info_count;
  logic [DimensionBits-1:0] info_dimension;

  logic                   bank_d, bank_q, block_done, last_part;
  logic [CountBits-1:0]   tile_d, tile_q;
  logic [TileStepBits-1:0] step_d, step_q;
  logic [PartBits-1:0]    part_d, part_q;
  logic [OffsetBits-1:0]  offset_d, offset_q, next_offset;
  logic [AddressBits-1:0] probs_base_d, probs_base_q;

  assign listed = count_q + 1'b1;

  stream_fifo #(
    .Width(InfoBits),
    .Depth(ListWords)
  ) u_infos (
    .clk_i,
    .rst_ni,
    .in_valid_i (block_i),
    .in_ready_o (infos_ready),
    .in_data_i  ({listed, block_rows_i, block_dimension_i, block_needed_i, block_head_last_i}),
    .out_valid_o(info_valid),
    .out_ready_i(block_done),
    .out_data_o ({info_count, rows_o, info_dimension, values_needed_o, head_last_o})
  );

  assign valid_o     = info_valid && probs_ready_i && values_ready_i && space_i;
  assign first_o     = tile_q == '0 && step_q == '0;
  assign last_o      = tile_q + 1'b1 == info_count && step_q == LastStep;
  assign issued_o    = take_i && last_o;
  assign next_offset = offset_q + OffsetBits'(Columns);
  assign last_part   = next_offset >= OffsetBits'(info_dimension);
  assign block_done  = issued_o && last_part;

  always_comb begin
    write_d      = write_q;
    base_d       = base_q;
    used_d       = used_q;
    count_d      = count_q;
    bank_d       = bank_q;
    tile_d       = tile_q;
    step_d       = step_q;
    part_d       = part_q;
    offset_d     = offset_q;
    probs_base_d = probs_base_q;
    if (list_i) begin
      write_d = write_q + 1'b1;
      used_d  = used_d + 1'b1;
      count_d = block_i ? '0 : listed;
    end
    if (take_i) begin
      step_d = step_q + 1'b1;
      if (step_q == LastStep) begin
        step_d = '0;
        tile_d = tile_q + 1'b1;
      end
    end
    if (issued_o) begin
      tile_d   = '0;
      part_d   = part_q + 1'b1;
      offset_d = next_offset;
    end
    if (block_done) begin
      part_d       = '0;
      offset_d     = '0;
      base_d       = base_q + ListBits'(info_count);
      used_d       = used_d - info_count;
      probs_base_d = probs_base_q + probs_words_i;
      if (head_last_o) bank_d = !bank_q;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      write_q      <= '0;
      base_q       <= '0;
      used_q       <= '0;
      count_q      <= '0;
      bank_q       <= 1'b0;
      tile_q       <= '0;
      step_q       <= '0;
      part_q       <= '0;
      offset_q     <= '0;
      probs_base_q <= '0;
    end else begin
      write_q      <= write_d;
      base_q       <= base_d;
      used_q       <= used_d;
      count_q      <= count_d;
      bank_q       <= bank_d;
      tile_q       <= tile_d;
      step_q       <= step_d;
      part_q       <= part_d;
      offset_q     <= offset_d;
      probs_base_q <= probs_base_d;
    end
  end

  always_ff @(posedge clk_i) begin
    if (list_i) list[write_q] <= {list_block_i, list_slot_i, list_index_i};
  end

  assign list_address = base_q + ListBits'(tile_q);

  always_ff @(posedge clk_i) entry_q <= list[list_address];

  assign {entry_block, entry_slot, entry_index} = entry_q;

  // The cycle after the step.

  logic [AddressBits-1:0]  step_base_q;
  logic [TileStepBits-1:0] step_step_q;
  logic [PartBits-1:0]     step_part_q;
  logic                    step_bank_q;

  always_ff @(posedge clk_i) begin
    step_base_q <= probs_base_q;
    step_step_q <= step_q;
    step_part_q <= part_q;
    step_bank_q <= bank_q;
  end

  assign address_o    = step_base_q + entry_index;
  assign value_bank_o = step_bank_q;
  assign value_part_o = step_part_q;

  if (Steps == 1) begin : gen_single_step
    logic unused_step;
    assign unused_step  = step_step_q[0];
    assign value_step_o = StepBits'(entry_block);
    assign slice_o      = SliceBits'(entry_slot);
  end else begin : gen_steps
    assign value_step_o = StepBits'(entry_block) * StepBits'(Steps) + StepBits'(step_step_q);
    assign slice_o      = SliceBits'(entry_slot) * SliceBits'(Steps) + SliceBits'(step_step_q);
  end

  assign list_space_o    = used_q != CountBits'(ListWords);
  assign values_bank_o   = bank_q;
  assign values_finish_o = block_done && head_last_o;
  assign probs_finish_o  = block_done;
  assign block_last_o    = last_part;
  assign part_o          = part_q;
  assign elements_o      = last_part ? LaneBits'(info_dimension) - LaneBits'(offset_q)
                                    : LaneBits'(Columns);

`ifdef SYNTHESIS
  logic unused_infos_ready;
  assign unused_infos_ready = infos_ready;
`endif

  `ASSERT_PARAMETER(Columns, Columns == Steps * Depth, "Columns must be a multiple of Depth")
  `ASSERT_PARAMETER(ListWords, ListWords >= 2 && ListWords == 1 << $clog2(ListWords),
                    "ListWords must be a power of two, 2 or more")
  `ASSERT(ListsOnlyWhereSpaceIs, list_i |-> list_space_o)
  `ASSERT(BlockEndsWithATile, block_i |-> list_i)
  `ASSERT(BlockHasAPlace, block_i |-> infos_ready)
  `ASSERT(TakesOnlyWhatIsValid, take_i |-> valid_o)

endmodule
