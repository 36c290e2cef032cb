import Foundation

/// One process of the prover.
struct ProofProcess: Sendable {
  let proof: EquivalenceProof
  let plan: MutationPlan
  let folder: String
  let prove: MutationCampaign.Prover

  struct Answer {
    var question: ProofQuestion
    /// Nil where it has to be asked again, perhaps otherwise.
    var result: ProofResult?
    /// What the prover said that was no answer.
    var trouble: String?
  }

  /// Asks some questions; those behind one that took too long or failed are to be asked again.
  func run(_ batch: [ProofQuestion]) async throws -> [Answer] {
    let gold = plan.unchangedNames
    var gate: [Int: [String]] = [:]
    for question in batch {
      gate[question.mutant] = try plan.write(proving: question.mutant, to: folder)
    }
    let file = "\(UUID().uuidString).txt"
    let path = "\(folder)/\(file)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let ending = try await prove(
      proof.script(batch, gold: gold, gate: gate, results: file), folder)
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    let (found, begun) = EquivalenceProof.results(in: text)
    return batch.enumerated().map { index, question in
      if let result = found[index] { return Answer(question: question, result: result) }
      guard index == (begun ?? 0) else { return Answer(question: question) }
      switch ending {
      case .finished: return Answer(question: question, result: .undecided)
      case .tookTooLong:
        // What came first had all of the time; another one has that next.
        return Answer(question: question, result: index == 0 ? .undecided : nil)
      case .failed(let output):
        if question.keepsRegisters {
          // Registers that only one side has are a difference, though one that may not matter.
          let isDifference = output.contains("No matching port")
          return Answer(
            question: question, result: isDifference ? .unproven : .undecided,
            trouble: isDifference ? nil : output)
        }
        var other = question
        other.keepsRegisters = true
        return Answer(question: other)
      }
    }
  }
}

/// Proofs on disk; a file that cannot be read or written costs time and nothing else.
final class ProofRecord {
  struct Entry: Codable {
    var mutant: Int
    var unit: String
    var isDeep: Bool
    var result: ProofResult
  }

  private struct Contents: Keyed {
    var key: String
    var entries: [Entry]
  }

  private let path: String
  private let key: String
  private(set) var entries: [Entry] = []

  /// - Parameter key: the device that the proofs are about; those about others are not taken.
  init(path: String, key: String) {
    self.path = path
    self.key = key
    entries = Contents.read(from: path, about: key)?.entries ?? []
  }

  func add(_ question: ProofQuestion, _ result: ProofResult) {
    guard result != .undecided else { return }
    entries.append(
      Entry(
        mutant: question.mutant, unit: question.unit, isDeep: question.isDeep, result: result))
  }

  func save() {
    try? Contents(key: key, entries: entries).write(to: path)
  }
}
