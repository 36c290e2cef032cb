`ifndef FIFO_READY_GATE
`define FIFO_READY_GATE
`endif
`ifndef KEEP_VALID
`define KEEP_VALID ~m_axis_tready
`endif
