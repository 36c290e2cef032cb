import Foundation
import Testing

@Suite struct FuzzCommandTests {
  /// The bugs that every run of the tests tries; all with COSIM_PLANTED_BUGS=all.
  static let bugs = PlantedBug.all.filter {
    $0.isQuick || ProcessInfo.processInfo.environment["COSIM_PLANTED_BUGS"] == "all"
  }

  @Test(arguments: bugs)
  func plantedBugsAreFound(_ bug: PlantedBug) throws {
    let scratch = try Scratch()
    let project = try scratch.project(bug.block)
    for edit in bug.edits {
      try project.appendingPathComponent("rtl/" + bug.file).replace(edit.right, with: edit.wrong)
    }
    let result = try Command.run(
      [
        "fuzz", bug.block, "--config", bug.configuration, "--root", project.path, "--cache",
        Command.cache, "--feedback", "bins", "--count", "40000", "--minimise-time", "2",
      ])
    #expect(result.status == 1, "\(result.errors)")
    #expect(result.output.hasPrefix("FOUND  \(bug.block)  "))
    #expect(result.output.contains("  explained: reproduced 3 of 3"))
    #expect(result.output.contains("  replay: cosim replay \(project.path)/build/bundles/"))
  }

  @Test(arguments: PlantedBug.all)
  func plantedBugsLieInTheDevice(_ bug: PlantedBug) throws {
    let scratch = try Scratch()
    let project = try scratch.project(bug.block)
    let manifest = project.appendingPathComponent("rtl/\(bug.block)/device.yaml")
    let text = String(decoding: try Data(contentsOf: manifest), as: UTF8.self)
    let source = bug.file.split(separator: "/").last ?? ""
    #expect(text.contains(source))
    #expect(text.contains("  \(bug.configuration): {"))
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

  @Test(arguments: [false, true])
  func anEndLeavesACorpusThatIsWhole(isKilled: Bool) throws {
    let scratch = try Scratch()
    let project = try scratch.project().path
    let corpus = scratch.url.appendingPathComponent("corpus").path
    let words = [
      "fuzz", "dyadic_requantizer", "--config", "smallest", "--root", project, "--cache",
      Command.cache, "--feedback", "bins", "--corpus", corpus,
    ]
    // Built before, so that it searches when it ends.
    #expect(try Command.run(words + ["--count", "64"]).status == 0)
    let ended = try Command.run(
      words + ["--time", "60s"], interruptAfter: 2, isKilled: isKilled)
    #expect(ended.status == (isKilled ? SIGKILL : 130))
    let folder = corpus + "/dyadic_requantizer-smallest"
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
