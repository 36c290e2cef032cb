import Foundation
import Testing

@Suite struct FuzzCommandTests {
  /// `ci/plant-fuzz` on some of its list; on all of it, with the uniform baseline, where
  /// COSIM_PLANTED_BUGS is `all`.
  @Test func plantedMistakesAreFoundAgainWithTheSameSeed() throws {
    let tool = Command.project.appendingPathComponent("ci/plant-fuzz").path
    var words = [tool, "--cosim", Command.executable.path, "--cache", Command.cache]
    if ProcessInfo.processInfo.environment["COSIM_PLANTED_BUGS"] != "all" {
      words += ["--feedback", "bins", "--uniform", "0", "one product", "foreign after zero"]
    }
    let result = try Command.run(words, executable: URL(fileURLWithPath: "/usr/bin/python3"))
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    let lines = result.output.split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("one product") && $0.contains(" found ") })
    #expect(lines.contains { $0.hasPrefix("foreign after zero") && $0.contains(" again") })
    #expect(!result.output.contains("NOT AGAIN"))
  }

  @Test func everyMistakeOfTheListCanBePlanted() throws {
    let tool = Command.project.appendingPathComponent("ci/plant-fuzz").path
    let python = URL(fileURLWithPath: "/usr/bin/python3")
    #expect(try Command.run([tool, "--check"], executable: python).status == 0)
    let scratch = try Scratch()
    let list = scratch.url.appendingPathComponent("list.toml")
    let bug = "[[bug]]\nname = 'b'\nblock = 'pwl_unit'\nfile = 'pwl_unit/pwl_unit.sv'\n"
    try Data((bug + "edits = [['no such text', '']]\n").utf8).write(to: list)
    let result = try Command.run([tool, "--check", "--bugs", list.path], executable: python)
    #expect(result.status == 2)
    #expect(result.errors.contains("b: pwl_unit/pwl_unit.sv does not hold the text once"))
  }

  /// `ci/plant-fuzz` with a search that knows at once, and tells how often it was asked.
  @Test func whatPlantedMistakesCameToIsKeptAndReported() throws {
    let scratch = try Scratch()
    let (list, keep) = (
      scratch.url.appendingPathComponent("list.toml"),
      scratch.url.appendingPathComponent("keep").path
    )
    let asked = scratch.url.appendingPathComponent("asked")
    let seeds = scratch.url.appendingPathComponent("seeds")
    let search = scratch.url.appendingPathComponent("search")
    try Data(
      """
      #!/usr/bin/env python3
      import json, pathlib, sys, time
      open("\(asked.path)", "a").write("x")
      said = lambda flag: sys.argv[sys.argv.index(flag) + 1] if flag in sys.argv else None
      text = (pathlib.Path(said("--root")) / "rtl/pwl_unit/pwl_unit.sv").read_text()
      plain = "--generator" in sys.argv
      if plain:
        sum(range(300_000))
        open("\(seeds.path)", "a").write(said("--seed"))
      found = "easy" in text if plain else "missed" not in text
      find = {"execution": 9, "executionInConfiguration": 9, "configuration": {"name": "odd"}, "findings": []}
      count = int(said("--count") or 20)
      print(json.dumps([{"records": [{"executions": 9 if found else count}],
        "seconds": {"search": 0.5}} | ({"find": find} if found else {})]))
      """.utf8
    ).write(to: search)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: search.path)
    func bugs(_ names: [(name: String, line: String)]) throws {
      let text = names.map { name, line in
        "[[bug]]\nname = '\(name)'\nblock = 'pwl_unit'\nfile = 'pwl_unit/pwl_unit.sv'\n"
          + "edits = [['\(line)', '\(line) // \(name)']]\n"
      }
      try Data(text.joined().utf8).write(to: list)
    }
    func run(_ more: String...) throws -> (lines: [String], status: Int32, asked: Int) {
      let tool = Command.project.appendingPathComponent("ci/plant-fuzz").path
      let result = try Command.run(
        [tool, "--cosim", search.path, "--bugs", list.path, "--keep", keep, "--time", "0.01"]
          + more,
        executable: URL(fileURLWithPath: "/usr/bin/python3"))
      let asked = FileManager.default.contents(atPath: asked.path)?.count ?? 0
      return (result.output.split(separator: "\n").map(String.init), result.status, asked)
    }
    let lines = [
      "localparam int unsigned SumBits = 37;", "localparam int unsigned ProductStages = 3;",
    ]
    try bugs([("good", lines[0]), ("missed", lines[1]), ("easy", "assign complete  =")])
    let first = try run()
    #expect(first.status == 1 && first.asked > 6, "\(first)")
    let results = [
      "uniform stimulus missed 1 of 2 mistakes in 1 blocks, 0 s of processors a block or more",
      "found 1 of 1 of these within 0 s each",
      "found 0 of 1 others, without a baseline, within 0 s each",
      "found again with the same seed and other --jobs 2 of 2",
    ]
    #expect(first.lines.suffix(4) == results[...])
    #expect(first.lines.contains { $0.hasPrefix("easy ") && $0.contains("; uniform FOUND in ") })
    #expect(first.lines.contains { $0.hasPrefix("missed ") && $0.contains(" MISSED ") })
    // Nothing is tried again, and nothing at all for a report.
    let second = try run()
    #expect(second.asked == first.asked && second.lines.suffix(4) == results[...])
    // A baseline that was interrupted goes on with the rounds that are missing.
    let record = "\(keep)/good.uniform.json"
    let stored = try String(contentsOfFile: record, encoding: .utf8)
    let short = stored.replacing(/"seconds": [0-9.]+, "rounds": [0-9]+/) { _ in
      #""seconds": 0.01, "rounds": 6"#
    }
    #expect(short != stored)
    try Data(short.utf8).write(to: URL(fileURLWithPath: record))
    try Data().write(to: seeds)
    #expect(try run("--baseline", "good").asked > first.asked)
    let rounds = try String(contentsOf: seeds, encoding: .utf8)
    #expect(rounds.hasPrefix("778"), "\(rounds)")
    try bugs([("good", lines[0]), ("new", lines[1])])
    let known = try run("--report").asked
    let report = try run("--report")
    #expect(report.asked == known && report.status == 0)
    #expect(report.lines.count == 4 && report.lines[0].hasPrefix("good "))
    // Another mistake of the same name is another mistake.
    try bugs([("good", lines[1])])
    #expect(try run("--report").lines.allSatisfy { !$0.hasPrefix("good ") })
    #expect(try run("--uniform", "0").asked > known)
  }

  @Test func aFindIsMadeSmallAndStored() throws {
    let scratch = try Scratch()
    let project = try scratch.project()
    try project.appendingPathComponent("rtl/common/dyadic_rescaler.sv").replace(
      "signed'(ProductBits'(round_up_q));", with: "signed'(ProductBits'(!round_up_q));")
    let result = try Command.run(
      [
        "fuzz", "dyadic_requantizer", "--config", "smallest", "--root", project.path, "--cache",
        Command.cache, "--feedback", "bins", "--count", "64", "--minimise-time", "2",
      ])
    #expect(result.status == 1, "\(result.errors)")
    #expect(result.output.hasPrefix("FOUND  dyadic_requantizer  "))
    #expect(result.output.contains("  explained: reproduced 3 of 3"))
    #expect(result.output.contains("  replay: cosim replay \(project.path)/build/bundles/"))
  }

  @Test func whatIsRightIsNotAccused() throws {
    let scratch = try Scratch()
    let result = try Command.run(
      [
        "fuzz", "dyadic_requantizer", "--config", "smallest", "--root",
        try scratch.project().path, "--cache", Command.cache, "--feedback", "bins", "--count",
        "512",
      ])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.hasPrefix("NOTHING FOUND  dyadic_requantizer  512 inputs"))
  }

  @Test(arguments: [false, true], [false, true])
  func anEndLeavesACorpusThatIsWhole(isKilled: Bool, isForeign: Bool) throws {
    let scratch = try Scratch()
    let corpus = scratch.url.appendingPathComponent("corpus").path
    let design =
      isForeign
      ? [try scratch.design("divider").path]
      : ["dyadic_requantizer", "--root", try scratch.project().path]
    let config = isForeign ? "wide" : "smallest"
    let words =
      ["fuzz"] + design + [
        "--config", config, "--cache", Command.cache, "--feedback", "bins", "--corpus", corpus,
        "--jobs", "2",
      ]
    // Built before, so that it searches when it ends.
    #expect(try Command.run(words + ["--count", "256"]).status == 0)
    let ended = try Command.run(
      words + ["--time", "60s"], interruptAfter: 2, isKilled: isKilled)
    #expect(ended.status == (isKilled ? SIGKILL : 130))
    let folder = corpus + (isForeign ? "/divider-wide" : "/dyadic_requantizer-smallest")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    let inputs = names.filter { $0.hasSuffix(".input") }
    #expect(inputs.count > 32)
    // Every one of them is executed, and none is deadly.
    let again = try Command.run(words + ["--count", String(inputs.count + 64)])
    #expect(again.status == 0, "\(again.output)")
    #expect(!again.output.contains("died"))
  }

  @Test func timesHaveUnits() throws {
    for time in ["0s", "later", "5x"] {
      let result = try Command.run(["fuzz", "dyadic_requantizer", "--time", time])
      #expect(result.status == 64)
      #expect(result.errors.contains("--time must be a number of s, m or h, such as 60s"))
    }
  }
}
