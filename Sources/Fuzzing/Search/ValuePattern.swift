import Signals

/// Changes the values of one array of a transaction, in a way that choices say.
package struct ValuePattern {
  var values: ValueChoices
  var range: ClosedRange<Int64>
  /// What the same array holds in the transaction before; empty for the first.
  var previous: [Int64]
  /// Arrays with an element for each of this one's, which may be multiplied by them or shifted.
  var partners: [Partner] = []

  package struct Partner {
    var range: ClosedRange<Int64>
    var values: [Int64]

    package init(range: ClosedRange<Int64>, values: [Int64]) {
      self.range = range
      self.values = values
    }

    /// Whether values may be places of a shift.
    var isShift: Bool { range.lowerBound >= 0 && range.upperBound <= 255 }
  }

  package init(
    values: ValueChoices, range: ClosedRange<Int64>, previous: [Int64] = [],
    partners: [Partner] = []
  ) {
    self.values = values
    self.range = range
    self.previous = previous
    self.partners = partners
  }

  private enum Kind: Int, CaseIterable {
    case constant, ramp, oneHot, alternating, palette, uniform, noise, interesting, belowTop
    case previous, mirrored, shifted, point, repeated, sorted, rotated, balanced, spread
  }

  /// Applies one change.
  func apply(to array: inout [Int64], _ choices: inout Choices) {
    guard !array.isEmpty else { return }
    let kind = Kind.allCases[choices.below(Kind.allCases.count)]
    let region = region(of: array.count, isPoint: kind == .point || kind == .oneHot, &choices)
    switch kind {
    case .constant, .ramp, .oneHot, .alternating, .palette, .uniform, .noise, .interesting,
      .belowTop:
      fill(&array, region, kind, &choices)
    case .previous:
      for index in region where !previous.isEmpty {
        array[index] = previous[index % previous.count]
      }
      if choices.oneIn(2) { array[place(in: array.count, &choices)] = value(&choices) }
    case .mirrored:
      // Only then does no value leave the range.
      for index in region { array[index] = range.lowerBound &+ (range.upperBound &- array[index]) }
    case .shifted:
      let step = Int64(choices.below(17)) - 8
      for index in region { array[index] = clamp(array[index], plus: step) }
    case .point:
      array[region.lowerBound] = value(&choices)
    case .repeated:
      let source = array[place(in: array.count, &choices)]
      for index in region { array[index] = source }
    case .sorted:
      let isFalling = choices.oneIn(2)
      array[region].sort { isFalling ? $0 > $1 : $0 < $1 }
    case .balanced: balance(&array, region, &choices)
    case .spread:
      // What lies beside a piece would change the sum.
      spread(&array, choices.oneIn(4) ? region : 0..<array.count, &choices)
    case .rotated:
      let step = choices.below(region.count)
      array.replaceSubrange(
        region, with: array[region].dropFirst(step) + array[region].prefix(step))
    }
  }

  /// Gives a region a sum: zero, a value of interest, or a multiple of its length and a half.
  package func balance(
    _ array: inout [Int64], _ region: Range<Int>, _ choices: inout Choices
  ) {
    let sum = array[region].reduce(0, &+)
    let half = Int64(region.count / 2)
    let wanted: Int64 =
      switch choices.below(4) {
      case 0: 0
      case 1: Int64(region.count) &* (Int64(choices.below(9)) - 4) &+ half
      default: values.value(in: -(1 << 40)...1 << 40, &choices)
      }
    // What one element cannot take goes to the next.
    var rest = wanted &- sum
    for index in region.reversed() where rest != 0 {
      let before = array[index]
      array[index] = clamp(before, plus: rest)
      rest = rest &- (array[index] &- before)
    }
  }

  /// Gives a region a sum of squares around its middle: a power of two, a square, or its length times a square,
  /// sometimes one more. Pairs lie as far above the middle as below, so that it is the mean; what a pair cannot
  /// take goes to the next.
  package func spread(
    _ array: inout [Int64], _ region: Range<Int>, _ choices: inout Choices
  ) {
    let middle = choices.oneIn(2) ? clamp(0, plus: 0) : value(&choices)
    let room = min(
      middle.subtractingReportingOverflow(range.lowerBound).partialValue,
      range.upperBound.subtractingReportingOverflow(middle).partialValue)
    // Squares beyond are no sums that fit.
    let reach = min(max(0, room), 1 << 30)
    let count = Int64(region.count)
    let digits = Int64.bitWidth - max(1, reach).leadingZeroBitCount
    // Of the largest sum that there may be.
    let most = min(62, 2 * digits + Int64.bitWidth - count.leadingZeroBitCount)
    let deviation = max(1, Int64(bitPattern: choices.octave(upTo: min(digits, 24))))
    var rest: Int64 =
      switch choices.below(4) {
      case 0, 1: 1 << Int64(choices.below(most))
      case 2: deviation * deviation
      default: count <= 1 << 14 ? count * deviation * deviation : deviation * deviation
      }
    if choices.oneIn(4) { rest += 1 }
    // As even as can be, or in few pairs.
    let share = choices.oneIn(2) ? reach : min(reach, ValueChoices.root(rest / max(1, count)) + 1)
    let isEven = share < reach && (share - 1) * (share - 1) * count == rest
    var place = region.lowerBound
    while place + 1 < region.upperBound {
      let step = min(isEven ? share - 1 : share, ValueChoices.root(rest / 2))
      rest -= 2 * step * step
      array[place] = middle + step
      array[place + 1] = middle - step
      place += 2
    }
    if place < region.upperBound { array[place] = clamp(middle, plus: rest == 1 ? 1 : 0) }
  }

  /// Gives values that, times those of another array or a setting, lie halfway between two multiples of a power
  /// of two: the one that a third array or a setting says, or any; or else come to a constant, divided by that.
  package func tie(_ array: inout [Int64], _ choices: inout Choices) {
    guard !array.isEmpty else { return }
    let region = region(of: array.count, isPoint: false, &choices)
    let factors = choices.pick(partners.filter { !$0.isShift })?.values
    let shifts = choices.pick(partners.filter(\.isShift))?.values
    let reaches = choices.oneIn(4)
    let setting = Int(choices.pick(values.settings.filter { (1...62).contains($0) }) ?? 0)
    var drawn = Choices(seed: choices.next())
    for index in region {
      let factor = factors?[index] ?? drawn.pick(values.settings) ?? 1
      let exponent = shifts.map { Int($0[index]) }
      let value =
        reaches
        ? values.reaching(range, factor: factor, exponent: exponent ?? setting, &drawn)
        : values.exactTie(range, factor: factor, exponent: exponent, &drawn)
      array[index] = clamp(value, plus: 0)
    }
  }

  /// All values at a limit, zero or beside it, or at both limits in turn: what arrays reach together.
  package func fillExtreme(_ array: inout [Int64], _ choices: inout Choices) {
    let order = choices.below(4)
    guard order < 2 || array.count < 2 else {
      let period = order == 2 ? 1 + choices.below(2) : max(1, array.count / 2)
      for index in array.indices {
        array[index] = index / period % 2 == 0 ? range.lowerBound : range.upperBound
      }
      return
    }
    let (low, high) = (range.lowerBound, range.upperBound)
    let value = [low, high, clamp(low, plus: 1), min(max(0, low), high)][
      [0, 0, 0, 1, 1, 1, 2, 3][choices.below(8)]]
    for index in array.indices { array[index] = value }
  }

  /// Sets the values of a region, whatever they were.
  private func fill(
    _ array: inout [Int64], _ region: Range<Int>, _ kind: Kind, _ choices: inout Choices
  ) {
    let first = value(&choices)
    switch kind {
    case .ramp:
      let width = Int64(choices.below(2) == 0 ? choices.below(9) : choices.below(1024))
      let step = choices.oneIn(2) ? -width : width
      var next = first
      for index in region {
        array[index] = next
        next = clamp(next, plus: step)
      }
    case .oneHot:
      for index in array.indices { array[index] = first }
      array[region.lowerBound] = choices.oneIn(2) ? range.upperBound : value(&choices)
    case .alternating:
      let second = other(than: first, &choices)
      let period = [1, 2, 3, 4, max(1, region.count / 2)][choices.below(5)]
      for index in region { array[index] = index / period % 2 == 0 ? first : second }
    case .palette:
      let palette = [first, value(&choices), value(&choices)]
      var drawn = Choices(seed: choices.next())
      for index in region { array[index] = palette[drawn.below(3)] }
    case .uniform:
      var drawn = Choices(seed: choices.next())
      for index in region { array[index] = drawn.value(in: range) }
    case .noise:
      let width = Int64(1) << Int64(choices.below(12))
      var drawn = Choices(seed: choices.next())
      for index in region {
        array[index] = clamp(first, plus: drawn.value(in: -width...width))
      }
    case .interesting:
      var drawn = Choices(seed: choices.next())
      for index in region { array[index] = value(&drawn) }
    case .belowTop:
      // What softmax and its kin look at is the distance from the largest element.
      var drawn = Choices(seed: choices.next())
      let span = first.subtractingReportingOverflow(range.lowerBound)
      let reach = span.overflow ? .max : span.partialValue
      for index in region {
        array[index] = clamp(first, plus: 0 &- values.distance(upTo: reach, &drawn))
      }
      array[region.lowerBound + choices.below(region.count)] = first
    default:
      for index in region { array[index] = first }
    }
  }

  private func value(_ choices: inout Choices) -> Int64 { values.value(in: range, &choices) }

  /// As far on the other side of zero or of the range's middle, or any.
  private func other(than first: Int64, _ choices: inout Choices) -> Int64 {
    switch choices.below(4) {
    case 0: clamp(0 &- first, plus: 0)
    case 1: range.lowerBound &+ (range.upperBound &- first)
    default: value(&choices)
    }
  }

  private func clamp(_ value: Int64, plus step: Int64) -> Int64 {
    let (sum, isOver) = value.addingReportingOverflow(step)
    let whole = isOver ? (step > 0 ? Int64.max : .min) : sum
    return min(max(whole, range.lowerBound), range.upperBound)
  }

  /// Everything, a beginning, an end, or a piece.
  private func region(of count: Int, isPoint: Bool, _ choices: inout Choices) -> Range<Int> {
    if isPoint {
      let place = place(in: count, &choices)
      return place..<place + 1
    }
    switch choices.below(6) {
    case 0...2: return 0..<count
    case 3: return 0..<1 + choices.below(count)
    case 4: return choices.below(count)..<count
    default:
      let start = choices.below(count)
      return start..<start + 1 + choices.below(count - start)
    }
  }

  /// The first or the last place as often as any other.
  private func place(in count: Int, _ choices: inout Choices) -> Int {
    switch choices.below(4) {
    case 0: 0
    case 1: count - 1
    default: choices.below(count)
    }
  }
}
