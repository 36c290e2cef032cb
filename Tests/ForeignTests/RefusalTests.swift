import Lockstep
import Testing

/// Manifests that do not fit their design.
@Suite struct RefusalTests {
  private func refusal(_ design: Design) async -> String {
    do {
      return "no refusal: \(try await design.verify([.none]).allFindings)"
    } catch {
      return "\(error)"
    }
  }

  @Test func `an input that the manifest does not name is refused`() async {
    let text = await refusal(
      .bridge.with("  - {name: rrst_n, active: low, cycles: 6, kind: asynchronous}\n", ""))
    #expect(
      text.hasPrefix("connecting 'clock_bridge': nothing drives its input 'rrst_n'. Name it in"))
    #expect(text.contains("or with a value under 'ties'."))
  }

  @Test func `a port that is wider than its lanes is refused`() async {
    let text = await refusal(.bridge.with("{port: wdata, bits: 12,", "{port: wdata, bits: 11,"))
    #expect(
      text
        == "port 'wdata' of device 'clock_bridge' has 12 bits, of which the fields of the manifest "
        + "account for 11. Where lanes are padded, give them a 'pitch'; bits without meaning are another "
        + "field.")
  }

  @Test func `a port that is narrower than its lanes is refused`() async {
    let text = await refusal(.bridge.with("{port: rdata, bits: 12,", "{port: rdata, bits: 13,"))
    #expect(
      text.contains("port 'rdata' of device 'clock_bridge' has 12 bits, but 13 bits are expected"))
  }

  @Test func `an inout port is refused with the reason`() async {
    let text = await refusal(
      .bridge.with("output [W-1:0] rdata, output", "inout pad, output [W-1:0] rdata, output"))
    #expect(
      text
        == "connecting 'clock_bridge': its port 'pad' is inout, and a simulation of two states cannot "
        + "tell who drives it. Wrap the design in a module with an input, an output and an enable in its "
        + "place.")
  }

  @Test func `a register that is never acknowledged ends the run with its address`() async {
    let text = await refusal(.scaler.with("reg_ack <= reg_we & ~reg_ack", "reg_ack <= 0"))
    #expect(text == "writing register 0x10 of 'scale_unit': no acknowledgement for 1000 cycles")
  }
}
