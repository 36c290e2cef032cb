import Lockstep

/// Draws what streams did, cycle by cycle, as an SVG figure: no script, no font, no network.
struct TimingDiagram {
  private let window: SignalWindow

  /// Pixels: of a cycle, of what a page shows at once, of a line, of the names on the left.
  private static let narrowestCycle = 22
  private static let widestCycle = 44
  private static let page = 1000
  private static let line = 20
  private static let names = 120
  /// Height of a level above the bottom of its line.
  private static let level = 12

  /// Pixels of a cycle: as many as there is room for.
  private let cycle: Int

  init(_ window: SignalWindow) {
    self.window = window
    let fitting = TimingDiagram.page / max(window.cycles, 1)
    // Even, for the clock has two halves.
    cycle = min(max(fitting / 2 * 2, TimingDiagram.narrowestCycle), TimingDiagram.widestCycle)
  }

  private var width: Int { window.cycles * cycle + 10 }
  /// Numbers, clock, and three lines a stream with a gap below.
  private var height: Int {
    2 * TimingDiagram.line + window.traces.count * (3 * TimingDiagram.line + 8) + 10
  }

  /// The figure: names, and beside them the cycles, which scroll. The scrolled part runs from right to
  /// left so that a page shows its end first, where the failure is.
  func render() -> String {
    var parts = [marker, numbers, clock]
    for (index, trace) in window.traces.enumerated() {
      let top = 2 * TimingDiagram.line + index * (3 * TimingDiagram.line + 8)
      parts.append(transfers(trace, top: top))
      parts.append(wave(trace.valid, top: top))
      parts.append(wave(trace.ready, top: top + TimingDiagram.line))
      parts.append(payload(trace, top: top + 2 * TimingDiagram.line))
    }
    return """
      <div class="wide"><svg class="names" width="\(TimingDiagram.names)" height="\(height)">
      \(names.joined(separator: "\n"))
      </svg><div dir="rtl"><svg class="timing" width="\(width)" height="\(height)" role="img" \
      aria-label="streams in cycles \(window.first) to \(window.first + window.cycles - 1)">
      \(parts.joined(separator: "\n"))
      </svg></div></div>
      """
  }

  private var names: [String] {
    func name(_ text: String, line: Int, top: Int = 0) -> String {
      "<text x=\"4\" y=\"\(top + line * TimingDiagram.line - 4)\">\(escaped(text))</text>"
    }
    return [name("clock", line: 2)]
      + window.traces.enumerated().flatMap { index, trace in
        let top = 2 * TimingDiagram.line + index * (3 * TimingDiagram.line + 8)
        return [
          name("\(trace.stream)_valid", line: 1, top: top),
          name("\(trace.stream)_ready", line: 2, top: top), name(trace.stream, line: 3, top: top),
        ]
      }
  }

  private func x(_ place: Int) -> Int { place * cycle }

  /// The failing cycle, from top to bottom.
  private var marker: String {
    let place = window.failingCycle - window.first
    guard (0..<window.cycles).contains(place) else { return "" }
    return "<rect class=\"fail\" x=\"\(x(place))\" y=\"0\" width=\"\(cycle)\" "
      + "height=\"\(height)\"><title>cycle \(window.failingCycle)</title></rect>"
  }

  private var numbers: String {
    (0..<window.cycles).filter { (window.first + $0) % 5 == 0 || $0 == 0 }.map {
      "<text x=\"\(x($0) + 2)\" y=\"13\">\(window.first + $0)</text>"
    }.joined()
  }

  private var clock: String {
    let bottom = 2 * TimingDiagram.line - 4
    var path = "M\(x(0)) \(bottom)"
    for place in 0..<window.cycles {
      // The low half comes first: pins settle with the clock low.
      path += "h\(cycle / 2)v-\(TimingDiagram.level)h\(cycle / 2)"
      path += place == window.cycles - 1 ? "" : "v\(TimingDiagram.level)"
    }
    return "<path d=\"\(path)\"/>"
  }

  /// A shade behind each cycle in which a beat crosses.
  private func transfers(_ trace: SignalWindow.Trace, top: Int) -> String {
    zip(trace.valid, trace.ready).enumerated().filter { $1.0 == "1" && $1.1 == "1" }.map {
      "<rect class=\"beat\" x=\"\(x($0.offset))\" y=\"\(top)\" width=\"\(cycle)\" "
        + "height=\"\(3 * TimingDiagram.line)\"/>"
    }.joined()
  }

  private func wave(_ levels: String, top: Int) -> String {
    let bottom = top + TimingDiagram.line - 4
    var path = ""
    for (place, level) in levels.enumerated() {
      let y = bottom - (level == "1" ? TimingDiagram.level : 0)
      path += (place == 0 ? "M\(x(0)) \(y)" : "V\(y)") + "h\(cycle)"
    }
    return "<path d=\"\(path)\"/>"
  }

  /// One box for as long as a payload stays.
  private func payload(_ trace: SignalWindow.Trace, top: Int) -> String {
    let bottom = top + TimingDiagram.line - 4
    var boxes = ""
    var place = 0
    while place < window.cycles {
      guard let text = trace.payloads[place] else {
        place += 1
        continue
      }
      var end = place + 1
      while end < window.cycles && trace.payloads[end] == text && !moves(trace, end - 1) {
        end += 1
      }
      // What does not fit its box runs on as far as there is nothing.
      var free = end
      while free < window.cycles && trace.payloads[free] == nil { free += 1 }
      let isFailing =
        trace.stream == window.failingStream
        && (place..<end).contains(window.failingCycle - window.first)
      // About six pixels a character.
      let room = max(1, (free - place) * cycle / 6 - 1)
      let shown = text.count > room ? String(text.prefix(room - 1)) + "…" : text
      boxes +=
        "<g><title>\(escaped(text))</title><rect class=\"\(isFailing ? "wrong" : "value")\" "
        + "x=\"\(x(place))\" y=\"\(top + 2)\" width=\"\((end - place) * cycle)\" "
        + "height=\"\(TimingDiagram.line - 4)\"/>"
        + "<text x=\"\(x(place) + 3)\" y=\"\(bottom - 1)\">\(escaped(shown))</text></g>"
      place = end
    }
    return boxes
  }

  private func moves(_ trace: SignalWindow.Trace, _ cycle: Int) -> Bool {
    let (valid, ready) = (Array(trace.valid.utf8), Array(trace.ready.utf8))
    return valid[cycle] == 0x31 && ready[cycle] == 0x31
  }

  static let style = """
    .wide{display:flex;border:1px solid #ddd;margin:.5em 0}.wide div{overflow-x:auto;min-width:0}
    svg.timing,svg.names{font:10px ui-monospace,monospace;direction:ltr;flex:none}
    svg.timing path{fill:none;stroke:#222}svg.timing .beat{fill:#e3f1ea}svg.timing .fail{fill:#fbdcd9}
    svg.timing .value{fill:#fff;stroke:#777}svg.timing .wrong{fill:#f3a29b;stroke:#b3261e}
    """
}
