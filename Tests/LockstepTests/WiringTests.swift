import Blocks
import Devices
import Lockstep
import Signals
import Testing

/// Blocks and devices that do not fit together.
@Suite struct WiringTests {
  /// What is said when the block's pins are not the device's.
  private func refusal(
    _ rewire: @escaping @Sendable (inout Interface) -> Void
  ) async throws -> String {
    let block = Bench(rewire: rewire)
    do {
      let outcome = try await verify(block, .of([Bench.rows(1, of: 1, .none)], perShard: 1))
      return "no refusal: \(outcome.allFindings)"
    } catch {
      return "\(error)"
    }
  }

  @Test func aMissingPortIsNamed() async throws {
    let text = try await refusal { $0.streams[1].fields[0].name = "dta" }
    #expect(
      text.hasPrefix("connecting 'bench': it has no input port 'x_dta_i'")
        && text.contains("nothing is connected to its input 'x_data_i'"), "\(text)")
  }

  @Test func aPortOfAnotherWidthIsNamed() async throws {
    let text = try await refusal { $0.streams[3].fields[0].format = .signed(13) }
    #expect(
      text == "port 'y_data_o' of device 'bench' has 48 bits, but 52 bits are expected; do the "
        + "parameters of block and device agree?")
  }

  @Test func aSettingOfAnotherWidthIsNamed() async throws {
    let text = try await refusal { $0.settings[0].format = .signed(9) }
    #expect(
      text == "port 'cfg_k_i' of device 'bench' has 8 bits, but 9 bits are expected; do the "
        + "parameters of block and device agree?")
  }

  @Test func anInputThatNothingDrivesIsNamed() async throws {
    let text = try await refusal { $0.settings.removeLast() }
    #expect(
      text == "connecting 'bench': nothing drives its input 'cfg_fault_i'. Give the RTL the ports "
        + "that `cosim describe bench` lists, or remove it.")
  }

  @Test func anOutputStreamThatNothingTakesIsNamed() async throws {
    let text = try await refusal { $0.streams.removeLast() }
    #expect(text.contains("nothing drives its input 's_ready_i'"), "\(text)")
  }

  @Test func aDeviceWithoutClockIsRefused() async throws {
    var manifest = Built.manifest("bench", sources: ["bench.sv"])
    manifest.clock = nil
    let verification = Verification(
      Bench(), in: try Bench().configuration(), library: try await Built.bench.value,
      manifest: manifest, workload: .mixed(Bench()), seed: 1, command: "")
    #expect(throws: LockstepError.noClock(device: "bench")) { try verification.run() }
  }
}
