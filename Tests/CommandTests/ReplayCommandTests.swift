import Foundation
import Testing

/// `cosim replay` and `cosim perf`, as a user runs them.
@Suite(.serialized)
struct ReplayCommandTests {
  private static let cache = FileManager.default.temporaryDirectory
    .appendingPathComponent("cosim-replay-cache-\(ProcessInfo.processInfo.processIdentifier)").path

  private func run(_ arguments: [String], root: URL) throws -> Command.Result {
    try Command.run(
      arguments + ["--root", root.path], environment: ["COSIM_CACHE": Self.cache])
  }

  @Test("a failure's bundle: replayed, moved, a test from then on, gone after the fix")
  func bundle() throws {
    let scratch = try Scratch()
    let root = try scratch.project()
    let rtl = root.appendingPathComponent("rtl/dyadic_requantizer/dyadic_requantizer.sv")
    try rtl.replace("(x_identity_multiplier_i[lane])", with: "(x_multiplier_i[lane])")
    let verify = ["verify", "dyadic_requantizer", "--config", "smallest", "--count", "50"]
    let found = try run(verify, root: root)
    #expect(found.status == 1)
    #expect(found.output.contains("explained: reproduced 3 of 3"))
    let folder = root.appendingPathComponent("build/bundles")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(names.map { $0.suffix(4) } == [".fst", "gtkw", ".npz"])
    let written = folder.appendingPathComponent(try #require(names.last))

    let tests = root.appendingPathComponent("vectors/dyadic_requantizer/regressions")
    try FileManager.default.createDirectory(at: tests, withIntermediateDirectories: true)
    try FileManager.default.copyItem(at: written, to: tests.appendingPathComponent("found.npz"))
    let moved = scratch.url.appendingPathComponent("moved.npz").path
    try FileManager.default.moveItem(atPath: written.path, toPath: moved)

    let wave = scratch.url.appendingPathComponent("wave.fst").path
    let again = try run(["replay", moved, "--times", "3", "--wave", wave], root: root)
    #expect(again.status == 1)
    #expect(again.output.contains("as recorded, in 3 runs of 3"))
    #expect(FileManager.default.fileExists(atPath: wave))
    #expect(
      FileManager.default.fileExists(atPath: scratch.url.appendingPathComponent("wave.gtkw").path))
    let failing = try run(verify, root: root)
    #expect(failing.output.contains("regression vectors/dyadic_requantizer/regressions/found.npz"))
    #expect(failing.output.contains("0 of 2 configurations agree"))

    let original = Command.project
      .appendingPathComponent("rtl/dyadic_requantizer/dyadic_requantizer.sv")
    try Data(contentsOf: original).write(to: rtl)
    let fixed = try run(["replay", moved], root: root)
    #expect(fixed.status == 0)
    #expect(fixed.output.contains("the failure is gone in 1 run"))
    #expect(fixed.output.contains("note: the device is another one"))
    let agreeing = try run(verify, root: root)
    #expect(agreeing.status == 0)
    #expect(agreeing.output.contains("2 of 2 configurations agree"))
  }

  @Test("files that are no bundle: status 2 and one sentence; bad options: status 64")
  func badBundles() throws {
    let scratch = try Scratch()
    let absent = try run(["replay", "/nonexistent/x.npz"], root: Command.project)
    #expect(absent.status == 2)
    #expect(absent.errors.contains("/nonexistent/x.npz"))
    let empty = try run(["replay", try scratch.file("x.npz").path], root: Command.project)
    #expect(empty.status == 2)
    #expect(try run(["replay", "x.npz", "--times", "0"], root: Command.project).status == 64)
    #expect(try run(["replay", "x.npz", "--window", "9"], root: Command.project).status == 64)
    #expect(
      try run(["verify", "--minimise-time", "-1"], root: Command.project).status == 64)
  }

  @Test("budgets: none, accepted with a reason, kept, slower and faster")
  func budgets() throws {
    let scratch = try Scratch()
    let root = try scratch.project()
    let manifest = root.appendingPathComponent("rtl/dyadic_requantizer/device.yaml")
    func perf(_ word: String, _ more: [String] = []) throws -> Command.Result {
      try run(["perf", word, "dyadic_requantizer", "--config", "smallest"] + more, root: root)
    }
    func text() throws -> String { try String(contentsOf: manifest, encoding: .utf8) }
    let before = try text()
    let none = try perf("compare")
    #expect(none.status == 0)
    #expect(none.output.hasPrefix("UNHELD"))
    #expect(try perf("accept").status == 64)
    #expect(try text() == before)
    #expect(try perf("accept", ["--reason", "first figures"]).status == 0)
    let accepted = try text()
    let day = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
    let entry = try Regex("cycles:\n  smallest:  # \(day): first figures\n    total: ([0-9]+)\n")
    let match = try #require(accepted.firstMatch(of: entry))
    let cycles = try #require(match.output[1].substring.flatMap { Int($0) })
    #expect(try perf("compare").output.hasPrefix("WITHIN"))
    for (budget, word) in [(cycles + 1, "FASTER"), (cycles - 1, "SLOWER")] {
      try Data(
        accepted.replacingOccurrences(of: "total: \(cycles)", with: "total: \(budget)").utf8
      ).write(to: manifest)
      let changed = try text()
      let result = try perf("compare")
      #expect(result.status == 1)
      #expect(result.output.hasPrefix(word))
      #expect(try perf("show").status == 0)
      #expect(try text() == changed)
    }
  }
}
