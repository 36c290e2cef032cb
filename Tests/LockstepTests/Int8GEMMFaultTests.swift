import Blocks
import Devices
import Foundation
import Lockstep
import Reports
import Signals
import Testing
import Verilation

/// Faults planted in the RTL of `int8_gemm`, each of which corners and a few random products must find.
@Suite struct Int8GEMMFaultTests {
  struct Planted: Sendable, CustomStringConvertible {
    let description: String
    /// Below `rtl`.
    let file: String
    let right: String
    let wrong: String
    /// Beginnings of the label of the first corner that it spoils; nil where an assertion stops it.
    let corner: String?
  }

  static let faults = [
    Planted(
      description: "sign of the activations", file: "common/dot_product.sv",
      right: "ActivationSigned != 0 && a_i[d][ActivationBits-1]", wrong: "1'b0",
      corner: "one"),
    Planted(
      description: "accumulator one bit short", file: "int8_gemm/int8_gemm.sv",
      right: "(WeightBits + 6)) + 1,", wrong: "(WeightBits + 6)),",
      corner: "MaxDepth products of -128"),
    Planted(
      description: "rounding half up", file: "common/floor_shift_with_round.sv",
      right: "half && (sticky || floor_o[0])", wrong: "half", corner: ""),
    Planted(
      description: "products behind K", file: "common/matrix_steps.sv",
      right: "last_k ? k_left_q[DepthBits-1:0] : DepthBits'(Depth)", wrong: "DepthBits'(Depth)",
      corner: "one of each"),
    Planted(
      description: "rows behind M", file: "common/matrix_steps.sv",
      right: "last_m ? m_left_q[RowBits-1:0] : RowBits'(Rows)", wrong: "RowBits'(Rows)",
      corner: "one"),
    Planted(
      description: "bias of the first channel for all", file: "int8_gemm/int8_gemm_drain.sv",
      right: "acc[r][c] = 32'(signed'(sums[r][c])) + signed'(channel_bias[c])",
      wrong: "acc[r][c] = 32'(signed'(sums[r][c])) + signed'(channel_bias[0])", corner: nil),
    Planted(
      description: "weights of the strip before", file: "common/strip_buffer.sv",
      right: "        strip_address_d = following_address;",
      wrong: "        strip_address_d = strip_address_q;", corner: "M = Rows + 1"),
    Planted(
      description: "exponent of the next channel", file: "int8_gemm/int8_gemm_drain.sv",
      right: "channel_exponent[c]", wrong: "channel_exponent[(c + 1) % Columns]", corner: "one"),
  ]

  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("rtl")

  /// A device of a copy of the RTL, small enough to be built quickly.
  private struct Copy {
    let block = Int8GEMM()
    let configuration: Configuration
    let manifest: Manifest
    let library: DeviceLibrary

    init(_ fault: Planted? = nil) async throws {
      let files = FileManager.default
      let folder = files.temporaryDirectory.appendingPathComponent("gemm-\(UUID().uuidString)")
      try files.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? files.removeItem(at: folder) }
      for part in ["common", "int8_gemm"] {
        try files.copyItem(
          at: Int8GEMMFaultTests.folder.appendingPathComponent(part),
          to: folder.appendingPathComponent(part))
      }
      if let fault {
        let file = folder.appendingPathComponent(fault.file)
        let text = try String(contentsOf: file, encoding: .utf8)
        // A fault that changes nothing would be found by nothing.
        try #require(text.components(separatedBy: fault.right).count == 2, "\(fault)")
        try text.replacingOccurrences(of: fault.right, with: fault.wrong)
          .write(to: file, atomically: true, encoding: .utf8)
      }
      configuration = try block.configuration([
        "Rows": 2, "Columns": 3, "Depth": 2, "MaxDepth": 16,
      ])
      manifest = try Manifest(contentsOf: folder.appendingPathComponent("int8_gemm").path)
      library = try await Built.verilation()
        .library(for: manifest, configuration: configuration).open()
    }

    func verify() throws -> Outcome {
      try Verification(
        block, in: configuration, library: library, manifest: manifest,
        workload: .directedAndRandom(block, in: configuration, seed: 1, count: 64), seed: 1,
        command: "cosim verify int8_gemm"
      ).run()
    }
  }

  @Test func `without a fault it agrees and takes the cycles of its formula`() async throws {
    let copy = try await Copy()
    let outcome = try copy.verify()
    #expect(outcome.agrees, "\(outcome.allFindings)")
    for run in outcome.runs where run.profile == .none {
      let ideal = try #require(run.idealCycles)
      #expect(run.cycles >= ideal && run.cycles < ideal + ideal / 10)
      // The command line says so.
      let line = TerminalReport().render(outcome).split(separator: "\n")
        .first { $0.hasPrefix("  ideal: ") }
      #expect(
        line?.hasSuffix("(none), \(times(outcome.runs[1])) (random)") == true, "\(line ?? "")")
    }
    let account = try CycleAccount.measure(
      copy.block, in: copy.configuration, library: copy.library, manifest: copy.manifest)
    let formula = try #require(account.formula)
    #expect(account.cycles >= formula && account.cycles < formula + formula / 10)
    #expect(
      CycleReport().render(account, budget: nil).contains(" cycles by the block's formula; 1.0"))
  }

  /// Cycles over those of the formula, with two decimals.
  private func times(_ run: Run) -> String {
    String(format: "%.2f", Double(run.cycles) / Double(run.idealCycles ?? 0))
  }

  @Test(arguments: faults)
  func `a planted fault is found where it shows first`(fault: Planted) async throws {
    let outcome = try await Copy(fault).verify()
    #expect(!outcome.agrees)
    guard let corner = fault.corner else {
      #expect(outcome.kinds.contains("deviceFailure"))
      return
    }
    let label = try #require(outcome.firstMismatch?.label)
    #expect(label.hasPrefix(corner), "\(label)")
  }
}
