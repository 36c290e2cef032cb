import Devices
import Foundation
import Lockstep
import Reports
import Signals
import Testing

/// Parts of a device whose working cycles are counted.
@Suite struct StageTests {
  @Test func `cycles in which a stage works are counted`() async throws {
    let outcome = try await Tapped.verify(
      .none,
      stages: [
        Stage("busy", active: [Tap.Condition("busy")]),
        Stage("taking", active: [Tap.Condition("busy", isInverted: true)]),
        Stage("both", active: [Tap.Condition("busy"), Tap.Condition("x_valid_i")]),
      ], profiles: [.none, .random])
    #expect(outcome.agrees)
    for run in outcome.runs {
      let taken = run.streams[0].transfer
      #expect(run.stages.map(\.stage) == ["busy", "taking", "both"])
      #expect(run.stages[0].cycles == run.cycles - taken)
      #expect(run.stages[1].cycles == taken)
      #expect(run.stages[2].cycles == run.streams[0].blocked)
    }
    let (first, second) = (outcome.runs[0], outcome.runs[1])
    #expect(first.stages != second.stages)
    let share = String(
      format: "taking %.1f %%", 100 * Double(first.stages[1].cycles) / Double(first.cycles))
    #expect(TerminalReport().render(outcome).contains("  stages (none): busy "))
    #expect(TerminalReport().render(outcome).contains(share))
    #expect(HTMLReport().render([outcome], planned: 1).contains("<td>taking</td>"))
  }

  @Test func `more bits than one word holds can be waited for`() async throws {
    func bits(_ signal: String, _ lanes: [Int], of width: Int) -> [Tap.Condition] {
      lanes.enumerated().flatMap { lane, value in
        (0..<width).map {
          Tap.Condition(signal, bit: lane * width + $0, isInverted: value >> $0 & 1 == 0)
        }
      }
    }
    // While the fourth row waits, y still shows the third one, of three elements.
    let x = bits("x_data_i", (6..<10).map { $0 * 5 - 128 }, of: 8)
    let y = bits("y_data_o", (3..<6).map { ($0 * 5 - 128) * 3 + 1 } + [0], of: 12)
    var beyond = y
    beyond[47].isInverted.toggle()
    let busy = Tap.Condition("busy")
    let stages = [
      Stage("busy", active: [busy]),
      Stage("taking", active: [Tap.Condition("busy", isInverted: true)]),
      Stage("both", active: [busy, Tap.Condition("x_valid_i")]),
      Stage("row", active: x),
    ]
    let few = try await Tapped.verify(.none, taps: [], stages: stages, profiles: [.random])
      .runs[0].stages
    let all = try await Tapped.verify(
      .none, taps: [],
      stages: [Stage("all", active: x + y), Stage("none", active: x + beyond)] + stages,
      profiles: [.random]
    ).runs[0].stages
    #expect(Array(all.dropFirst(2)) == few)
    #expect(few.allSatisfy { $0.cycles > 0 })
    #expect(all[0].cycles == few[3].cycles)
    #expect(all[1].cycles == 0)
  }

  @Test func `conditions that contradict each other never hold`() async throws {
    let (busy, taking) = (Tap.Condition("busy"), Tap.Condition("busy", isInverted: true))
    let outcome = try await Tapped.verify(
      .none, taps: [],
      stages: [
        Stage("one", active: [busy, taking]), Stage("other", active: [taking, busy]),
        Stage("busy", active: [busy, busy]), Stage("taking", active: [taking, taking]),
      ], profiles: [.random])
    let cycles = outcome.runs[0].stages.map(\.cycles)
    #expect(cycles[0] == 0 && cycles[1] == 0)
    #expect(cycles[2] > 0 && cycles[3] > 0)
    #expect(cycles[2] + cycles[3] == outcome.runs[0].cycles)
    let sum = Tap("sum", signal: "result_q", valid: [.init("sum_valid_q")] + [busy, taking])
    #expect(
      try await Tapped.verify(.none, taps: [sum]).allFindings
        == [.vacuous(.tapNeverMoved(tap: "sum", signal: "result_q"))])
  }

  @Test func `a stage needs signals of one bit`() async throws {
    do {
      _ = try await Tapped.verify(
        .none, stages: [Stage("row", active: [Tap.Condition("row_q")])])
      Issue.record("no error")
    } catch {
      #expect(
        "\(error)"
          == "counting the cycles of the stage 'row': 'row_q' has 16 bits, but 1 is needed")
    }
  }
}
