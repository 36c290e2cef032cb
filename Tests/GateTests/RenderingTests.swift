import Foundation
import Gate
import Testing

/// What a gate may come to, and how.
struct Planted: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let result: GateResult
  let verdict: GateResult.Verdict
  /// What every rendering must say.
  var said: [String] = []

  static var all: [Planted] {
    let a = task("a", verify)
    let b = task("b", verify)
    var flaky = failed(b)
    flaky.verdict = .flaky
    var lost = gateResult([passed(a)])
    lost.planned.append("b/default/verify seed 1")
    var shards = gateResult([passed(a)])
    shards.shards = GateResult.Shards(count: 4, present: [1, 2, 4])
    shards.planned.append("b/default/verify seed 1")
    var interrupted = lost
    interrupted.wasInterrupted = true
    var left = gateResult([passed(a)])
    left.leftOut = [.init(task: b.id, reason: "its device is that of 123")]
    var nothing = gateResult([])
    nothing.remarks = []
    var trusted = passed(a)
    trusted.isTrusted = true
    return [
      Planted(
        testDescription: "all passed", result: gateResult([passed(a), passed(b)]), verdict: .passed),
      Planted(
        testDescription: "a mismatch", result: gateResult([passed(a), failed(b)]), verdict: .failed,
        said: ["b: mismatch, y.data", "1 is not 2", "cosim verify b --seed 1"]),
      Planted(
        testDescription: "a crash", verdict: .broken, said: ["b: crash, SIGSEGV", "it died"],
        gateResult([
          passed(a), failed(b, Failure("crash", place: "SIGSEGV", "it died"), isBroken: true),
        ])),
      Planted(
        testDescription: "a crash and a mismatch", verdict: .failed,
        said: ["a: mismatch", "b: crash"],
        gateResult([failed(a), failed(b, Failure("crash", "it died"), isBroken: true)])),
      Planted(
        testDescription: "flaky", verdict: .failed, said: ["flaky"], gateResult([passed(a), flaky])),
      Planted(
        testDescription: "a lost task", verdict: .broken,
        said: ["b/default/verify seed 1"], lost),
      Planted(
        testDescription: "a missing shard", verdict: .broken, said: ["shard 3 of 4 is missing"],
        shards),
      Planted(testDescription: "interrupted", verdict: .interrupted, interrupted),
      Planted(
        testDescription: "left out", verdict: .passed, said: ["its device is that of 123"], left),
      Planted(testDescription: "nothing at all", verdict: .broken, nothing),
      Planted(
        testDescription: "trusted", verdict: .passed, said: ["1 trusted"], gateResult([trusted])),
    ]
  }

  init(
    testDescription: String, result: GateResult, verdict: GateResult.Verdict, said: [String] = []
  ) {
    (self.testDescription, self.result, self.verdict, self.said) =
      (testDescription, result, verdict, said)
  }

  init(
    testDescription: String, verdict: GateResult.Verdict, said: [String] = [], _ result: GateResult
  ) {
    self.init(testDescription: testDescription, result: result, verdict: verdict, said: said)
  }
}

@Suite struct RenderingTests {
  @Test(arguments: Planted.all)
  func everyRenderingSaysTheSame(_ planted: Planted) throws {
    let result = planted.result
    #expect(result.verdict == planted.verdict)
    let word = planted.verdict.rawValue
    let files = try Dictionary(
      uniqueKeysWithValues: GateReport(result).files().map {
        ($0.name, String(decoding: $0.data, as: UTF8.self))
      })
    let texts = [
      GateText().render(result), files["summary.md"] ?? "",
      files["report.html"] ?? "",
      (files["annotations.txt"] ?? "").replacing("%3A", with: ":").replacing("%2C", with: ","),
    ].map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
    for text in texts {
      #expect(text.contains(word.uppercased() + " level merge"))
      for said in planted.said where !(text.contains("::notice") && said.contains("device is")) {
        #expect(text.contains(said), "\(text)")
      }
    }
    let junit = try #require(files["junit.xml"])
    #expect(junit.contains("<testsuites name=\"cosim gate, merge: \(word)\""))
    let bad = result.results.count { $0.verdict == .failed || $0.verdict == .flaky }
    let broken = result.count(.broken) + result.lost.count
    let cases = result.results.count + result.lost.count + result.leftOut.count
    #expect(
      junit.contains(
        "tests=\"\(cases)\" failures=\"\(bad)\" errors=\"\(broken)\" skipped=\"\(result.leftOut.count)\""
      ))
    #expect(junit.components(separatedBy: "<failure ").count - 1 == bad)
    #expect(junit.components(separatedBy: "<error ").count - 1 == broken)
    let decoded = try JSONDecoder().decode(
      GateResult.self, from: Data((files["report.json"] ?? "").utf8))
    #expect(decoded.verdict == planted.verdict)
    #expect(try decoded.encoded() == result.encoded())
  }

  @Test func exitStatusesAreThoseOfTheManual() {
    #expect(GateResult.Verdict.allCases.map(\.exitStatus) == [0, 1, 2, 130])
  }

  @Test func aSummaryThatIsTooLongSaysSo() {
    let many = gateResult((0..<2000).map { passed(task("block\($0)", verify)) })
    var markdown = GateMarkdown()
    let whole = markdown.render(many)
    #expect(!whole.contains("Cut off here"))
    markdown.limit = 20_000
    let cut = markdown.render(many)
    #expect(cut.utf8.count <= 20_000)
    #expect(cut.contains("**Cut off here**: "))
    // Every line that is there is whole.
    #expect(whole.hasPrefix(String(cut.prefix(upTo: cut.range(of: "\n**Cut")!.lowerBound))))
  }

  @Test func onlyTenAnnotationsOfAKindAreWritten() {
    let many = gateResult((0..<40).map { failed(task("block\($0)", verify)) })
    let lines = GateAnnotations().render(many).split(separator: "\n")
    #expect(lines.count { $0.hasPrefix("::error") } == 10)
    #expect(lines.contains { $0.contains("31 more causes") })
    #expect(lines.last?.hasPrefix("::notice") == true)
  }

  @Test func textThatLooksLikeMarkupStaysText() throws {
    let odd = failed(
      task("a", verify),
      Failure(
        "mismatch", place: "y<0>", "a \"quoted\" & <b>\u{1}\n::error::x", file: "rtl/a,b.sv",
        line: 3))
    let files = try GateReport(gateResult([odd])).files()
    func text(_ name: String) -> String {
      files.first { $0.name == name }.map { String(decoding: $0.data, as: UTF8.self) } ?? ""
    }
    #expect(text("junit.xml").contains("a &quot;quoted&quot; &amp; &lt;b&gt;&#10;::error::x"))
    #expect(text("report.html").contains("&lt;b&gt;"))
    let annotations = text("annotations.txt")
    #expect(annotations.contains("file=rtl/a%2Cb.sv,line=3"))
    #expect(annotations.split(separator: "\n").count == 2)
  }
}
