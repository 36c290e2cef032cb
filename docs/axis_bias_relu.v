// Adds a bias to the bytes of a stream, in two's complement, and clips the sums to 0..127.
module axis_bias_relu #(
  parameter DATA_WIDTH = 32
) (
  input                         aclk,
  input                         aresetn,
  input  signed [7:0]           bias,
  input  [DATA_WIDTH-1:0]       s_axis_tdata,
  input  [DATA_WIDTH/8-1:0]     s_axis_tkeep,
  input                         s_axis_tvalid,
  output                        s_axis_tready,
  input                         s_axis_tlast,
  input                         s_axis_tuser,
  output reg [DATA_WIDTH-1:0]   m_axis_tdata,
  output reg [DATA_WIDTH/8-1:0] m_axis_tkeep,
  output reg                    m_axis_tvalid,
  input                         m_axis_tready,
  output reg                    m_axis_tlast,
  output reg                    m_axis_tuser
);
  integer i;
  reg signed [9:0] sum;

  assign s_axis_tready = m_axis_tready | ~m_axis_tvalid;

  always @(posedge aclk)
    if (!aresetn)
      m_axis_tvalid <= 0;
    else if (s_axis_tready) begin
      m_axis_tvalid <= s_axis_tvalid;
      m_axis_tkeep <= s_axis_tkeep;
      m_axis_tlast <= s_axis_tlast;
      m_axis_tuser <= s_axis_tuser;
      for (i = 0; i < DATA_WIDTH/8; i = i + 1) begin
        sum = $signed(s_axis_tdata[8*i +: 8]) + bias;
        m_axis_tdata[8*i +: 8] <= sum < 0 ? 0 : sum > 127 ? 127 : sum[7:0];
      end
    end
endmodule
