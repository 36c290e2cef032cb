import Devices
import Foundation
import Signals
import Testing
import Verilation

@Suite struct TapListTests {
  private static let text = """
    // module decoy; stage u_stage (); endmodule
    module stage #(parameter int unsigned Width = 8) (
      input logic clk_i, input logic [Width-1:0] a_i, output logic [Width-1:0] a_o
    );
      logic [Width-1:0] value_q;
      logic [7:0] memory [4];
      always_ff @(posedge clk_i) begin
        value_q <= a_i + 1'b1;
        memory[0] <= a_i[7:0];
      end
      assign a_o = value_q ^ memory[0];
    endmodule
    module hierarchy (
      input logic clk_i, input logic [39:0] a_i, output logic [39:0] b_o, output logic [7:0] c_o
    );
      stage #(.Width($bits(a_i))) u_wide (.clk_i, .a_i(a_i), .a_o(b_o));
      logic [7:0] inner__word;
      for (genvar i = 0; i < 2; i++) begin : gen_stage
        logic [7:0] out;
        stage u_stage (.clk_i, .a_i(8'(a_i >> i)), .a_o(out));
      end
      assign inner__word = gen_stage[0].out ^ gen_stage[1].out;
      assign c_o = inner__word;
    endmodule

    """

  private func configuration(_ signals: String...) -> [Substring]? {
    TapList.configuration(for: signals, top: "hierarchy", sources: [Array(Self.text.utf8)])?
      .split(separator: "\n")
  }

  @Test func `only what is named is kept, by the module that declares it`() {
    #expect(configuration() == nil)
    #expect(
      configuration("u_wide.value_q", "gen_stage[1].u_stage.value_q", "inner__word") == [
        "`verilator_config", "public_flat_rd -module \"stage\" -var \"value_q\"",
        "public_flat_rd -module \"hierarchy\" -var \"inner__word\"",
        "public_flat_rd -module \"hierarchy\" -var \"inner___05Fword\"",
      ])
    // The sources do not tell where this is.
    #expect(
      configuration("u_other.value_q")?.last == "public_flat_rd -module \"*\" -var \"value_q\"")
  }

  private func build(_ signals: [String]) async throws -> DeviceLibrary {
    let folder = try TemporaryFolder()
    try folder.write(Self.text, to: "hierarchy.sv")
    let manifest = Manifest(
      directory: folder.path, top: "hierarchy", sources: ["hierarchy.sv"], reset: nil,
      taps: signals.map { Tap($0, signal: $0, valid: [Tap.Condition("clk_i")]) })
    return try await Shared.verilation().library(
      for: manifest, configuration: Configuration(name: "test", values: [:])
    ).open()
  }

  @Test func `signals of instances, generate blocks and the top are memory that follows the clock`()
    async throws
  {
    let library = try await build(
      ["u_wide.value_q", "gen_stage[1].u_stage.value_q", "inner__word", "c_o"])
    let taps = library.ports.filter { $0.direction == .tap }
    #expect(
      taps.map(\.name).sorted() == [
        "gen_stage[1].u_stage.value_q", "inner__word", "u_wide.value_q",
      ])
    #expect(taps.first { $0.name == "u_wide.value_q" }?.bits == 40)
    let device = try Device(library)
    let clock = try Clock(device)
    try device.port(named: "a_i").value = 0x12_3456_7806
    clock.tick(device)
    #expect(try device.port(named: "u_wide.value_q").value == 0x12_3456_7807)
    #expect(try device.port(named: "gen_stage[1].u_stage.value_q").value == 0x04)
    #expect(try device.port(named: "inner__word").value == device.port(named: "c_o").value)
    #expect(library.ports.first { $0.name == "c_o" }?.direction == .output)
  }

  private func message(_ signal: String) async -> String {
    do {
      _ = try await build([signal])
      return "no error"
    } catch {
      return "\(error)".split(separator: "device.yaml: ", maxSplits: 1).last.map(String.init) ?? ""
    }
  }

  @Test func `a signal that is not there, or is a memory, is named`() async {
    #expect(
      await message("u_wide.value_d")
        == "its taps or stages name the signal 'u_wide.value_d', which the RTL does not have; did you mean"
        + " 'u_wide.value_q'?")
    #expect(
      await message("nowhere.at_all")
        == "its taps or stages name the signal 'nowhere.at_all', which the RTL does not have; a signal is named from"
        + " the top module on, instances and generate blocks with dots between")
    #expect(
      await message("u_wide.memory")
        == "its taps or stages name 'u_wide.memory', which has unpacked dimensions or is no vector of bits; name a"
        + " packed signal")
  }

  @Test func `taps are part of what a device is made of`() async throws {
    #expect(try await build(["inner__word"]).contentKey != build([]).contentKey)
  }
}
