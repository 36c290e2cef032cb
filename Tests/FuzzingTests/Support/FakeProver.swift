import Foundation
import Fuzzing
import Synchronization

/// Answers scripts as Yosys would, by the text of the mutated source.
final class FakeProver: Sendable {
  private struct Seen {
    var asked: [String] = []
    var processes = 0
  }

  private let seen = Mutex(Seen())
  /// Questions that a process answers before its time is over.
  private let patience: Int
  /// A wire of the module that it reads: another one makes it another module.
  private let wire: String
  private let verdict: @Sendable (String) -> ProofResult

  init(
    patience: Int = .max, wire: String = "x",
    _ verdict: @escaping @Sendable (String) -> ProofResult
  ) {
    self.patience = patience
    self.wire = wire
    self.verdict = verdict
  }

  /// Files of the mutants that were asked about, as often as they were.
  var asked: [String] { seen.withLock(\.asked) }
  var processes: Int { seen.withLock(\.processes) }

  func answer(_ script: String, in folder: String) throws -> ProverAnswer {
    seen.withLock { $0.processes += 1 }
    if let file = script.firstMatch(of: /write_rtlil (\S+)/) {
      try write("module \\scaler\n  wire \\\(wire)\nend\n", to: "\(folder)/\(file.1)")
      return .finished
    }
    var text = ""
    var results = ""
    var mutant = ""
    var answered = 0
    for line in script.split(separator: "\n") {
      if let file = line.firstMatch(of: /mutant_\d+\.sv/) { mutant = String(file.0) }
      if let question = line.firstMatch(of: /tee -q -a (\S+) log (proof \d+)/) {
        results = String(question.1)
        text += "\(question.2)\n"
      }
      guard line.contains("-prove trigger") else { continue }
      seen.withLock { $0.asked.append(mutant) }
      guard answered < patience else {
        try write(text, to: "\(folder)/\(results)")
        return .tookTooLong
      }
      answered += 1
      let source = try String(contentsOfFile: "\(folder)/\(mutant)", encoding: .utf8)
      let answer =
        verdict(source) == .proven ? "no model found: SUCCESS!" : "model found: FAIL!"
      text += "SAT proof finished - \(answer)\n"
    }
    try write(text, to: "\(folder)/\(results)")
    return .finished
  }

  private func write(_ text: String, to path: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }
}
