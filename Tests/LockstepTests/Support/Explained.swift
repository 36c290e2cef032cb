import Blocks
import Foundation
import Lockstep
import Signals

/// A folder that goes with its owner.
final class Folder {
  let path = NSTemporaryDirectory() + "cosim-bundles-\(UUID().uuidString)"

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Verifies the bench and looks into what fails.
func explain(
  _ block: Bench, _ workload: Workload? = nil, profiles: [StallProfile] = [.none, .random],
  seed: UInt64 = 1, limits: MinimisingLimits = MinimisingLimits(seconds: 60),
  bundles: String? = nil, jobs: Int = 2
) async throws -> Outcome {
  let configuration = try block.configuration()
  var verification = Verification(
    block, in: configuration, library: try await Built.bench.value,
    manifest: Built.manifest("bench", sources: ["bench.sv"]),
    workload: workload ?? .mixed(block), seed: seed, profiles: profiles, jobs: jobs,
    hangLimit: 200, command: "cosim verify bench")
  verification.explainer = ExplainerOptions(limits: limits, bundles: bundles, tool: "test")
  return try verification.run()
}

func explain(
  _ fault: Fault, _ workload: Workload? = nil, profiles: [StallProfile] = [.none, .random],
  limits: MinimisingLimits = MinimisingLimits(seconds: 60), bundles: String? = nil
) async throws -> Outcome {
  try await explain(
    Bench(fault: fault), workload, profiles: profiles, limits: limits, bundles: bundles)
}

extension Fault {
  /// Faults that a single simulation shows as wrong.
  static let shown: [Fault] = allCases.filter {
    ![.none, .validWaitsForReady].contains($0)
  }
}
