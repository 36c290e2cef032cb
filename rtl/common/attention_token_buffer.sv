`include "cosim_assert.svh"

/// The keys or the values of two heads: one fills, token after token, while the other is read.
/// A head is announced by a beat of `head` and comes as its tokens in order, each
/// ceil(dimension / Elements) beats of Elements elements; where dimension is no multiple of
/// Elements, the last of them holds arbitrary elements besides. A read gives a word: one such beat
/// of each of Tokens neighbouring tokens, data_o[t][e] = element part_i * Elements + e of token
/// block_i * Tokens + t of the head in bank_i, and anything where that has not come or does not
/// exist.
/// The reader takes heads in order and from alternate banks, beginning with bank 0. `ready_o` says
/// that the first needed_i tokens of the head in bank_i are there. `finish_i` frees bank_i, whose
/// tokens must all have come; a read in the next cycle still gives that head's.
/// One beat a cycle within a head and a cycle between heads; a read takes 1 cycle.
module attention_token_buffer #(
  /// Tokens in a word, 1 or more.
  parameter int unsigned Tokens = 8,
  /// Elements of a token in a beat, 1 or more.
  parameter int unsigned Elements = 8,
  /// Tokens of the longest head, 1 or more.
  parameter int unsigned MaxTokens = 512,
  /// Elements of the longest token, 1 or more.
  parameter int unsigned MaxDimension = 64,
  /// Bits of a number of tokens. Derived, do not overwrite.
  localparam int unsigned TokenBits = cosim_pkg::value_bits(64'(MaxTokens)),
  /// Bits of a number of elements. Derived, do not overwrite.
  localparam int unsigned DimensionBits = cosim_pkg::value_bits(64'(MaxDimension)),
  /// Bits of a word's index along the tokens. Derived, do not overwrite.
  localparam int unsigned BlockBits =
      cosim_pkg::index_bits(cosim_pkg::ceil_divide(MaxTokens, Tokens)),
  /// Bits of a word's index along the elements. Derived, do not overwrite.
  localparam int unsigned PartBits =
      cosim_pkg::index_bits(cosim_pkg::ceil_divide(MaxDimension, Elements))
) (
  input  logic                                clk_i,
  input  logic                                rst_ni,

  // Heads to come.
  input  logic                                head_valid_i,
  output logic                                head_ready_o,
  input  logic [TokenBits-1:0]                head_tokens_i,
  input  logic [DimensionBits-1:0]            head_dimension_i,

  // Their tokens.
  input  logic                                in_valid_i,
  output logic                                in_ready_o,
  input  logic [Elements-1:0][7:0]            in_data_i,

  // The head that is read.
  input  logic                                bank_i,
  input  logic [TokenBits-1:0]                needed_i,
  output logic                                ready_o,
  input  logic                                finish_i,

  // Reads.
  input  logic                                read_bank_i,
  input  logic [BlockBits-1:0]                block_i,
  input  logic [PartBits-1:0]                 part_i,
  output logic [Tokens-1:0][Elements-1:0][7:0] data_o
);

  localparam int unsigned OffsetBits =
      cosim_pkg::value_bits(64'(MaxDimension) + 64'(Elements));
  localparam int unsigned LaneBits = cosim_pkg::index_bits(Tokens);
  localparam int unsigned AddressBits = 1 + BlockBits + PartBits;
  localparam logic [LaneBits-1:0] LastLane = LaneBits'(Tokens - 1);

  logic                      busy_d, busy_q, bank_d, bank_q;
  logic [1:0]                used_d, used_q;
  logic [1:0][TokenBits-1:0] loaded_d, loaded_q;
  logic [TokenBits-1:0]      tokens_d, tokens_q;
  logic [DimensionBits-1:0]  dimension_d, dimension_q;
  logic [OffsetBits-1:0]     offset_d, offset_q, next_offset;
  logic [LaneBits-1:0]       lane_d, lane_q;
  logic [BlockBits-1:0]      block_d, block_q;
  logic [PartBits-1:0]       part_d, part_q;
  logic                      start, write, last_part, last_token;
  logic [AddressBits-1:0]    write_address, read_address;

  assign head_ready_o = !busy_q && !used_q[bank_q];
  assign start        = head_valid_i && head_ready_o;
  assign in_ready_o   = busy_q;
  assign write        = in_valid_i && in_ready_o;

  assign next_offset = offset_q + OffsetBits'(Elements);
  assign last_part   = next_offset >= OffsetBits'(dimension_q);
  assign last_token  = loaded_q[bank_q] + 1'b1 == tokens_q;

  always_comb begin
    busy_d      = busy_q;
    bank_d      = bank_q;
    used_d      = used_q;
    loaded_d    = loaded_q;
    tokens_d    = tokens_q;
    dimension_d = dimension_q;
    offset_d    = offset_q;
    lane_d      = lane_q;
    block_d     = block_q;
    part_d      = part_q;
    if (finish_i) begin
      used_d[bank_i]   = 1'b0;
      loaded_d[bank_i] = '0;
    end
    if (start) begin
      busy_d         = 1'b1;
      used_d[bank_q] = 1'b1;
      tokens_d       = head_tokens_i;
      dimension_d    = head_dimension_i;
      offset_d       = '0;
      lane_d         = '0;
      block_d        = '0;
      part_d         = '0;
    end
    if (write) begin
      offset_d = last_part ? '0 : next_offset;
      part_d   = last_part ? '0 : part_q + 1'b1;
      if (last_part) begin
        loaded_d[bank_q] = loaded_q[bank_q] + 1'b1;
        lane_d           = lane_q == LastLane ? '0 : lane_q + 1'b1;
        if (lane_q == LastLane) block_d = block_q + 1'b1;
        if (last_token) begin
          busy_d = 1'b0;
          bank_d = !bank_q;
        end
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      busy_q   <= 1'b0;
      bank_q   <= 1'b0;
      used_q   <= '0;
      loaded_q <= '0;
    end else begin
      busy_q   <= busy_d;
      bank_q   <= bank_d;
      used_q   <= used_d;
      loaded_q <= loaded_d;
    end
  end

  always_ff @(posedge clk_i) begin
    tokens_q    <= tokens_d;
    dimension_q <= dimension_d;
    offset_q    <= offset_d;
    lane_q      <= lane_d;
    block_q     <= block_d;
    part_q      <= part_d;
  end

  assign ready_o       = loaded_q[bank_i] >= needed_i;
  assign write_address = {bank_q, block_q, part_q};
  assign read_address  = {read_bank_i, block_i, part_i};

  for (genvar t = 0; t < Tokens; t++) begin : gen_token
    (* ram_style = "auto" *)
    logic [Elements*8-1:0] memory [1 << AddressBits];
    logic [Elements*8-1:0] data_q;

    always_ff @(posedge clk_i) begin
      if (write && lane_q == LaneBits'(t)) memory[write_address] <= in_data_i;
    end

    always_ff @(posedge clk_i) data_q <= memory[read_address];

    assign data_o[t] = data_q;
  end

  `ASSERT(HeadHasTokens, head_valid_i |-> head_tokens_i != '0)
  `ASSERT(HeadHasElements, head_valid_i |-> head_dimension_i != '0)
  `ASSERT(HeadIsNotTooLong, head_valid_i |-> head_tokens_i <= TokenBits'(MaxTokens))
  `ASSERT(TokenIsNotTooLong, head_valid_i |-> head_dimension_i <= DimensionBits'(MaxDimension))
  `ASSERT(FinishesWhatHasCome, finish_i |-> used_q[bank_i] && !(busy_q && bank_i == bank_q))

endmodule
