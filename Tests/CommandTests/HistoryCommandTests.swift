import Foundation
import Testing

/// Runs of gates and what is kept of them; the plan is small, so that a run takes a moment.
@Suite struct HistoryCommandTests {
  private let scratch: Scratch
  private let root: URL

  private static let plan =
    "merge: {verify: {count: 1, stalls: [none]}, configurations: [smallest], accuracy: false}\n"

  init() throws {
    scratch = try Scratch()
    root = try scratch.project()
    try write(HistoryCommandTests.plan, to: "gate.yaml")
    // Histories of their own, devices of all tests.
    for name in ["devices", "runtime", "tools"] {
      let shared = URL(fileURLWithPath: Command.cache).appendingPathComponent(name)
      let cache = root.appendingPathComponent("cache")
      try FileManager.default.createDirectory(at: shared, withIntermediateDirectories: true)
      try FileManager.default.createDirectory(at: cache, withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(
        at: cache.appendingPathComponent(name), withDestinationURL: shared)
    }
    try write("build/\ncache/\n", to: ".gitignore")
    try git("init", "--quiet")
    try commit("Begin")
  }

  private func write(_ text: String, to name: String) throws {
    let url = root.appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  private func git(_ arguments: String...) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      ["git", "-C", root.path, "-c", "user.name=x", "-c", "user.email=x@x"] + arguments
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
  }

  private func commit(_ message: String) throws {
    try git("add", "--all")
    try git("commit", "--quiet", "--allow-empty", "--message", message)
  }

  private func cosim(_ arguments: String...) throws -> Command.Result {
    var words = arguments
    let place = words[0] == "history" && words.dropFirst().first == "import" ? 2 : 1
    words.insert(contentsOf: ["--root", root.path], at: place)
    return try Command.run(
      words,
      environment: [
        "COSIM_CACHE": root.appendingPathComponent("cache").path, "COSIM_HISTORY": "",
      ])
  }

  /// On one line.
  private func flat(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  private func path(_ name: String) -> String { root.appendingPathComponent(name).path }

  @Test("a gate records its run, in a file of the repository in the cache")
  func records() throws {
    #expect(try cosim("gate").status == 0)
    try write("x", to: "new file")
    #expect(try cosim("gate").status == 0)
    #expect(try cosim("gate", "--no-history").status == 0)
    let history = try cosim("history")
    #expect(
      history.status == 0 && flat(history.output).contains(": 2 runs commit"), "\(history.errors)")
    let rows = history.output.split(separator: "\n").filter { $0.contains("  merge  passed ") }
    try #require(rows.count == 2)
    // The second one was not of the commit alone.
    #expect(!rows[0].contains("+") && rows[1].contains("+ "))
    let json = try cosim("history", "dyadic_requantizer", "--json", "--limit", "1")
    #expect(json.output.contains("\"recorded\" : 2") && json.output.contains("\"isDirty\" : true"))
    #expect(!json.output.contains("\"isDirty\" : false"))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: path("cache/history")).count == 1)
  }

  @Test(
    "a history that cannot be written costs a warning and no verdict",
    arguments: [
      ("no database", "is damaged (file is not a database)"),
      ("in the way/of a folder", "cannot open the history"),
    ])
  func unwritable(_ name: String, _ said: String) throws {
    let text = String(repeating: "This is no database. ", count: 100)
    let file = String(name.prefix { $0 != "/" })
    try write(text, to: file)
    for status in [0, 1] as [Int32] {
      let result = try cosim("gate", "--history", path(name), "--report", path("build/report"))
      #expect(result.status == status, "\(result.output)\(result.errors)")
      let errors = flat(result.errors)
      #expect(errors.contains("warning: this run is not recorded, and its verdict stands: "))
      #expect(errors.contains(said), "\(errors)")
      #expect(FileManager.default.fileExists(atPath: path("build/report/report.json")))
      #expect(try String(contentsOfFile: path(file), encoding: .utf8) == text)
      // Then the same with a verdict of another kind.
      try? FileManager.default.removeItem(atPath: path("rtl/dyadic_requantizer/device.yaml"))
      try write("", to: "rtl/dyadic_requantizer/other.sv")
    }
  }

  @Test("the plan says where the history is, or that there is none")
  func plan() throws {
    try write("history: build/h.sqlite\n" + HistoryCommandTests.plan, to: "gate.yaml")
    #expect(try cosim("gate").status == 0)
    #expect(FileManager.default.fileExists(atPath: path("build/h.sqlite")))
    let shown = try cosim("history")
    #expect(flat(shown.output).hasPrefix(path("build/h.sqlite") + ": 1 run "), "\(shown.output)")
    try write("history: false\n" + HistoryCommandTests.plan, to: "gate.yaml")
    #expect(try cosim("gate").status == 0)
    #expect(!FileManager.default.fileExists(atPath: path("cache/history")))
    #expect(try cosim("history").status == 64)
    #expect(try cosim("history", "--history", path("build/h.sqlite")).status == 0)
  }

  @Test("reports of shards are taken over once, one by one or merged")
  func imports() throws {
    for shard in 1...2 {
      let result = try cosim(
        "gate", "--shard", "\(shard)/2", "--report", path("build/\(shard)"))
      // By itself it gives no verdict, and records none.
      #expect(result.status == 2)
    }
    #expect(!FileManager.default.fileExists(atPath: path("cache/history")))
    let merged = try Command.run(
      ["report", "merge", path("build/1"), path("build/2"), "--out", path("build/all")])
    #expect(merged.status == 0)
    func takeOver(_ names: String...) throws -> String {
      let file = path("build/h.sqlite")
      let result = try Command.run(
        ["history", "import", "--root", root.path, "--history", file] + names.map(path))
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.hasPrefix(file + ": "))
      return String(result.output.dropFirst(file.count + 2).dropLast())
    }
    #expect(try takeOver("build/1", "build/2", "build/1") == "2 of 3 reports added")
    #expect(try takeOver("build/all") == "1 of 1 report added")
    #expect(try takeOver("build/2", "build/all/report.json") == "0 of 2 reports added")
    let history = try cosim("history", "--history", path("build/h.sqlite"))
    #expect(flat(history.output).contains("h.sqlite: 1 run "), "\(history.output)")
    let none = try Command.run(["history", "import", "--root", root.path, path("build")])
    #expect(none.status == 2 && none.errors.contains("reading the report"))
  }

  @Test("a run that ends early says nothing about cycles, in the history or in the summary")
  func early() throws {
    try write(
      "merge: {verify: false, cycles: required, configurations: [smallest], accuracy: false}\n",
      to: "gate.yaml")
    try commit("Measure cycles")
    // Without a budget: a failure with a figure.
    #expect(try cosim("gate").status == 1)
    try root.appendingPathComponent("rtl/dyadic_requantizer/dyadic_requantizer.sv").replace(
      "(x_identity_multiplier_i[lane])", with: "(x_multiplier_i[lane])")
    try commit("Plant a bug")
    let result = try cosim("gate", "--report", path("build/report"))
    #expect(result.status == 1 && !result.output.contains("budget"), "\(result.output)")
    let summary = try String(contentsOfFile: path("build/report/summary.md"), encoding: .utf8)
    #expect(summary.contains("1 cause of failure") && !summary.contains("## Cycles"))
    let json = try cosim("history", "dyadic_requantizer", "--config", "smallest", "--json").output
    #expect(json.components(separatedBy: "\"cycles\" :").count - 1 == 1, "\(json)")
    #expect(json.contains("\"verdict\" : \"failed\"") && json.contains("\"changes\" : [\n\n  ]"))
  }

  @Test("what is not there is said, and not begun")
  func missing() throws {
    let result = try cosim("history", "--history", path("build/none"))
    #expect(result.status == 2)
    #expect(result.errors.contains("there is no history \(path("build/none")) yet"))
    #expect(!FileManager.default.fileExists(atPath: path("build")))
    #expect(try cosim("gate").status == 0)
    let block = try cosim("history", "nonsense")
    #expect(block.status == 2 && block.errors.contains("there is no block 'nonsense'"))
  }
}
