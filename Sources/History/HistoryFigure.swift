import Reports

/// A figure over commits, as SVG that stands in a page by itself.
struct HistoryFigure {
  /// A value of one run.
  struct Dot {
    var place: Int
    var value: Double
    /// What appears when it is pointed at.
    var words: String
    var isMarked = false
  }

  var title: String
  /// Below the dots, by place.
  var labels: [String]
  var dots: [Dot]

  private static let size = (width: 900.0, height: 260.0)
  private static let frame = (left: 74.0, right: 856.0, top: 12.0, bottom: 190.0)

  /// The figure; empty where there is nothing to draw.
  func render() -> String {
    guard !dots.isEmpty else { return "" }
    let (left, right, top, bottom) = HistoryFigure.frame
    let y = SVGAxis(dots.map(\.value), spacing: .even, from: bottom, to: top)
    func x(_ place: Int) -> Double {
      labels.count < 2
        ? (left + right) / 2
        : left + 8 + (right - left - 16) * Double(place) / Double(labels.count - 1)
    }
    var parts = y.rules(from: left, to: right, HistoryFigure.words)
    // Not more labels than there is room for.
    let stride = max(1, (labels.count + 29) / 30)
    for (place, label) in labels.enumerated() where place % stride == 0 {
      let at = decimal(x(place), 1)
      parts.append(
        "<text x=\"\(at)\" y=\"\(decimal(bottom + 12, 1))\" "
          + "transform=\"rotate(60 \(at) \(decimal(bottom + 12, 1)))\">\(escaped(label))</text>")
    }
    let places = dots.map {
      "\(decimal(x($0.place), 1)),\(decimal(y.position($0.value), 1))"
    }
    parts.append("<polyline points=\"\(places.joined(separator: " "))\"/>")
    for (dot, place) in zip(dots, places) {
      let at = place.split(separator: ",")
      parts.append(
        "<circle\(dot.isMarked ? " class=\"m\"" : "") cx=\"\(at[0])\" cy=\"\(at[1])\" "
          + "r=\"\(dot.isMarked ? 4.5 : 3)\"><title>\(escaped(dot.words))</title></circle>")
    }
    let (width, height) = HistoryFigure.size
    return """
      <figure><figcaption>\(escaped(title))</figcaption>
      <svg viewBox="0 0 \(Int(width)) \(Int(height))" role="img" aria-label="\(escaped(title))">
      \(parts.joined(separator: "\n"))
      </svg></figure>

      """
  }

  private static func words(_ tick: Double) -> String {
    tick == tick.rounded() ? grouped(Int(tick)) : significant(tick)
  }

  static let style = """
    figure{margin:1em 0}figcaption{font-weight:600}svg{width:100%;max-width:900px;height:auto}
    svg text{font:11px system-ui,sans-serif;fill:#444}svg line.g{stroke:#e4e4e4}
    svg polyline{fill:none;stroke:#0b62a4;stroke-width:1.6}svg circle{fill:#0b62a4}
    svg circle.m{fill:#d1495b}td.l,th.l{text-align:left}
    """
}
