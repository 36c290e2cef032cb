import Blocks
import Devices
import Foundation
import Lockstep
import Reports
import Signals
import Testing
import Verilation

/// Accounts of cycles, and budgets.
@Suite struct CycleAccountTests {
  private func account(_ fault: Fault = .none) async throws -> CycleAccount {
    let block = Bench(fault: fault)
    return try CycleAccount.measure(
      block, in: try block.configuration(), library: try await Built.bench.value,
      manifest: Built.manifest("bench", sources: ["bench.sv"]))
  }

  @Test func everyTransactionHasALatencyAndAnInterval() async throws {
    let account = try await account()
    #expect(account.findings.isEmpty)
    #expect(account.toFirstOutput.total == 256)
    #expect(account.toLastOutput.total == 256)
    #expect(account.interval.total == 255)
    // One register before the sum of a row of one beat; two before y, which comes first in longer rows.
    #expect(Set(account.toFirstOutput.counts.keys) == [1, 2])
    // Rows of 1 to 13 elements in beats of 4; new settings wait for the last answer and a table.
    #expect(account.interval.smallest == 1)
    #expect(account.interval.median == 2)
    #expect((account.interval.largest ?? 0) > 8)
    for stream in account.streams {
      #expect(stream.transfer + stream.starved + stream.blocked + stream.idle == account.cycles)
    }
    #expect(account.ideal.map { Double(account.cycles) > $0 } == true)
    #expect(try await self.account() == account)
  }

  @Test func aWrongAnswerIsNotCompared() async throws {
    let account = try await account(.signLost)
    #expect(!account.findings.isEmpty)
    let line = CycleReport().comparison(account, budget: account.cycles...account.cycles)
    #expect(line.hasPrefix("WRONG"))
  }

  @Test func throughputThatIsLostBehindPausesIsFound() async throws {
    func account(_ fault: Relay.Fault) async throws -> CycleAccount {
      let block = Relay(fault: fault)
      let configuration = try block.configuration()
      let manifest = Built.manifest("relay", sources: ["relay.sv"])
      let library = try await Built.verilation()
        .library(for: manifest, configuration: configuration).open()
      return try CycleAccount.measure(
        block, in: configuration, library: library, manifest: manifest)
    }
    let whole = try await account(.none)
    #expect(whole.findings.isEmpty)
    #expect((whole.lost ?? .max) <= CycleAccount.pauses.count)
    let slow = try await account(.slowAfterWaiting)
    // Without pauses it is as fast, so that no budget notices.
    #expect(slow.cycles == whole.cycles)
    let lost = try #require(slow.lost)
    // From the first of 16 pauses in the first half on, a beat takes two cycles.
    #expect(lost > whole.cycles / 2)
    let pauses = CycleAccount.pauses
    #expect(
      slow.findings == [
        .throughputLost(cycles: lost, pauses: pauses.count, length: pauses.cycles)
      ])
    let line = CycleReport().comparison(slow, budget: slow.cycles...slow.cycles)
    #expect(line.hasPrefix("LOSING   relay  "))
    #expect(line.count <= 80, "\(line)")
  }

  @Test func slowerAndFasterAreDifferentWords() async throws {
    let account = try await account()
    let cycles = account.cycles
    func line(_ budget: ClosedRange<Int>?) -> String {
      CycleReport().comparison(account, budget: budget)
    }
    #expect(line(cycles...cycles).hasPrefix("WITHIN"))
    #expect(line(cycles - 5...cycles + 5).hasPrefix("WITHIN"))
    #expect(line(cycles - 9...cycles - 1).contains("SLOWER"))
    #expect(line(cycles - 9...cycles - 1).contains(", 1 over budget"))
    #expect(line(cycles + 3...cycles + 7).contains("FASTER"))
    #expect(line(cycles + 3...cycles + 7).contains(", 3 below budget"))
    #expect(line(nil).hasPrefix("UNHELD"))
    for lineText in CycleReport().render(account, budget: nil).split(separator: "\n") {
      #expect(lineText.count <= 80, "\(lineText)")
    }
  }

  @Test func theClassOfCyclesThatGrewIsNamed() async throws {
    let account = try await account()
    let now = account.streams.map { ($0.stream, $0.classes) }
    #expect(account.changes(since: Dictionary(uniqueKeysWithValues: now)).isEmpty)
    // As if x had been starved 7 cycles less, and y had moved 2 cycles more.
    var before = Dictionary(uniqueKeysWithValues: now)
    let (x, y) = (try #require(before["x"]), try #require(before["y"]))
    before["x"] = CycleClasses(
      transfer: x[.transfer], starved: x[.starved] - 7, blocked: x[.blocked], idle: x[.idle])
    before["y"] = CycleClasses(
      transfer: y[.transfer] + 2, starved: y[.starved], blocked: y[.blocked], idle: y[.idle] - 9)
    #expect(
      account.changes(since: before) == [
        CycleAccount.Change(stream: "y", kind: .idle, cycles: 9),
        CycleAccount.Change(stream: "x", kind: .starved, cycles: 7),
        CycleAccount.Change(stream: "y", kind: .transfer, cycles: -2),
      ])
    func text(_ budget: Int) -> String {
      CycleReport().comparison(account, budget: budget...budget, streams: before)
    }
    let cycles = account.cycles
    #expect(text(cycles - 7).hasSuffix("\n  grew       y idle +9, x starved +7"))
    #expect(text(cycles + 2).hasSuffix("\n  shrank       y transfer -2"))
    #expect(!text(cycles).contains("\n"))
  }

  @Test func verdictsOfBudgets() {
    #expect(BudgetVerdict(cycles: 10, budget: 10...10) == .within)
    #expect(BudgetVerdict(cycles: 11, budget: 10...10) == .slower(by: 1))
    #expect(BudgetVerdict(cycles: 9, budget: 10...10) == .faster(by: 1))
    #expect(BudgetVerdict(cycles: 9, budget: nil) == .noBudget)
    let accepted = [BudgetVerdict.within, .noBudget, .slower(by: 1), .faster(by: 1)]
      .filter(\.isAccepted)
    #expect(accepted == [.within, .noBudget])
  }

  @Test func theMedianIsTheLowerOneOfTwo() {
    #expect(CycleAccount.Histogram([]).median == nil)
    #expect(CycleAccount.Histogram([5]).median == 5)
    #expect(CycleAccount.Histogram([1, 9, 2, 8]).median == 2)
    #expect(CycleAccount.Histogram([1, 9, 9]).median == 9)
  }

  @Test func anAcceptedBudgetSaysWhatTheStreamsDid() throws {
    let classes = CycleClasses(transfer: 4, starved: 3, blocked: 2, idle: 1)
    func accepted(_ text: String, _ cycles: Int) -> String {
      Manifest.text(
        text, settingBudgetOf: "default", to: cycles, streams: [("x", classes), ("y", classes)],
        remark: "r")
    }
    let text = "top: a\nsources: [\(#filePath)]\n"
    let first = accepted(text + "cycles:\n  default: 9  # a\n  odd: 7\n", 10)
    #expect(
      first == text
        + "cycles:\n  default:  # r\n    total: 10\n    x: [4, 3, 2, 1]\n    y: [4, 3, 2, 1]\n  odd: 7\n"
    )
    #expect(accepted(first, 11) == first.replacing("total: 10", with: "total: 11"))
    #expect(
      Manifest.text(first, settingBudgetOf: "default", to: 9, remark: "a")
        == text + "cycles:\n  default: 9  # a\n  odd: 7\n")
    let read = try Manifest(
      text: accepted(text, 10).replacing("  odd: 7\n", with: ""), file: "/device.yaml")
    #expect(read.cycleBudgets == ["default": 10...10])
    #expect(read.budgetStreams == ["default": ["x": classes, "y": classes]])
  }

  @Test func acceptingABudgetChangesNothingElse() throws {
    let text = "top: a\nsources: [a.sv]\n"
    let first = Manifest.text(text, settingBudgetOf: "default", to: 42, remark: "so\nit is")
    #expect(first == text + "cycles:\n  default: 42  # so it is\n")
    let second = Manifest.text(first, settingBudgetOf: "odd", to: 7, remark: "b")
    #expect(second == first + "  odd: 7  # b\n")
    let third = Manifest.text(second, settingBudgetOf: "default", to: 40, remark: "c")
    #expect(third == text + "cycles:\n  default: 40  # c\n  odd: 7  # b\n")
    let before = "top: a\ncycles:\n  default: 1  # a\nsources: [a.sv]\n"
    #expect(
      Manifest.text(before, settingBudgetOf: "odd", to: 2, remark: "r")
        == "top: a\ncycles:\n  default: 1  # a\n  odd: 2  # r\nsources: [a.sv]\n")
  }
}
