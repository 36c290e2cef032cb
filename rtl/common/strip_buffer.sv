`include "cosim_assert.svh"

/// Keeps strips of words in a ring, and gives each strip as often as its reader wants. A strip is
/// as many words as the reader says; strips follow each other without gaps or marks.
/// The reader takes the next word of its pass with `read_i`, only while `available_o`; it is in
/// `data_o` from the next cycle on until the one after the next read. With the strip's last word
/// comes `pass_end_i`: the next pass begins, over the same strip, or over the next one if this was
/// the strip's last pass, which `release_i` says with each of its words: their places are free
/// again. A word can be read in the cycle after it was written, so that the first pass need not
/// wait for a whole strip, and later strips arrive while one is read: with Words twice the longest
/// strip, words that come one a cycle are never waited for once the first has come.
/// One word in and one out each cycle. `in_ready_o` and `available_o` depend on registers only.
module strip_buffer #(
  /// Bits of a word, 1 or more.
  parameter int unsigned Width = 256,
  /// Words that the ring holds, the longest strip or more, at least 2.
  parameter int unsigned Words = 512
) (
  input  logic             clk_i,
  input  logic             rst_ni,

  // Input stream.
  input  logic             in_valid_i,
  output logic             in_ready_o,
  input  logic [Width-1:0] in_data_i,

  // Reader.
  output logic             available_o,
  input  logic             read_i,
  input  logic             pass_end_i,
  input  logic             release_i,
  output logic [Width-1:0] data_o
);

  localparam int unsigned AddressBits = cosim_pkg::index_bits(Words);
  localparam int unsigned CountBits = cosim_pkg::value_bits(64'(Words));
  localparam logic [AddressBits-1:0] LastAddress = AddressBits'(Words - 1);
  localparam logic [CountBits-1:0] FullCount = CountBits'(Words);

  (* ram_style = "auto" *)
  logic [Width-1:0]       memory [Words];
  logic [Width-1:0]       data_q;
  logic [AddressBits-1:0] write_address_d, write_address_q;
  logic [AddressBits-1:0] read_address_d, read_address_q, following_address;
  logic [AddressBits-1:0] strip_address_d, strip_address_q;
  // Words in the ring; of these, those that this pass has yet to read, and those that it has read.
  logic [CountBits-1:0]   used_d, used_q, ahead_d, ahead_q, behind_d, behind_q;
  logic                   write;

  assign write = in_valid_i && in_ready_o;

  assign following_address = read_address_q == LastAddress ? '0 : read_address_q + 1'b1;

  always_comb begin
    write_address_d = write_address_q;
    read_address_d  = read_address_q;
    strip_address_d = strip_address_q;
    used_d          = used_q;
    ahead_d         = ahead_q;
    behind_d        = behind_q;
    if (write) begin
      write_address_d = write_address_q == LastAddress ? '0 : write_address_q + 1'b1;
    end
    if (write && !(read_i && release_i)) used_d = used_q + 1'b1;
    if (!write && read_i && release_i) used_d = used_q - 1'b1;
    if (write && !read_i) ahead_d = ahead_q + 1'b1;
    if (!write && read_i) ahead_d = ahead_q - 1'b1;
    if (read_i) begin
      read_address_d = following_address;
      behind_d       = behind_q + 1'b1;
    end
    if (read_i && pass_end_i) begin
      behind_d = '0;
      if (release_i) begin
        strip_address_d = following_address;
      end else begin
        read_address_d = strip_address_q;
        ahead_d        = ahead_q + behind_q + CountBits'(write);
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      write_address_q <= '0;
      read_address_q  <= '0;
      strip_address_q <= '0;
      used_q          <= '0;
      ahead_q         <= '0;
      behind_q        <= '0;
    end else begin
      write_address_q <= write_address_d;
      read_address_q  <= read_address_d;
      strip_address_q <= strip_address_d;
      used_q          <= used_d;
      ahead_q         <= ahead_d;
      behind_q        <= behind_d;
    end
  end

  always_ff @(posedge clk_i) begin
    if (write) memory[write_address_q] <= in_data_i;
  end

  always_ff @(posedge clk_i) begin
    if (read_i) data_q <= memory[read_address_q];
  end

  assign in_ready_o  = used_q != FullCount;
  assign available_o = ahead_q != '0;
  assign data_o      = data_q;

  `ASSERT_PARAMETER(Width, Width >= 1, "Width must be at least 1")
  `ASSERT_PARAMETER(Words, Words >= 2, "Words must be at least 2")
  `ASSERT(ReadsOnlyWhatIsAvailable, read_i |-> available_o)
  `ASSERT(CountsInRange, ahead_q <= used_q && used_q <= FullCount)
  `ASSERT(StripFits, ahead_q == '0 |-> behind_q < FullCount || used_q != FullCount)

endmodule
