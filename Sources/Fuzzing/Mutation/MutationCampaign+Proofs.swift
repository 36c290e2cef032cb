import Blocks
import Foundation
import Signals

/// Survivors that are no mistakes.
extension MutationCampaign {
  /// The mutants that are proven to be equivalent wherever they survived.
  func equivalents(
    _ survivors: [MutantResult], _ plan: MutationPlan, _ state: inout State
  ) async throws -> Set<Int> {
    guard let prove else { return [] }
    var candidates = survivors.map(\.mutant.number)
    for configuration in configurations where !isCancelled() {
      guard
        let stage = state.stages.firstIndex(where: { $0.configuration == configuration.name })
      else { continue }
      let here = candidates.filter { state.survivals[$0]?.contains(configuration.name) == true }
      let start = ContinuousClock.now
      let record = ProofRecord(
        path: "\(folder)/\(configuration.name)-proofs.json", key: state.stages[stage].device)
      var unproven: Set<Int> = []
      var first = 0
      while first < here.count, !isCancelled() {
        let some = here[first..<min(first + max(1, settings.jobs), here.count)]
        first += some.count
        progress(
          "\(block.name) \(configuration.name): \(first) of \(here.count) survivors in proof")
        let results = await proofs(Array(some), configuration, plan, prove, record)
        for (mutant, result) in results {
          switch result {
          case .success(let found):
            record.results[mutant] = found
            if found != .proven { unproven.insert(mutant) }
          case .failure(let trouble):
            unproven.insert(mutant)
            if state.proofTrouble == nil { state.proofTrouble = trouble.text }
          }
        }
        record.save()
      }
      if isCancelled() {
        state.wasInterrupted = true
        return []
      }
      candidates.removeAll(where: unproven.contains)
      state.stages[stage].proven = here.count - unproven.count
      state.stages[stage].proofSeconds = (ContinuousClock.now - start) / .seconds(1)
    }
    return Set(candidates)
  }

  private struct Trouble: Error { var text: String }

  /// Some proofs at once.
  private func proofs(
    _ mutants: [Int], _ configuration: Configuration, _ plan: MutationPlan,
    _ prove: @escaping Prover, _ record: ProofRecord
  ) async -> [(Int, Result<ProofResult, Trouble>)] {
    let folder = "\(folder)/\(configuration.name)-proofs"
    let proof = EquivalenceProof(manifest: manifest, configuration: configuration)
    return await withTaskGroup(of: (Int, Result<ProofResult, Trouble>).self) { group in
      for mutant in mutants {
        if let known = record.results[mutant] {
          group.addTask { (mutant, .success(known)) }
          continue
        }
        group.addTask {
          do {
            let files = try plan.write(proving: mutant, to: folder)
            let script = proof.script(gold: files.gold, gate: files.gate)
            return (mutant, .success(try await prove(script, folder)))
          } catch {
            return (mutant, .failure(Trouble(text: "\(error)")))
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
  }
}

/// Proofs on disk; a file that cannot be read or written costs time and nothing else.
private final class ProofRecord {
  private struct Contents: Codable {
    var key: String
    var results: [Int: ProofResult]
  }

  private let path: String
  private let key: String
  var results: [Int: ProofResult] = [:]

  init(path: String, key: String) {
    self.path = path
    self.key = key
    guard let data = FileManager.default.contents(atPath: path),
      let contents = try? JSONDecoder().decode(Contents.self, from: data), contents.key == key
    else { return }
    results = contents.results.filter { $0.value != .undecided }
  }

  func save() {
    let data = try? JSONEncoder().encode(Contents(key: key, results: results))
    try? data?.write(to: URL(fileURLWithPath: path), options: .atomic)
  }
}
