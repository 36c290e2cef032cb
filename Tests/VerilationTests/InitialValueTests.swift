import Devices
import Testing
import Verilation

/// Values of registers and memories before reset.
@Suite struct InitialValueTests {
  static let memory = """
    module memory_block (
      input logic clk_i, input logic [4:0] address_i, output logic [63:0] data_o,
      output logic [7:0] fixed_o
    );
      logic [63:0] words[32];
      logic [7:0] fixed_q = 8'h5A;
      always_ff @(posedge clk_i) fixed_q <= fixed_q;
      always_ff @(posedge clk_i) if (&address_i) words[address_i] <= 1;
      assign data_o = words[address_i];
      assign fixed_o = fixed_q;
    endmodule

    """

  private func contents(_ library: DeviceLibrary, _ state: InitialState) throws -> [UInt64] {
    let device = try Device(library, initialState: state)
    let address = try device.port(named: "address_i", .input)
    let data = try device.port(named: "data_o", .output, bits: 64)
    #expect(try device.port(named: "fixed_o").value == 0x5A)
    return (0..<32).map {
      address.value = UInt64($0)
      device.evaluate()
      return data.value
    }
  }

  @Test func `initial values are a function of the seed`() async throws {
    let library = try await Shared.device("memory_block", Self.memory)
    let one = try contents(library, .random(seed: 1))
    #expect(try contents(library, .random(seed: 1)) == one)
    var all: Set<[UInt64]> = [one]
    for seed in [UInt64(0), 2, 3, 1 << 33, .max] {
      all.insert(try contents(library, .random(seed: seed)))
    }
    #expect(all.count == 6)
    #expect(Set(one).count > 30)
    #expect(try contents(library, .zeros) == [UInt64](repeating: 0, count: 32))
    #expect(try contents(library, .ones) == [UInt64](repeating: .max, count: 32))
  }

  @Test func `initial values do not depend on what other threads do`() async throws {
    let library = try await Shared.device("memory_block", Self.memory)
    let alone = try (0..<16).map { try contents(library, .random(seed: $0)) }
    let together = try await withThrowingTaskGroup(of: (UInt64, [UInt64]).self) { group in
      for seed in UInt64(0)..<16 {
        group.addTask { (seed, try contents(library, .random(seed: seed))) }
      }
      return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
    for seed in UInt64(0)..<16 { #expect(together[seed] == alone[Int(seed)]) }
  }
}
