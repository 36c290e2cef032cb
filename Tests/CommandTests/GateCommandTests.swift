import Foundation
import Testing

/// A repository with one small block and a plan, and what `cosim gate` says about changes of it.
private final class Repository {
  let scratch: Scratch
  let root: URL
  /// Verdicts of their own, devices of all tests.
  let cache: URL

  init() throws {
    scratch = try Scratch()
    root = try scratch.project()
    cache = scratch.url.appendingPathComponent("cache")
    let shared = URL(fileURLWithPath: Command.cache)
    for name in ["devices", "runtime", "tools"] {
      let folder = shared.appendingPathComponent(name)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try FileManager.default.createDirectory(at: cache, withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(
        at: cache.appendingPathComponent(name), withDestinationURL: folder)
    }
    try write(
      """
      merge:
        verify: {count: 64}
        configurations: [smallest]
      """, to: "gate.yaml")
    try write("cache/\nreport*/\nbuild/\n", to: ".gitignore")
    try git("init", "--quiet")
    try commit()
  }

  func write(_ text: String, to name: String) throws {
    let url = root.appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  func file(_ name: String) -> URL { root.appendingPathComponent(name) }

  func git(_ arguments: String...) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      ["git", "-C", root.path, "-c", "user.name=x", "-c", "user.email=x@x"] + arguments
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
  }

  func commit() throws {
    try git("add", "--all")
    try git("commit", "--quiet", "--message", "base")
  }

  func gate(
    _ arguments: String..., interruptAfter: Double? = nil, isKilled: Bool = false
  ) throws -> Command.Result {
    try Command.run(
      ["gate", "--root", root.path, "--minimise-time", "1"] + arguments,
      environment: ["COSIM_CACHE": cache.path], interruptAfter: interruptAfter, isKilled: isKilled)
  }

  func report(_ folder: String, _ name: String) throws -> String {
    try String(contentsOf: file("\(folder)/\(name)"), encoding: .utf8)
  }
}

/// A change, and what every output must say about it.
private struct PlantedChange: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let status: Int32
  /// Part of the text for the terminal, of the summary and of the page.
  let said: String
  let plant: @Sendable (Repository) throws -> Void

  static let rtl = "rtl/dyadic_requantizer/dyadic_requantizer.sv"

  static let all = [
    PlantedChange(testDescription: "nothing", status: 0, said: "nothing differs from the base") {
      _ in
    },
    PlantedChange(
      testDescription: "a comment", status: 0, said: "comments and white space alone have changed"
    ) { try $0.file(rtl).replace("endmodule", with: "// The end.\n\nendmodule") },
    PlantedChange(testDescription: "a document", status: 0, said: "NOTES.md: no device") {
      try $0.write("x", to: "NOTES.md")
    },
    PlantedChange(
      testDescription: "a bug", status: 1,
      said: "dyadic_requantizer: first divergence, tap scaled_identity"
    ) {
      try $0.file(rtl).replace("(x_identity_multiplier_i[lane])", with: "(x_multiplier_i[lane])")
    },
    PlantedChange(testDescription: "RTL that does not compile", status: 1, said: "does not compile")
    { try $0.file(rtl).replace("endmodule", with: "nonsense\nendmodule") },
    PlantedChange(testDescription: "a manifest that is gone", status: 1, said: "no manifest") {
      try FileManager.default.removeItem(at: $0.file("rtl/dyadic_requantizer/device.yaml"))
    },
    PlantedChange(testDescription: "a block that is gone", status: 1, said: "no manifest") {
      try FileManager.default.removeItem(at: $0.file("rtl/dyadic_requantizer"))
    },
    PlantedChange(
      testDescription: "a crash of the simulator", status: 2, said: "dyadic_requantizer: crash, SIG"
    ) {
      try $0.file(rtl).replace(
        "endmodule",
        with: "always_ff @(posedge clk_i) if (rst_ni) $c(\"__builtin_trap();\");\nendmodule")
    },
    PlantedChange(
      testDescription: "vectors that are none", status: 1, said: "unusable vectors"
    ) { try $0.write("no archive", to: "vectors/dyadic_requantizer/x.npz") },
    PlantedChange(
      testDescription: "vectors that were edited", status: 1, said: "vectors were edited"
    ) {
      try $0.write("x", to: "vectors/dyadic_requantizer/x.npz")
      let digest = String(repeating: "0", count: 64)
      try $0.write("\(digest)  x.npz\n", to: "vectors/dyadic_requantizer/SHA256SUMS")
    },
    PlantedChange(
      testDescription: "a budget that is missed", status: 1, said: "cycles, smallest, slower"
    ) {
      let manifest = $0.file("rtl/dyadic_requantizer/device.yaml")
      let text = try String(contentsOf: manifest, encoding: .utf8)
      try Data((text + "cycles:\n  smallest: 10\n").utf8).write(to: manifest)
    },
    PlantedChange(
      testDescription: "a device that never answers", status: 1, said: "hang, y"
    ) {
      try $0.file(rtl).replace(
        "    .out_valid_o   (y_valid_o),", with: "    .out_valid_o   (),")
      try $0.file(rtl).replace("endmodule", with: "assign y_valid_o = 1'b0;\nendmodule")
    },
  ]
}

@Suite(.serialized) struct GateCommandTests {
  @Test(arguments: PlantedChange.all)
  fileprivate func everyOutputSaysWhatAChangeIs(_ change: PlantedChange) throws {
    let repository = try Repository()
    try change.plant(repository)
    let folder = repository.file("report").path
    let result = try repository.gate("--base", "HEAD", "--report", folder)
    #expect(result.status == change.status, "\(result.output)\(result.errors)")
    let word = ["PASSED", "FAILED", "BROKEN"][Int(change.status)]
    for text in [
      result.output, try repository.report("report", "summary.md"),
      try repository.report("report", "report.html"),
    ] {
      let flat = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      #expect(flat.contains("\(word) level merge"))
      #expect(flat.contains(change.said), "\(text)")
    }
    let junit = try repository.report("report", "junit.xml")
    #expect(junit.contains("<failure ") == (change.status == 1))
    #expect(junit.contains("<error ") == (change.status == 2))
    let annotations = try repository.report("report", "annotations.txt")
    #expect(annotations.contains("::error") == (change.status == 1))
    #expect(annotations.contains("::warning") == (change.status == 2))
  }

  @Test("what passed is trusted as long as nothing of it changes, and a failure never is")
  func trust() throws {
    let repository = try Repository()
    let first = try repository.gate()
    #expect(first.status == 0 && !first.output.contains("trusted"), "\(first.output)")
    let second = try repository.gate()
    #expect(second.status == 0 && second.output.contains("2 trusted"))
    #expect(try !repository.gate("--no-cache").output.contains("trusted"))
    try repository.file(PlantedChange.rtl).replace(
      "(x_identity_multiplier_i[lane])", with: "(x_multiplier_i[lane])")
    for _ in 0..<2 {
      let broken = try repository.gate()
      #expect(broken.status == 1 && broken.output.contains("1 trusted"))
    }
    // As it was before: trusted again.
    try repository.git("checkout", "--quiet", "rtl")
    #expect(try repository.gate().output.contains("2 trusted"))
  }

  @Test("shards that are merged give the bytes of one run, and a missing one is a failure")
  func shards() throws {
    let repository = try Repository()
    try repository.write("merge:\n  verify: {count: 64}\n", to: "gate.yaml")
    try repository.commit()
    let one = try repository.gate("--no-cache", "--report", repository.file("report").path)
    #expect(one.status == 0)
    for index in 1...3 {
      let folder = repository.file("report\(index)").path
      _ = try repository.gate("--no-cache", "--shard", "\(index)/3", "--report", folder)
    }
    func merge(_ shards: [Int]) throws -> Command.Result {
      try Command.run(
        ["report", "merge"] + shards.map { repository.file("report\($0)").path }
          + ["--out", repository.file("report").path + "-all"])
    }
    let all = try merge([3, 1, 2])
    #expect(all.status == 0, "\(all.output)\(all.errors)")
    for name in ["report.json", "junit.xml", "summary.md", "annotations.txt", "report.html"] {
      #expect(try repository.report("report-all", name) == repository.report("report", name))
    }
    let missing = try merge([1, 3])
    #expect(missing.status == 2 && missing.output.contains("shard 2 of 3 is missing"))
    #expect(try repository.report("report-all", "summary.md").contains("shard 2 of 3 is missing"))
  }

  @Test("a run that is interrupted, or killed, leaves no report that could be taken for one")
  func ends() throws {
    let repository = try Repository()
    try repository.write("merge: {verify: {count: 4000000}, accuracy: false}\n", to: "gate.yaml")
    let folder = repository.file("report").path
    try repository.write("an old one", to: "report/report.json")
    let killed = try repository.gate("--report", folder, interruptAfter: 3, isKilled: true)
    #expect(killed.status == 9)
    #expect(!FileManager.default.fileExists(atPath: folder + "/report.json"))
    let result = try repository.gate("--report", folder, interruptAfter: 3)
    #expect(result.status == 130, "\(result.output)\(result.errors)")
    #expect(try repository.report("report", "summary.md").contains("INTERRUPTED  level merge"))
    let merged = try Command.run(["report", "merge", folder])
    #expect(merged.status == 130)
  }

  @Test("a report that cannot be written is no pass")
  func nowhereToWrite() throws {
    let repository = try Repository()
    try repository.write("", to: "report")
    let result = try repository.gate("--report", repository.file("report").path)
    #expect(result.status == 2 && result.errors.contains("cannot write"))
  }

  @Test("a base that git does not know is status 2, and says what to do")
  func unknownBase() throws {
    let result = try Repository().gate("--base", "nowhere")
    #expect(result.status == 2 && result.errors.contains("fetch-depth: 0"))
  }
}
