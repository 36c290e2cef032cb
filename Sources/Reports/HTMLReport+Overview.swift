import Lockstep
import Signals

extension HTMLReport {
  /// Blocks by configurations: a link to what was found in each, one for each seed.
  func matrix(_ outcomes: [Outcome]) -> String {
    var blocks: [(name: String, configurations: [(name: String, places: [Int])])] = []
    for (place, outcome) in outcomes.enumerated() {
      let row = blocks.firstIndex { $0.name == outcome.block } ?? blocks.count
      if row == blocks.count { blocks.append((outcome.block, [])) }
      let name = outcome.configuration.name
      let column =
        blocks[row].configurations.firstIndex { $0.name == name }
        ?? blocks[row].configurations.count
      if column == blocks[row].configurations.count {
        blocks[row].configurations.append((name, []))
      }
      blocks[row].configurations[column].places.append(place)
    }
    let rows = blocks.map { block in
      let cells = block.configurations.map { configuration in
        let chips = configuration.places.map { chip(outcomes[$0], place: $0) }
        return "<td>\(escaped(configuration.name)) \(chips.joined(separator: " "))</td>"
      }.joined()
      return "<tr><th>\(escaped(block.name))</th>\(cells)</tr>"
    }
    return "<table class=\"matrix\"><tbody>\n\(rows.joined(separator: "\n"))\n</tbody></table>"
  }

  private func chip(_ outcome: Outcome, place: Int) -> String {
    let (kind, word) =
      outcome.agrees
      ? ("good", "agrees") : outcome.allFindings.isEmpty ? ("bad", "cut short") : ("bad", "differs")
    return "<a class=\"chip \(kind)\" href=\"#outcome\(place)\">\(word), seed \(outcome.seed)</a>"
  }

  /// The stages that were compared inside the device, in the order in which data passes them, of the first
  /// run in which one differs: what agrees, what differs first, what follows from it.
  func tapChain(_ outcome: Outcome) -> String {
    for run in outcome.runs {
      for case .divergence(let divergence) in run.findings {
        let stages = run.taps.map { tap in
          if tap.tap == divergence.first.tap {
            return stage(tap.tap, "first", "differs first, cycle \(divergence.first.cycle)")
          }
          if let later = divergence.following.first(where: { $0.tap == tap.tap }) {
            return stage(tap.tap, "bad", "differs, cycle \(later.cycle)")
          }
          return divergence.agreeing.contains(tap.tap)
            ? stage(tap.tap, "good", "\(grouped(tap.values)) values agree")
            : stage(tap.tap, "none", "nothing compared")
        }
        let outputs =
          divergence.outputCycle.map { stage("outputs", "bad", "differ, cycle \($0)") }
          ?? (divergence.isCutShort == true
            ? stage("outputs", "none", "not reached: the run ended before")
            : stage("outputs", "good", "agree"))
        return """
          <p>Stages in the order of data, stalls \(run.profile.rawValue):</p>
          <p class="chain">\((stages + [outputs]).joined(separator: " &rarr; "))</p>

          """
      }
    }
    return ""
  }

  private func stage(_ name: String, _ state: String, _ words: String) -> String {
    "<span class=\"chip \(state)\"><b>\(escaped(name))</b> \(words)</span>"
  }

  static let overviewStyle = """
    .matrix th{text-align:left}.matrix td{text-align:left!important}
    .chip{display:inline-block;padding:.1em .6em;border-radius:.7em;text-decoration:none;color:#222;
    background:#eee}.chip.good{background:#d8efe2}.chip.bad{background:#fbdcd7}
    .chip.first{background:#b3261e;color:#fff}.chain{line-height:2.2}
    """
}
