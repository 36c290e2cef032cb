import Blocks
import Devices
import Foundation
import Signals

/// Survivors that are no mistakes.
extension MutationCampaign {
  /// The mutants that are proven to be equivalent wherever they survived.
  func equivalents(
    _ survivors: [MutantResult], _ plan: MutationPlan, _ state: inout State
  ) async throws -> Set<Int> {
    guard let prove, !survivors.isEmpty else { return [] }
    var candidates = survivors.map(\.mutant.number)
    let memory = ProofMemory()
    for configuration in configurations where !isCancelled() {
      guard
        let stage = state.stages.firstIndex(where: { $0.configuration == configuration.name })
      else { continue }
      let here = candidates.filter { state.survivals[$0]?.contains(configuration.name) == true }
      guard !here.isEmpty else { continue }
      let start = ContinuousClock.now
      let name = "\(block.name) \(configuration.name)"
      let session = ProofSession(
        proof: EquivalenceProof(manifest: manifest, configuration: configuration), plan: plan,
        folder: "\(folder)/\(configuration.name)-proofs", jobs: settings.jobs, prove: prove,
        memory: memory,
        record: ProofRecord(
          path: "\(folder)/\(configuration.name)-proofs.json", key: state.stages[stage].device),
        isCancelled: isCancelled,
        progress: { progress("\(name): \($0)") })
      var proven: Set<Int> = []
      do {
        proven = try await session.proven(of: here)
      } catch {
        if state.proofTrouble == nil { state.proofTrouble = "\(error)" }
      }
      if state.proofTrouble == nil { state.proofTrouble = memory.trouble }
      if isCancelled() {
        state.wasInterrupted = true
        return []
      }
      let unproven = Set(here).subtracting(proven)
      candidates.removeAll(where: unproven.contains)
      state.stages[stage].proven = proven.count
      state.stages[stage].proofSeconds = (ContinuousClock.now - start) / .seconds(1)
    }
    return Set(candidates)
  }
}
