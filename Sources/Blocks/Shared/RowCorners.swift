import Signals

/// Directed rows, each with a label: what every row block is held to.
struct RowCorners {
  private(set) var labels: [String] = []
  private(set) var lengths: [Int] = []
  private(set) var values: [Int64] = []
  /// Values of an element.
  let range: ClosedRange<Int64>
  let maxLength: Int

  /// No rows yet.
  init(range: ClosedRange<Int64>, maxLength: Int) {
    self.range = range
    self.maxLength = maxLength
  }

  /// Adds a row, cut to the longest that is allowed, its values clamped to the range.
  mutating func add(_ label: String, _ row: [Int64]) {
    let cut = row.prefix(maxLength)
    labels.append(label)
    lengths.append(cut.count)
    values.append(contentsOf: cut.map { min(max($0, range.lowerBound), range.upperBound) })
  }

  /// Adds extremes, one hot, one cold, alternating and ramps, of a length that is no multiple of
  /// the lanes.
  mutating func addShapes(lanes: Int) {
    addShapes(length: min(2 * lanes + max(1, lanes / 2), maxLength))
  }

  /// Adds extremes, one hot, one cold, alternating and ramps of `length` elements.
  mutating func addShapes(length: Int) {
    let (low, high) = (range.lowerBound, range.upperBound)
    // First of all, a row that shows whether a maximum or a sum begins anew after reset.
    let half = (high - low) / 2
    add("low ramp", (0..<length).map { low + half / Int64(max(1, length - 1)) * Int64($0) })
    add("all zero", Array(repeating: min(max(0, low), high), count: length))
    add("all minimum", Array(repeating: low, count: length))
    add("all maximum", Array(repeating: high, count: length))
    add("one hot first", (0..<length).map { $0 == 0 ? high : low })
    add("one hot last", (0..<length).map { $0 == length - 1 ? high : low })
    add("one cold", (0..<length).map { $0 == length / 2 ? low : high })
    add("alternating", (0..<length).map { $0 % 2 == 0 ? low : high })
    addRamps(length: length)
  }

  /// Adds a ramp through the whole range in even steps, and the same downwards.
  mutating func addRamps(length: Int) {
    let steps = Int64(max(1, length - 1))
    let span = range.upperBound - range.lowerBound
    let ramp = (0..<length).map { index in
      // Divided first where the product would not fit.
      range.lowerBound + (span / steps) * Int64(index) + (span % steps) * Int64(index) / steps
    }
    add("ramp up", ramp)
    add("ramp down", ramp.reversed())
  }

  /// Adds rows of 1, about one beat, and the most elements, with values from `spread` around 0; then
  /// so many rows of one beat that a device which is held up has more rows than it has places for.
  mutating func addLengths(lanes: Int, spread: Double, longest: Bool = true) {
    var lengths = [(1, "length 1"), (lanes, "length Lanes"), (lanes + 1, "length Lanes + 1")]
    if lanes > 1 { lengths.append((lanes - 1, "length Lanes - 1")) }
    if longest { lengths.append((maxLength, "length MaxLength")) }
    for (length, label) in lengths where length <= maxLength {
      var generator = CounterGenerator(seed: 0, stream: 0xC0, index: UInt64(length))
      add(label, (0..<length).map { _ in generator.bell(sigma: spread, in: range) })
    }
    for index in 0..<RowCorners.crowd {
      var generator = CounterGenerator(seed: 0, stream: 0xC1, index: UInt64(index))
      let length = generator.count(in: 1...min(lanes, maxLength))
      add("one beat", (0..<length).map { _ in generator.bell(sigma: spread, in: range) })
    }
  }

  /// Adds so many rows of `length` elements that a device which is held up has more of them than it has
  /// places for, with values of each deviation in turn.
  mutating func addCrowd(length: Int, sigmas: [Double]) {
    for index in 0..<RowCorners.crowd {
      var generator = CounterGenerator(seed: 0, stream: 0xC4, index: UInt64(index))
      let sigma = sigmas[index % sigmas.count]
      add("one beat", (0..<length).map { _ in generator.bell(sigma: sigma, in: range) })
    }
  }

  /// Rows of one beat; the RTL's queues take up to about 200.
  private static let crowd = 320

  /// The rows as a batch: the array `name`, with settings.
  func batch(
    _ name: String, prefix: String, shared: [String: Tensor], scales: [String: Double] = [:]
  ) -> Batch {
    Batch(
      count: labels.count, shared: shared,
      items: [name: RaggedTensor(rows: lengths, values: values)],
      labels: labels.map { "\(prefix): \($0)" }, scales: scales)
  }
}
