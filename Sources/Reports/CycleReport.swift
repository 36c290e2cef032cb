public import Devices
public import Foundation
public import Lockstep
import Signals

/// Renders how devices spend their cycles, for a terminal of 80 columns.
public struct CycleReport {
  public init() {}

  /// Everything about one block in one configuration.
  public func render(
    _ account: CycleAccount, budget: ClosedRange<Int>?, streams: Manifest.BudgetStreams = [:]
  ) -> String {
    var lines = [comparison(account, budget: budget, streams: streams)]
    if let ideal = account.ideal, ideal > 0 {
      lines.append(
        "  ideal      \(decimal(ideal, 1)) cycles at the hardware's peak; "
          + "\(decimal(Double(account.cycles) / ideal, 2)) times that")
    }
    if let formula = account.formula, formula > 0 {
      lines.append(
        "  formula    \(grouped(formula)) cycles by the block's formula; "
          + "\(decimal(Double(account.cycles) / Double(formula), 2)) times that")
    }
    lines.append("  latency    first input to first output \(words(account.toFirstOutput))")
    lines.append("             first input to last output  \(words(account.toLastOutput))")
    lines.append("  interval   from transaction to transaction \(words(account.interval))")
    if let lost = account.lost {
      let (count, length) = CycleAccount.pauses
      lines.append(
        "  pauses     \(count) of \(length) cycles on the outputs cost "
          + "\(grouped(abs(lost))) \(lost < 0 ? "less" : "more")")
    }
    lines += histogram(account.toFirstOutput)
    let width = account.streams.map(\.stream.count).max() ?? 0
    for stream in account.streams {
      let name = stream.stream + String(repeating: " ", count: width - stream.stream.count)
      lines.append(
        "  \(name)  transfer \(grouped(stream.transfer)), starved \(grouped(stream.starved)), "
          + "blocked \(grouped(stream.blocked)), idle \(grouped(stream.idle))")
    }
    if let stages = account.stages.words(of: account.cycles) {
      lines += wrapped("  stages     \(stages)")
    }
    return lines.joined(separator: "\n")
  }

  /// The verdict, and by how much; where it is another one than the budget's, a line with what grew or
  /// shrank.
  ///
  /// - Parameter streams: what the budget is made of, where the manifest says.
  public func comparison(
    _ account: CycleAccount, budget: ClosedRange<Int>?, streams: Manifest.BudgetStreams = [:]
  ) -> String {
    let line = verdict(account, budget: budget)
    guard account.findings.isEmpty else { return line }
    let changes = account.changes(since: streams)
    let (word, telling): (String, [CycleAccount.Change])
    switch BudgetVerdict(cycles: account.cycles, budget: budget) {
    case .slower: (word, telling) = ("grew", changes.filter { $0.cycles > 0 })
    case .faster: (word, telling) = ("shrank", changes.filter { $0.cycles < 0 }.reversed())
    default: return line
    }
    // One class a stream: the one that changed most.
    var seen: Set<String> = []
    let list = telling.filter { seen.insert($0.stream).inserted }.prefix(3).map {
      "\($0.stream) \($0.kind.rawValue) \($0.cycles > 0 ? "+" : "-")\(grouped(abs($0.cycles)))"
    }
    return list.isEmpty ? line : line + "\n  \(word)       " + list.joined(separator: ", ")
  }

  private func verdict(_ account: CycleAccount, budget: ClosedRange<Int>?) -> String {
    let place = "\(account.block)  \(account.configuration.name)"
    if case .throughputLost(let cycles, let pauses, let length) = account.findings.first {
      return
        "LOSING   \(place): \(grouped(cycles)) cycles more than \(pauses) pauses of \(length) last"
    }
    if let finding = account.findings.first {
      return "WRONG    \(place): \(finding.kind); cycles of a wrong answer are not compared"
    }
    let cycles = "\(grouped(account.cycles)) cycles"
    switch BudgetVerdict(cycles: account.cycles, budget: budget) {
    case .within:
      return "WITHIN   \(place): \(cycles), as budgeted"
    case .slower(let by):
      return "SLOWER   \(place): \(cycles), \(grouped(by)) over budget" + share(by, account, budget)
    case .faster(let by):
      return "FASTER   \(place): \(cycles), \(grouped(by)) below budget"
        + share(by, account, budget)
        + "; `cosim perf accept` keeps the gain"
    case .noBudget:
      return "UNHELD   \(place): \(cycles), no budget in the manifest"
    }
  }

  private func share(_ by: Int, _ account: CycleAccount, _ budget: ClosedRange<Int>?) -> String {
    guard let budget, budget.upperBound > 0 else { return "" }
    let bound = account.cycles > budget.upperBound ? budget.upperBound : budget.lowerBound
    return " (\(decimal(100 * Double(by) / Double(max(bound, 1)), 1)) %)"
  }

  private func words(_ histogram: CycleAccount.Histogram) -> String {
    guard let low = histogram.smallest, let high = histogram.largest, let median = histogram.median
    else { return "-" }
    return low == high ? "\(low)" : "\(low) to \(high), median \(median)"
  }

  /// At most eight bars of the latency.
  private func histogram(_ histogram: CycleAccount.Histogram) -> [String] {
    guard let low = histogram.smallest, let high = histogram.largest, high > low else { return [] }
    let step = (high - low) / 8 + 1
    let bins = histogram.counts.reduce(into: [Int: Int]()) {
      $0[($1.key - low) / step, default: 0] += $1.value
    }
    let most = bins.values.max() ?? 1
    return (0...(high - low) / step).map { bin in
      let count = bins[bin] ?? 0
      let first = low + bin * step
      let label = step == 1 ? "\(first)" : "\(first)...\(min(high, first + step - 1))"
      let bar = String(repeating: "#", count: (40 * count + most - 1) / most)
      let padding = String(repeating: " ", count: max(0, 15 - label.count))
      return "    \(padding)\(label)  \(bar) \(count)"
    }
  }

  /// The accounts as JSON.
  public static func encoded(_ accounts: [CycleAccount]) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(accounts)
  }
}
