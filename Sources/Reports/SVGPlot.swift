import Accuracy

/// Draws curves as an SVG figure that stands in a page by itself: no script, no font, no network.
struct SVGPlot {
  private let plot: Plot
  private let x: SVGAxis
  private let y: SVGAxis

  /// Width and height of the figure and the frame inside it, pixels.
  private static let size = (width: 620.0, height: 380.0)
  private static let frame = (left: 62.0, right: 600.0, top: 12.0, bottom: 338.0)

  /// Distinguishable without red against green; beyond ten curves, dashes tell them apart.
  static let colours = [
    "#0b62a4", "#d1495b", "#e09f3e", "#2f7d5b", "#6f4e9c", "#00a6a6", "#8c5a2b", "#e377c2", "#555",
    "#9bb400",
  ]

  init(_ plot: Plot) {
    self.plot = plot
    let points = plot.curves.flatMap(\.points)
    x = SVGAxis(
      points.map(\.x), spacing: plot.x.isLogarithmic ? .octaves : .even,
      from: SVGPlot.frame.left, to: SVGPlot.frame.right)
    let drawn = points.map(\.y).map { value in
      plot.limit.map { min(max(value, $0.lowerBound), $0.upperBound) } ?? value
    }
    y = SVGAxis(
      drawn, spacing: plot.y.isLogarithmic ? .decades : .even, from: SVGPlot.frame.bottom,
      to: SVGPlot.frame.top)
  }

  /// A colour and dashes for the curve of a number.
  static func stroke(_ index: Int) -> String {
    let dash = index < colours.count ? "" : " stroke-dasharray=\"5 3\""
    return "stroke=\"\(colours[index % colours.count])\"\(dash)"
  }

  /// The figure.
  func render() -> String {
    let (width, height) = SVGPlot.size
    let (left, right, top, bottom) = SVGPlot.frame
    // An inner figure cuts off what lies outside of it.
    let inner = [left, top, right - left, bottom - top].map { decimal($0, 1) }
    return """
      <svg viewBox="0 0 \(Int(width)) \(Int(height))" role="img" aria-label="\(escaped(plot.title))">
      \(grid())
      <svg x="\(inner[0])" y="\(inner[1])" width="\(inner[2])" height="\(inner[3])" \
      viewBox="\(inner.joined(separator: " "))">
      \(plot.curves.enumerated().map { curve($1, $0) }.joined(separator: "\n"))
      </svg>
      </svg>
      """
  }

  private func grid() -> String {
    let (left, right, top, bottom) = SVGPlot.frame
    var parts: [String] = []
    for tick in x.ticks {
      let at = decimal(x.position(tick), 1)
      parts.append(
        "<line class=\"g\" x1=\"\(at)\" y1=\"\(decimal(top, 1))\" x2=\"\(at)\" "
          + "y2=\"\(decimal(bottom, 1))\"/><text x=\"\(at)\" y=\"\(decimal(bottom + 15, 1))\" "
          + "text-anchor=\"middle\">\(x.label(tick))</text>")
    }
    parts += y.rules(from: left, to: right, y.label)
    parts.append(
      "<text x=\"\(decimal((left + right) / 2, 1))\" y=\"\(decimal(bottom + 34, 1))\" "
        + "text-anchor=\"middle\" class=\"a\">\(escaped(plot.x.label))</text>")
    return parts.joined(separator: "\n")
  }

  private func curve(_ curve: Plot.Curve, _ index: Int) -> String {
    let drawn = curve.points.filter { x.canPlace($0.x) && y.canPlace($0.y) }
    guard !drawn.isEmpty else { return "" }
    let places = drawn.map { "\(decimal(x.position($0.x), 1)),\(decimal(y.position($0.y), 1))" }
    let line =
      "<polyline fill=\"none\" stroke-width=\"1.6\" \(SVGPlot.stroke(index)) "
      + "points=\"\(places.joined(separator: " "))\"><title>\(escaped(curve.label))</title></polyline>"
    if drawn.count > 40 { return line }
    let colour = SVGPlot.colours[index % SVGPlot.colours.count]
    let dots = zip(drawn, places).map { point, place in
      let parts = place.split(separator: ",")
      return "<circle cx=\"\(parts[0])\" cy=\"\(parts[1])\" r=\"2.4\" fill=\"\(colour)\"><title>"
        + "\(escaped(curve.label)): \(significant(point.x, 4)), \(significant(point.y, 4))"
        + "</title></circle>"
    }
    return line + dots.joined()
  }
}

/// From values to pixels.
package struct SVGAxis {
  /// How values are spaced, and so where lines are drawn.
  package enum Spacing {
    case even
    /// Logarithmic, lines at powers of two over a narrow range, else of ten.
    case octaves
    /// Logarithmic, lines at powers of ten.
    case decades
  }

  private let spacing: Spacing
  private let least: Double
  private let largest: Double
  private let from: Double
  private let to: Double
  /// Round values to draw lines at.
  package let ticks: [Double]
  private let areOctaves: Bool

  /// Values that cannot be drawn (infinite, or not positive on a logarithmic axis) are left out.
  package init(_ values: [Double], spacing: Spacing, from: Double, to: Double) {
    self.spacing = spacing
    (self.from, self.to) = (from, to)
    let isLogarithmic = spacing != .even
    let drawn = values.filter { $0.isFinite && (!isLogarithmic || $0 > 0) }
    var (low, high) = (drawn.min() ?? 0.1, drawn.max() ?? 1)
    areOctaves = spacing == .octaves && high / low <= 65536
    ticks =
      isLogarithmic
      ? SVGAxis.powers(of: areOctaves ? 2 : 10, from: &low, to: &high)
      : SVGAxis.steps(from: &low, to: &high)
    (least, largest) = (low, high)
  }

  /// Whether a value has a place on the axis, in the frame or out of it.
  func canPlace(_ value: Double) -> Bool { value.isFinite && (spacing == .even || value > 0) }

  package func position(_ value: Double) -> Double {
    let share =
      spacing != .even
      ? SVGAxis.octaves(value / least) / SVGAxis.octaves(largest / least)
      : (value - least) / (largest - least)
    return from + (to - from) * share
  }

  package func label(_ tick: Double) -> String {
    if areOctaves { return tick >= 1 && tick <= 4096 ? "\(Int(tick))" : "2^\(tick.exponent)" }
    return brief(tick)
  }

  /// A horizontal line for each tick of a vertical axis, its words at the left.
  package func rules(
    from left: Double, to right: Double, _ words: (_ tick: Double) -> String
  ) -> [String] {
    ticks.map { tick in
      let at = decimal(position(tick), 1)
      return "<line class=\"g\" x1=\"\(decimal(left, 1))\" y1=\"\(at)\" "
        + "x2=\"\(decimal(right, 1))\" y2=\"\(at)\"/><text x=\"\(decimal(left - 6, 1))\" y=\"\(at)\" dy=\"4\" "
        + "text-anchor=\"end\">\(words(tick))</text>"
    }
  }

  /// The binary logarithm, to the precision of a drawing.
  private static func octaves(_ value: Double) -> Double {
    // By repeated squaring of the significand: eight bits are a third of a pixel.
    var significand = value.significand
    var result = Double(value.exponent)
    var bit = 0.5
    for _ in 0..<16 {
      significand *= significand
      if significand >= 2 {
        significand /= 2
        result += bit
      }
      bit /= 2
    }
    return result
  }

  /// Powers of a base around a range, which widens to the outer ones.
  private static func powers(
    of base: Double, from low: inout Double, to high: inout Double
  ) -> [Double] {
    var start = 1.0
    while start > low { start /= base }
    while start * base <= low { start *= base }
    var ticks = [start]
    while (ticks.last ?? high) < high { ticks.append((ticks.last ?? start) * base) }
    if ticks.count == 1 { ticks.append(start * base) }
    (low, high) = (start, ticks[ticks.count - 1])
    return ticks
  }

  /// About six steps of 1, 2 or 5 times a power of ten; the range widens to the outer ones.
  private static func steps(from low: inout Double, to high: inout Double) -> [Double] {
    if low == high { (low, high) = (low - 0.5, high + 0.5) }
    var unit = 1.0
    while unit > high - low { unit /= 10 }
    while unit * 10 <= high - low { unit *= 10 }
    let step = [0.2, 0.5, 1, 2].map { $0 * unit }.first { (high - low) / $0 <= 7 } ?? unit
    let first = (low / step).rounded(.down)
    let last = (high / step).rounded(.up)
    (low, high) = (first * step, last * step)
    return (0...Int(last - first)).map { (first + Double($0)) * step }
  }
}
