import Foundation
import Gate
import Testing
import Verilation

@Suite struct CacheTests {
  private let scratch: Scratch
  private let cache: VerdictCache

  init() throws {
    scratch = try Scratch()
    cache = VerdictCache(Cache(root: scratch.path))
  }

  private func entries() -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: scratch.path + "/verdicts")) ?? []
  }

  @Test func whatPassedIsTrustedUnderItsOwnKeyAlone() throws {
    let result = passed(task("a", verify))
    cache.keep(result)
    let found = try #require(cache.result(of: result.task, key: result.evidence.key))
    #expect(found.isTrusted && found.verdict == .passed)
    #expect(found.evidence == result.evidence)
    #expect(cache.result(of: result.task, key: "another") == nil)
    #expect(cache.result(of: task("b", verify), key: result.evidence.key) == nil)
  }

  @Test(arguments: [TaskResult.Verdict.failed, .flaky, .broken])
  func nothingElseIsEverKept(verdict: TaskResult.Verdict) {
    var result = failed(task("a", verify))
    result.evidence.key = "key"
    result.verdict = verdict
    cache.keep(result)
    #expect(entries().isEmpty)
  }

  @Test func whatWasTrustedIsNotKeptAgain() {
    var result = passed(task("a", verify))
    result.isTrusted = true
    cache.keep(result)
    #expect(entries().isEmpty)
  }

  @Test func aDamagedOrEditedEntryIsNotTrusted() throws {
    let result = passed(task("a", verify))
    cache.keep(result)
    let file = "\(scratch.path)/verdicts/\(try #require(entries().first))"
    let text = try String(contentsOfFile: file, encoding: .utf8)
    try Data(text.replacing("\"elements\":10", with: "\"elements\":11").utf8)
      .write(to: URL(fileURLWithPath: file))
    #expect(cache.result(of: result.task, key: result.evidence.key) == nil)
    try Data(text.prefix(text.count / 2).utf8).write(to: URL(fileURLWithPath: file))
    #expect(cache.result(of: result.task, key: result.evidence.key) == nil)
  }

  @Test func aFolderThatCannotBeWrittenLosesNoVerdict() throws {
    try scratch.write("", to: "verdicts")
    let result = passed(task("a", verify))
    cache.keep(result)
    #expect(cache.result(of: result.task, key: result.evidence.key) == nil)
  }
}
