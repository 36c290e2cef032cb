`include "cosim_assert.svh"

/// First in, first out: Depth beats in a memory with one write and one registered read port (block
/// RAM), and one more in the memory's read register, which is the output.
/// One beat in `in` is one beat in `out`, Width bits, unchanged and in order.
/// Latency 2 cycles; one beat a cycle from Depth 2 on; `in_ready_o` does not depend on
/// `out_ready_i`.
module stream_fifo #(
  /// Bits of payload, 1 or more.
  parameter int unsigned Width = 8,
  /// Beats that the memory holds, 1 or more, not necessarily a power of two.
  parameter int unsigned Depth = 16
) (
  input  logic             clk_i,
  input  logic             rst_ni,

  input  logic             in_valid_i,
  output logic             in_ready_o,
  input  logic [Width-1:0] in_data_i,

  output logic             out_valid_o,
  input  logic             out_ready_i,
  output logic [Width-1:0] out_data_o
);

  localparam int unsigned AddressBits = cosim_pkg::index_bits(Depth);
  localparam int unsigned CountBits = cosim_pkg::value_bits(64'(Depth));
  localparam logic [AddressBits-1:0] LastAddress = AddressBits'(Depth - 1);
  localparam logic [CountBits-1:0] FullCount = CountBits'(Depth);

  (* ram_style = "auto" *)
  logic [Width-1:0]       memory [Depth];
  logic [Width-1:0]       out_data_q;
  logic [AddressBits-1:0] write_address_d, write_address_q;
  logic [AddressBits-1:0] read_address_d, read_address_q;
  logic [CountBits-1:0]   count_d, count_q;
  logic                   out_valid_d, out_valid_q;
  logic                   write, read;

  assign write = in_valid_i && in_ready_o;
  assign read  = count_q != '0 && (!out_valid_q || out_ready_i);

  always_comb begin
    write_address_d = write_address_q;
    read_address_d  = read_address_q;
    count_d         = count_q;
    out_valid_d     = read || (out_valid_q && !out_ready_i);
    if (write) begin
      write_address_d = write_address_q == LastAddress ? '0 : write_address_q + 1'b1;
    end
    if (read) begin
      read_address_d = read_address_q == LastAddress ? '0 : read_address_q + 1'b1;
    end
    if (write && !read) count_d = count_q + 1'b1;
    if (read && !write) count_d = count_q - 1'b1;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      write_address_q <= '0;
      read_address_q  <= '0;
      count_q         <= '0;
      out_valid_q     <= 1'b0;
    end else begin
      write_address_q <= write_address_d;
      read_address_q  <= read_address_d;
      count_q         <= count_d;
      out_valid_q     <= out_valid_d;
    end
  end

  always_ff @(posedge clk_i) begin
    if (write) memory[write_address_q] <= in_data_i;
  end

  always_ff @(posedge clk_i) begin
    if (read) out_data_q <= memory[read_address_q];
  end

  assign in_ready_o  = count_q != FullCount;
  assign out_valid_o = out_valid_q;
  assign out_data_o  = out_data_q;

  `ASSERT_PARAMETER(Width, Width >= 1, "Width must be at least 1")
  `ASSERT_PARAMETER(Depth, Depth >= 1, "Depth must be at least 1")
  `ASSERT_STREAM(in, in_valid_i, in_ready_o, in_data_i)
  `ASSERT_STREAM(out, out_valid_o, out_ready_i, out_data_o)
  `ASSERT(CountInRange, count_q <= FullCount)

endmodule
