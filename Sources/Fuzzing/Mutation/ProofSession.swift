import Devices
import Foundation
import Signals

/// What was proven of modules, whichever configuration they were found in.
final class ProofMemory {
  struct Key: Hashable {
    var mutant: Int
    var shape: Int
    /// With all that the module holds flattened, not the way to the mutant alone.
    var isDeep: Bool
  }

  let shapes = ElaboratedDesign.Shapes()
  var results: [Key: ProofResult] = [:]
  /// What was elaborated, by configuration, and how it was read.
  var designs: [String: (proof: EquivalenceProof, design: ElaboratedDesign)] = [:]
  /// The first thing that kept a question from being answered.
  var trouble: String?
}

/// Proofs about one configuration: first of the module that holds a mutant, and where that fails, as the
/// module's own inputs and outputs allow more than they do in their places, of the modules around it.
struct ProofSession {
  let proof: EquivalenceProof
  let plan: MutationPlan
  let folder: String
  let jobs: Int
  let prove: MutationCampaign.Prover
  let memory: ProofMemory
  let record: ProofRecord
  let isCancelled: @Sendable () -> Bool
  let progress: @Sendable (String) -> Void

  /// Questions for one process: enough to forget its start, few enough to show progress.
  private static let batch = 24

  /// The mutants that are proven in every place that they have in the design.
  ///
  /// - Throws: what the prover throws, and an error with its words if it cannot read the design.
  func proven(of mutants: [Int]) async throws -> Set<Int> {
    let (proof, design) = try await elaborated()
    var open: [Int: Set<String>] = [:]
    var definitions: [Int: String] = [:]
    for mutant in mutants {
      guard let definition = plan.module(of: mutant) else { continue }
      definitions[mutant] = definition
      open[mutant] = Set(design.instances(of: definition))
    }
    for entry in record.entries {
      memory.results[key(entry.mutant, entry.unit, entry.isDeep, design)] = entry.result
    }
    while !isCancelled(), open.values.contains(where: { !$0.isEmpty }) {
      var asked: Set<ProofMemory.Key> = []
      var questions: [ProofQuestion] = []
      for (mutant, units) in open.sorted(by: { $0.key < $1.key }) {
        for unit in units.sorted() {
          guard let isDeep = openDepth(mutant, unit, definitions, design),
            asked.insert(key(mutant, unit, isDeep, design)).inserted
          else { continue }
          questions.append(
            question(mutant, unit, isDeep, definitions[mutant] ?? unit, design))
        }
      }
      try await answer(questions, proof, design)
      if isCancelled() { return [] }
      for (mutant, units) in open {
        var next: Set<String> = []
        var isLost = false
        for unit in units where !isProven(mutant, unit, design) {
          if openDepth(mutant, unit, definitions, design) != nil {
            next.insert(unit)
          } else if let parent = design.modules[unit]?.parent {
            next.insert(parent)
          } else {
            isLost = true
          }
        }
        open[mutant] = isLost ? nil : next
      }
    }
    return Set(open.filter(\.value.isEmpty).keys)
  }

  /// Modules that are flattened into one question at most, but for those on the way to a mutant.
  private static let depth = 40

  private func key(
    _ mutant: Int, _ unit: String, _ isDeep: Bool, _ design: ElaboratedDesign
  ) -> ProofMemory.Key {
    ProofMemory.Key(
      mutant: mutant, shape: design.modules[unit]?.shape ?? 0, isDeep: isDeep)
  }

  private func isProven(_ mutant: Int, _ unit: String, _ design: ElaboratedDesign) -> Bool {
    [false, true].contains { memory.results[key(mutant, unit, $0, design)] == .proven }
  }

  private func question(
    _ mutant: Int, _ unit: String, _ isDeep: Bool, _ definition: String,
    _ design: ElaboratedDesign
  ) -> ProofQuestion {
    ProofQuestion(
      mutant: mutant, unit: unit,
      chain: isDeep ? design.subtree(of: unit) : design.chain(from: unit, to: definition),
      isDeep: isDeep)
  }

  /// How a unit is to be asked about next: nil if nothing is left to be tried of it.
  private func openDepth(
    _ mutant: Int, _ unit: String, _ definitions: [Int: String], _ design: ElaboratedDesign
  ) -> Bool? {
    if isProven(mutant, unit, design) { return nil }
    if memory.results[key(mutant, unit, false, design)] == nil { return false }
    let all = design.subtree(of: unit)
    let chain = design.chain(from: unit, to: definitions[mutant] ?? unit)
    guard all.count > chain.count, all.count <= ProofSession.depth,
      memory.results[key(mutant, unit, true, design)] == nil
    else { return nil }
    return true
  }

  private func elaborated() async throws -> (EquivalenceProof, ElaboratedDesign) {
    if let known = memory.designs[proof.configuration.name] { return known }
    let gold = try plan.writeUnchanged(to: folder)
    try plan.write(EquivalenceProof.mapping, to: "\(folder)/\(EquivalenceProof.map)")
    var trouble = ""
    for assumes in [true, false] {
      var proof = proof
      proof.assumes = assumes
      let file = "elaborated.il"
      let path = "\(folder)/\(file)"
      try? FileManager.default.removeItem(atPath: path)
      switch try await prove(proof.elaboration(of: gold, to: file), folder) {
      case .finished:
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try? FileManager.default.removeItem(atPath: path)
        let design = ElaboratedDesign(
          rtlil: text, top: proof.manifest.top, shapes: memory.shapes)
        memory.designs[proof.configuration.name] = (proof, design)
        return (proof, design)
      case .failed(let output): trouble = output
      case .tookTooLong: trouble = "reading the design took too long"
      }
    }
    throw FuzzingError.prover(top: proof.manifest.top, reason: trouble)
  }

  // MARK: - Questions

  private func answer(
    _ questions: [ProofQuestion], _ proof: EquivalenceProof, _ design: ElaboratedDesign
  ) async throws {
    var left = questions
    var done = 0
    while !left.isEmpty, !isCancelled() {
      progress("\(done) of \(questions.count) proofs")
      let size = min(ProofSession.batch, max(1, (left.count + jobs - 1) / jobs))
      let batches = stride(from: 0, to: min(left.count, size * jobs), by: size).map {
        Array(left[$0..<min($0 + size, left.count)])
      }
      let asked = ProofProcess(proof: proof, plan: plan, folder: folder, prove: prove)
      let answers = try await withThrowingTaskGroup(of: [ProofProcess.Answer].self) { group in
        for batch in batches { group.addTask { try await asked.run(batch) } }
        return try await group.reduce(into: []) { $0 += $1 }
      }
      var again: [ProofQuestion] = []
      for answer in answers {
        if memory.trouble == nil { memory.trouble = answer.trouble }
        guard let result = answer.result else {
          again.append(answer.question)
          continue
        }
        done += 1
        let question = answer.question
        memory.results[key(question.mutant, question.unit, question.isDeep, design)] = result
        record.add(question, result)
      }
      record.save()
      left = again + left.dropFirst(batches.reduce(0) { $0 + $1.count })
    }
  }
}
