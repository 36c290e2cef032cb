import Gate
import Lockstep
import Testing

@Suite struct PlanTests {
  @Test func aPlanThatSaysNothingHasTheDefaults() throws {
    let plan = try GatePlan(text: "", file: "gate.yaml", blocks: ["a"])
    #expect(plan == GatePlan())
    #expect(plan.checks(of: "a", at: .merge).verify?.count == 1024)
    #expect(plan.checks(of: "a", at: .merge).mutation == nil)
    #expect(plan.checks(of: "a", at: .nightly).verify?.stalls == StallProfile.allCases)
  }

  @Test func aBlockChangesWhatItsLevelSaysAndNothingElse() throws {
    let text = """
      required: [a]
      fingerprints: required
      timeout: 5
      merge:
        verify: {count: 10, stalls: [none]}
        accuracy: false
      blocks:
        a:
          merge: {verify: {seeds: [3, 4]}, cycles: required, sweep: {limit: 8}}
      """
    let plan = try GatePlan(text: text, file: "gate.yaml", blocks: ["a", "b"])
    let a = plan.checks(of: "a", at: .merge)
    #expect(a.verify?.count == 10 && a.verify?.seeds == [3, 4] && a.verify?.stalls == [.none])
    #expect(a.cycles == .required && a.sweep?.limit == 8 && !a.accuracy)
    let b = plan.checks(of: "b", at: .merge)
    #expect(b.verify?.seeds == [1] && b.cycles == .budgeted && b.sweep == nil && !b.accuracy)
    #expect(plan.checks(of: "a", at: .nightly).accuracy)
    #expect(plan.timeout == 5 && plan.needsFingerprints && plan.required == .named(["a"]))
  }

  @Test(arguments: [
    (
      "mirge: {}",
      "reading the plan gate.yaml:1: 'the plan' has no key 'mirge'; did you mean 'merge'?"
    ),
    (
      "merge:\n  verify: {stalls: [nine]}",
      "reading the plan gate.yaml:2: there is no stall profile 'nine'; did you mean 'none'?"
    ),
    (
      "blocks: {alpa: {}}",
      "reading the plan gate.yaml:1: 'blocks' has no key 'alpa'; did you mean 'alpha'?"
    ),
    (
      "merge: {verify: {count: -1}}",
      "reading the plan gate.yaml:1: 'count' must be a number of at least 0, not '-1'"
    ),
    (
      "nightly: {mutation: {score: 2}}",
      "reading the plan gate.yaml:1: 'score' must be a share from 0 to 1, not '2'"
    ),
    (
      "timeout: soon",
      "reading the plan gate.yaml:1: 'timeout' must be a number of at least 1, not 'soon'"
    ),
    (
      "merge: {cycles: strict}",
      "reading the plan gate.yaml:1: 'cycles' must be budgeted, required or false, not 'strict'"
    ),
  ])
  func aMistakeInAPlanIsNamedWithItsLine(text: String, message: String) {
    #expect {
      try GatePlan(text: text, file: "gate.yaml", blocks: ["alpha"])
    } throws: {
      "\($0)" == message
    }
  }

  @Test func otherErrorsSayWhatToDo() {
    let cases: [(GateError, String)] = [
      (
        .nothingPlanned(level: "merge", root: "/p"),
        "planning the level 'merge': there is nothing to check in /p; no block has RTL there, or the plan "
          + "switches every check off"
      ),
      (
        .git(attempt: "what changed since 'x'", reason: "unknown revision"),
        "asking git what changed since 'x': unknown revision. Fetch the base with its history "
          + "(fetch-depth: 0), or leave --base out to run everything."
      ),
      (
        .otherRuns(first: "a", second: "b", difference: "the level"),
        "merging a with b: they are not shards of one run; the level differs"
      ),
      (
        .report(path: "x/report.json", reason: "it is no whole report of a gate"),
        "reading the report x/report.json: it is no whole report of a gate"
      ),
      (.cannotWrite(path: "x", reason: "No space left"), "cannot write x: No space left"),
    ]
    for (error, text) in cases { #expect("\(error)" == text) }
  }
}
