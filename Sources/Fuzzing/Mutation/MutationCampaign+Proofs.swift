import Blocks
import Devices
import Foundation
import Signals

/// Survivors that are no mistakes.
extension MutationCampaign {
  /// Configurations that a mutant has to survive before it is asked whether it could be noticed in another
  /// one at all: most survivors of the first are killed by the second, which is quicker.
  private static let survivalsBeforeProofs = 2

  /// The mutants that need not be tried in a configuration, since they are proven to be equivalent there and
  /// wherever they survived.
  ///
  /// What large configurations take is mostly the whole suites of mutants that nothing can notice.
  func equivalents(
    ahead configuration: Configuration, _ plan: MutationPlan, _ state: inout State
  ) async throws -> Set<Int> {
    guard prove != nil, state.stages.count > MutationCampaign.survivalsBeforeProofs else {
      return []
    }
    let alive = Set(state.alive)
    var waivers = try waivers()
    let candidates = state.mutants.filter { mutant in
      let survivals = state.survivals[mutant.number]?.count ?? 0
      return alive.contains(mutant.number) && survivals >= MutationCampaign.survivalsBeforeProofs
        && waivers.reason(for: mutant) == nil
    }.map(\.number)
    for mutant in candidates { state.survivals[mutant]?.insert(configuration.name) }
    let proven = try await equivalents(candidates, plan, &state)
    for mutant in candidates where !proven.contains(mutant) {
      state.survivals[mutant]?.remove(configuration.name)
    }
    return proven
  }

  /// The mutants that are proven to be equivalent wherever they survived.
  func equivalents(
    _ survivors: [Int], _ plan: MutationPlan, _ state: inout State
  ) async throws -> Set<Int> {
    guard prove != nil else { return [] }
    var candidates = survivors
    for index in state.stages.indices where !isCancelled() {
      let name = state.stages[index].configuration
      let here = candidates.filter { state.survivals[$0]?.contains(name) == true }
      guard !here.isEmpty, let configuration = configurations.first(where: { $0.name == name })
      else { continue }
      let start = ContinuousClock.now
      let proven = try await proven(here, in: configuration, plan, &state)
      let unproven = Set(here).subtracting(proven)
      candidates.removeAll(where: unproven.contains)
      state.stages[index].proven = proven.count
      state.stages[index].proofSeconds += (ContinuousClock.now - start) / .seconds(1)
    }
    if isCancelled() {
      state.wasInterrupted = true
      return []
    }
    return Set(candidates)
  }

  private func proven(
    _ mutants: [Int], in configuration: Configuration, _ plan: MutationPlan, _ state: inout State
  ) async throws -> Set<Int> {
    guard let prove else { return [] }
    let path = "\(folder)/\(configuration.name)-proofs"
    let name = "\(block.name) \(configuration.name)"
    let session = ProofSession(
      proof: EquivalenceProof(manifest: manifest, configuration: configuration), plan: plan,
      folder: path, jobs: settings.jobs, prove: prove, memory: state.proofs,
      record: ProofRecord(path: path + ".json", key: try identity(of: configuration, plan)),
      isCancelled: isCancelled,
      progress: { progress("\(name): \($0)") })
    var proven: Set<Int> = []
    do {
      proven = try await session.proven(of: mutants)
    } catch {
      if state.proofTrouble == nil { state.proofTrouble = "\(error)" }
    }
    if state.proofTrouble == nil { state.proofTrouble = state.proofs.trouble }
    return proven
  }

  /// As they stand in the files.
  func waivers() throws(FuzzingError) -> MutationWaivers {
    try MutationWaivers(sources: manifest.sources, directory: manifest.directory)
  }
}
