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

  @Test func `inputs that wait for each other are refused`() async {
    let text = await refusal(
      .outer.with("valid: go\n    after: sums", "valid: go\n    after: steps"))
    #expect(text.hasSuffix(": no beat could ever cross: go after steps after go"))
    let unknown = await refusal(.outer.with("after: go", "after: start"))
    #expect(unknown.contains("'start'") && unknown.contains("'after'"))
  }

  @Test func `lanes that one mark cannot mean are refused`() async {
    let text = await refusal(
      .outer.with("    last: step_last", "    keep: step\n    last: step_last"))
    #expect(
      text.hasSuffix(
        ": the fields of 'steps' have different numbers of lanes, which one 'keep' cannot mark"))
  }

  @Test func `a length that parameters do not give is refused`() async {
    let text = await refusal(.outer.with("R: R, C: C", "R: R, C: C - 3"))
    #expect(text.contains("the length 'C - 3' of C is none with C=3, R=2, W=8"))
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
