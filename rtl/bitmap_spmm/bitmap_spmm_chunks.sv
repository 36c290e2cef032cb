`include "cosim_assert.svh"

/// Cuts bitmaps into the chunks of `bitmap_spmm`'s lanes, and says where rows and tiles end.
/// A beat is Lanes * Window places of one row of weights, place 0 in the low bit: place p is bit
/// p / Lanes of the chunk of lane p mod Lanes. Places at and behind k are cut off, whatever they
/// hold. Every tile of Rows rows of activations takes all n rows of weights.
/// One beat a cycle. All lanes take their chunks together.
module bitmap_spmm_chunks #(
  /// Rows of activations in a tile.
  parameter int unsigned Rows = 16,
  /// Lanes, a power of two.
  parameter int unsigned Lanes = 4,
  /// Places of a chunk, a power of two.
  parameter int unsigned Window = 16,
  /// Bits of a chunk's number in its row.
  parameter int unsigned ChunkBits = 4,
  /// Bits of m, n and k.
  parameter int unsigned ExtentBits = 17
) (
  input  logic                                clk_i,
  input  logic                                rst_ni,

  input  logic                                shape_valid_i,
  output logic                                shape_ready_o,
  input  logic [ExtentBits-1:0]               shape_m_i,
  input  logic [ExtentBits-1:0]               shape_n_i,
  input  logic [ExtentBits-1:0]               shape_k_i,

  input  logic                                bitmap_valid_i,
  output logic                                bitmap_ready_o,
  input  logic [Lanes*Window-1:0]             bitmap_data_i,

  output logic                                chunk_valid_o,
  input  logic                                chunk_ready_i,
  output logic [Lanes-1:0][Window-1:0]        chunk_bits_o,
  output logic [ChunkBits-1:0]                chunk_number_o,
  output logic                                chunk_row_end_o,
  output logic                                chunk_tile_end_o
);

  localparam int unsigned Places = Lanes * Window;

  logic [ExtentBits-1:0] rows_done_d, rows_done_q, weights_done_d, weights_done_q;
  logic [ExtentBits-1:0] places_done_d, places_done_q, places_left;
  logic [ChunkBits-1:0]  number_d, number_q;
  logic                  move, is_last_tile;
  logic [Places-1:0]     bits;

  assign places_left      = shape_k_i - places_done_q;
  assign chunk_row_end_o  = places_left <= ExtentBits'(Places);
  assign chunk_tile_end_o = chunk_row_end_o && weights_done_q + 1'b1 == shape_n_i;
  assign is_last_tile     = shape_m_i - rows_done_q <= ExtentBits'(Rows);

  assign chunk_valid_o  = bitmap_valid_i && shape_valid_i;
  assign move           = chunk_valid_o && chunk_ready_i;
  assign bitmap_ready_o = shape_valid_i && chunk_ready_i;
  assign shape_ready_o  = move && chunk_tile_end_o && is_last_tile;
  assign chunk_number_o = number_q;

  for (genvar i = 0; i < Places; i++) begin : gen_place
    assign bits[i] = bitmap_data_i[i] && ExtentBits'(i) < places_left;
    assign chunk_bits_o[i%Lanes][i/Lanes] = bits[i];
  end

  always_comb begin
    rows_done_d    = rows_done_q;
    weights_done_d = weights_done_q;
    places_done_d  = places_done_q;
    number_d       = number_q;
    if (move) begin
      places_done_d = places_done_q + ExtentBits'(Places);
      number_d      = number_q + 1'b1;
      if (chunk_row_end_o) begin
        places_done_d  = '0;
        number_d       = '0;
        weights_done_d = weights_done_q + 1'b1;
      end
      if (chunk_tile_end_o) begin
        weights_done_d = '0;
        rows_done_d    = is_last_tile ? '0 : rows_done_q + ExtentBits'(Rows);
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      rows_done_q    <= '0;
      weights_done_q <= '0;
      places_done_q  <= '0;
      number_q       <= '0;
    end else begin
      rows_done_q    <= rows_done_d;
      weights_done_q <= weights_done_d;
      places_done_q  <= places_done_d;
      number_q       <= number_d;
    end
  end

endmodule
