`include "cosim_assert.svh"

/// Two tiles of activations, one that is read while the other one is filled. A tile is up to Words
/// words of Banks x Width bits; `in` writes all banks of a word, word 0 first, `in_last_i` with the
/// last one. Each bank is read by itself, at any address of its present tile, which is there while
/// `present_o`; `release_i` ends the tile for that bank, in the same cycle as its last read or
/// later. A half is filled again when every bank has released it, so banks may be a tile apart.
/// Data follow their address by one cycle, and stay until the next read.
module activation_buffer #(
  /// Words that are read independently of each other, 1 or more.
  parameter int unsigned Banks = 4,
  /// Bits of a bank's word, 1 or more.
  parameter int unsigned Width = 64,
  /// Words of a tile, 1 or more.
  parameter int unsigned Words = 256,
  localparam int unsigned AddressBits = cosim_pkg::index_bits(Words)
) (
  input  logic                              clk_i,
  input  logic                              rst_ni,

  input  logic                              in_valid_i,
  output logic                              in_ready_o,
  input  logic [Banks-1:0][Width-1:0]       in_data_i,
  input  logic                              in_last_i,

  output logic [Banks-1:0]                  present_o,
  input  logic [Banks-1:0]                  read_i,
  input  logic [Banks-1:0][AddressBits-1:0] address_i,
  output logic [Banks-1:0][Width-1:0]       data_o,
  input  logic [Banks-1:0]                  release_i
);

  logic                   write, fill_half_d, fill_half_q;
  logic [AddressBits-1:0] fill_address_d, fill_address_q;
  logic [Banks-1:0]       full;

  assign in_ready_o = full == '0;
  assign write      = in_valid_i && in_ready_o;

  always_comb begin
    fill_half_d    = fill_half_q;
    fill_address_d = fill_address_q;
    if (write) begin
      fill_half_d    = fill_half_q ^ in_last_i;
      fill_address_d = in_last_i ? '0 : fill_address_q + 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      fill_half_q    <= 1'b0;
      fill_address_q <= '0;
    end else begin
      fill_half_q    <= fill_half_d;
      fill_address_q <= fill_address_d;
    end
  end

  for (genvar b = 0; b < Banks; b++) begin : gen_bank
    (* ram_style = "auto" *)
    logic [Width-1:0] memory [2 << AddressBits];
    logic [Width-1:0] data_q;
    logic             half_q;
    logic [1:0]       tiles_d, tiles_q;

    assign tiles_d = tiles_q + 2'(write && in_last_i) - 2'(release_i[b]);

    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        tiles_q <= '0;
        half_q  <= 1'b0;
      end else begin
        tiles_q <= tiles_d;
        half_q  <= half_q ^ release_i[b];
      end
    end

    always_ff @(posedge clk_i) begin
      if (write) memory[{fill_half_q, fill_address_q}] <= in_data_i[b];
    end

    always_ff @(posedge clk_i) begin
      if (read_i[b]) data_q <= memory[{half_q, address_i[b]}];
    end

    assign full[b]      = tiles_q == 2'd2;
    assign present_o[b] = tiles_q != 2'd0;
    assign data_o[b]    = data_q;

    `ASSERT(ReadsOnlyWhatIsThere, read_i[b] |-> present_o[b])
    `ASSERT(ReleasesOnlyWhatIsThere, release_i[b] |-> present_o[b])
  end

  `ASSERT_PARAMETER(Banks, Banks >= 1, "Banks must be at least 1")
  `ASSERT_PARAMETER(Width, Width >= 1, "Width must be at least 1")
  `ASSERT_PARAMETER(Words, Words >= 1, "Words must be at least 1")
  `ASSERT(TileFits, write |-> 32'(fill_address_q) < Words)

endmodule
