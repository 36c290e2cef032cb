// Assertion macros, and the rules that every module under rtl/ keeps.
//
// Reset. `rst_ni` is active low and synchronous in the whole tree: every register with control
// meaning is cleared by a rising edge of `clk_i` while `rst_ni` is low, and one edge is enough. A
// register that only carries data may stay unreset when a reset valid bit decides whether the data
// is looked at.
//
// Stream rule. A beat moves on a rising edge of `clk_i` with both valid and ready. Once valid, a
// stream stays valid and holds its payload until the beat has moved. Valid never waits for ready.
//
// The clocked macros read `clk_i` and `rst_ni` of the module they stand in, say nothing during
// reset, and vanish under SYNTHESIS. `ASSERT_PARAMETER` also guards synthesis.

`ifndef COSIM_ASSERT_SVH
`define COSIM_ASSERT_SVH

/// Refuses to elaborate a configuration for which `condition_` is false. `message_` is a string
/// literal that names the parameter and its range. Stands among the module's items.
`define ASSERT_PARAMETER(name_, condition_, message_) \
  if (!(condition_)) begin : gen_refused_``name_ \
    $fatal(1, message_); \
  end

`ifdef SYNTHESIS

`define ASSERT(name_, property_)
`define ASSERT_STREAM(name_, valid_, ready_, payload_)

`else

/// `property_` holds on every rising edge outside reset.
`define ASSERT(name_, property_) \
  name_: assert property (@(posedge clk_i) disable iff (!rst_ni) (property_)) \
      else $error("%m does not hold");

/// The stream rule. `payload_` is every payload field of the stream, concatenated.
`define ASSERT_STREAM(name_, valid_, ready_, payload_) \
  name_``_valid_kept: assert property (@(posedge clk_i) disable iff (!rst_ni) \
      ((rst_ni && (valid_) && !(ready_)) |=> (valid_))) \
      else $error("%m: valid was withdrawn before ready"); \
  name_``_payload_held: assert property (@(posedge clk_i) disable iff (!rst_ni) \
      ((rst_ni && (valid_) && !(ready_)) |=> $stable(payload_))) \
      else $error("%m: the payload changed before ready");

`endif  // SYNTHESIS

`endif  // COSIM_ASSERT_SVH
