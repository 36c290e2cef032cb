import Lockstep

/// Draws which elements of an output differ: one cell an element, or a square of elements in large arrays.
struct ErrorMapFigure {
  private let map: ErrorMap
  private let rows: Int
  private let columns: Int
  /// Elements along the side of a cell.
  private let step: Int

  /// Cells along a side, at most.
  private static let most = 96

  init(_ map: ErrorMap) {
    self.map = map
    let count = map.shape.reduce(1, *)
    // A long row is folded; of more axes, the last one runs across.
    let across = map.shape.count > 1 ? map.shape[map.shape.count - 1] : min(count, 64)
    columns = max(across, 1)
    rows = (count + columns - 1) / columns
    step = (max(rows, columns) + ErrorMapFigure.most - 1) / ErrorMapFigure.most
  }

  /// The figure with a line below that says how much differs.
  func render() -> String {
    let side = max(6, min(14, 600 / max(1, columns / step)))
    let (across, down) = ((columns + step - 1) / step, (rows + step - 1) / step)
    var cells: [Int: [Int]] = [:]
    for (index, place) in map.places.enumerated() {
      cells[place / columns / step * across + place % columns / step, default: []].append(index)
    }
    let drawn = cells.sorted { $0.key < $1.key }.map { cell, members in
      let title = members.prefix(4).map(sentence).joined(separator: "&#10;")
      let isTooLarge = members.allSatisfy { map.observed[$0] > map.expected[$0] }
      let isTooSmall = members.allSatisfy { map.observed[$0] < map.expected[$0] }
      let kind = isTooLarge ? "high" : isTooSmall ? "low" : "mixed"
      return "<rect class=\"\(kind)\" x=\"\(cell % across * side)\" y=\"\(cell / across * side)\" "
        + "width=\"\(side - 1)\" height=\"\(side - 1)\"><title>\(title)</title></rect>"
    }
    let count = map.shape.reduce(1, *)
    let shape = map.shape.isEmpty ? "" : " [\(map.shape.map(String.init).joined(separator: ", "))]"
    let scale = step > 1 ? "; a cell is \(step) × \(step) elements" : ""
    return """
      <p><b>\(escaped(map.array))</b>\(shape) of transaction \(map.transaction): \
      \(grouped(map.places.count)) of \(grouped(count)) elements differ \
      (<i class="high"></i> too large, <i class="low"></i> too small\(scale))</p>
      <div class="wide"><svg class="map" width="\(across * side)" height="\(down * side)" role="img" \
      aria-label="differing elements of \(escaped(map.array))">
      <rect class="right" width="100%" height="100%"/>
      \(drawn.joined(separator: "\n"))
      </svg></div>
      """
  }

  private func sentence(_ index: Int) -> String {
    var rest = map.places[index]
    var position: [String] = []
    for extent in map.shape.reversed() {
      position.insert(String(rest % extent), at: 0)
      rest /= extent
    }
    return "[\(position.joined(separator: ", "))]: expected \(map.expected[index]), "
      + "observed \(map.observed[index])"
  }

  static let style = """
    svg.map .right{fill:#eef3f0}.high{fill:#b3261e}.low{fill:#0b62a4}.mixed{fill:#6f4e9c}
    i.high{background:#b3261e;width:.8em}i.low{background:#0b62a4;width:.8em}
    """
}
