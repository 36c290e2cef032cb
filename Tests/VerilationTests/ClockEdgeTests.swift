import Devices
import Testing
import Verilation

/// What a rising edge settles, and what it leaves out.
@Suite struct ClockEdgeTests {
  /// An accumulator of twice its input, which is also an output.
  private static func accumulator(_ name: String, twice: String) -> String {
    """
    module \(name) (
      input logic clk_i, input logic [7:0] value_i,
      output logic [7:0] twice_o, output logic [7:0] sum_o
    );
      logic [7:0] sum_q = 8'd0;
      assign twice_o = \(twice);
      assign sum_o = sum_q;
      always_ff @(posedge clk_i) sum_q <= sum_q + (value_i << 1);
    endmodule

    """
  }

  @Test func `a clock edge leaves out what depends on inputs alone, and nothing else`() async throws
  {
    let library = try await Shared.device(
      "accumulator", Self.accumulator("accumulator", twice: "value_i << 1"))
    let device = try Device(library)
    let clock = try device.port(named: "clk_i", .input, bits: 1).pin
    let (value, twice) = (try device.port(named: "value_i"), try device.port(named: "twice_o"))
    let sum = try device.port(named: "sum_o")
    var expected: UInt64 = 0
    for input in [3, 5, 200, 0, 255] as [UInt64] {
      clock.pointee = 0
      value.value = input
      device.evaluate()
      #expect(twice.value == input << 1 & 0xFF)
      clock.pointee = 1
      device.evaluateClock()
      expected = (expected + input << 1) & 0xFF
      #expect(sum.value == expected)
    }
    // Only a caller who breaks his promise sees that something is left out.
    value.value = 1
    device.evaluateClock()
    #expect(twice.value == (library.simulator == "Verilator 5.006" ? 254 : 2))
    device.evaluate()
    #expect(twice.value == 2)
  }

  @Test func `an output that follows the clock does so at once`() async throws {
    for (name, twice) in [
      ("gated", "clk_i ? value_i << 1 : 8'd0"), ("latched", "{8{~clk_i}} & value_i"),
    ] {
      let library = try await Shared.device(name, Self.accumulator(name, twice: twice))
      let device = try Device(library)
      let clock = try device.port(named: "clk_i", .input, bits: 1).pin
      try device.port(named: "value_i").value = 9
      device.evaluate()
      #expect(try device.port(named: "twice_o").value == (name == "gated" ? 0 : 9))
      clock.pointee = 1
      device.evaluateClock()
      #expect(try device.port(named: "twice_o").value == (name == "gated" ? 18 : 0))
      #expect(try device.port(named: "sum_o").value == 18)
    }
  }
}
