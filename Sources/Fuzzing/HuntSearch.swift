import Blocks
import Foundation
import Signals

/// One search, on one thread, from one seed.
struct HuntSearch: Sendable {
  let block: any Block
  let configuration: Configuration
  let aim: HuntAim
  let space: HuntSpace
  let isCancelled: @Sendable () -> Bool

  private(set) var worst: HuntCase?
  private(set) var tried = 0
  private(set) var refused = 0
  private(set) var wasInterrupted = false
  private(set) var landscape = HuntLandscape()
  private var generator: CounterGenerator

  init(
    block: any Block, configuration: Configuration, aim: HuntAim, space: HuntSpace, seed: UInt64,
    isCancelled: @escaping @Sendable () -> Bool
  ) {
    self.block = block
    self.configuration = configuration
    self.aim = aim
    self.space = space
    self.isCancelled = isCancelled
    generator = CounterGenerator(seed: seed, stream: 11, index: 0)
  }

  // MARK: - One input

  /// What golden makes of a row, or of codes that have nothing to do with each other.
  ///
  /// - Returns: nil where the block refuses it.
  mutating func evaluate(_ row: [Int64], scale: Double) -> HuntCase? {
    let codes = RaggedTensor(rows: [row.count], values: row)
    tried += space.isRow ? 1 : row.count
    do {
      let batch = try block.batch(of: codes, scale: scale, in: configuration)
      let answer = try block.golden(batch, in: configuration)
      guard let readings = block.readings(of: answer, to: batch, in: configuration) else {
        refused += space.isRow ? 1 : row.count
        return nil
      }
      let found = HuntSearch.badness(readings, row, scale: scale, aim: aim)
      if space.isRow || worst.map({ found.badness > $0.badness }) ?? true {
        landscape.add(found)
      }
      landscape.add(scale: scale, found.badness)
      if found.badness > worst?.badness ?? -1 { worst = found.alone(isRow: space.isRow) }
      return found
    } catch {
      refused += space.isRow ? 1 : row.count
      return nil
    }
  }

  private static func badness(
    _ readings: Readings, _ row: [Int64], scale: Double, aim: HuntAim
  ) -> HuntCase {
    if aim == .rowSum {
      let sum = readings.got.reduce(0, +)
      return HuntCase(
        badness: abs(sum - 1), scale: scale, row: row, index: 0, got: sum, exact: 1)
    }
    var result = HuntCase(badness: -1, scale: scale, row: row, index: 0, got: 0, exact: 0)
    for index in readings.got.indices {
      let error = abs(readings.got[index] - readings.exact[index])
      // A NaN compares with nothing and would pass for no error.
      if error > result.badness || error.isNaN {
        result.badness = error.isNaN ? .infinity : error
        (result.index, result.got) = (index, readings.got[index])
        result.exact = readings.exact[index]
      }
    }
    return result
  }

  // MARK: - Codes

  /// Tries the codes of every so many-th scale.
  mutating func tryCodes(part: Int, of parts: Int) {
    let count = space.scaleCount
    for index in stride(from: part, to: count, by: parts) {
      let scale = space.scale(index, of: count)
      let codes = space.codes(scale: scale)
      guard codes.count > 0 else { continue }
      let step = space.codeStep
      var place = codes.lowerBound
      while place <= codes.upperBound {
        if isCancelled() {
          wasInterrupted = true
          return
        }
        let last = min(codes.upperBound, place &+ Int64(step * 4096 - 1))
        _ = evaluate(Array(stride(from: place, through: last, by: step)), scale: scale)
        place = last + 1
      }
    }
  }

  // MARK: - Rows

  private struct Individual {
    var row: [Int64]
    var scale: Double
    var badness: Double
  }

  /// Those that are kept, and the share of rows that begin anew.
  private static let kept = 24
  private static let fresh: Int64 = 5

  mutating func searchRows(_ count: Int) {
    var population: [Individual] = []
    for trial in 0..<count {
      if isCancelled() {
        wasInterrupted = true
        return
      }
      let isFresh = trial < 4 * HuntSearch.kept || draw(HuntSearch.fresh) == 0
      var (row, scale) = isFresh || population.isEmpty ? begin() : change(population)
      let codes = space.codes(scale: scale)
      for index in row.indices {
        row[index] = min(max(row[index], codes.lowerBound), codes.upperBound)
      }
      guard space.contains(length: row.count), let found = evaluate(row, scale: scale) else {
        continue
      }
      if population.contains(where: { $0.row == row && $0.scale == scale }) { continue }
      population.append(Individual(row: row, scale: scale, badness: found.badness))
      if population.count > HuntSearch.kept {
        population.sort { $0.badness > $1.badness }
        population.removeLast()
      }
    }
  }

  private mutating func draw(_ count: Int64) -> Int64 { generator.value(in: 0...(count - 1)) }

  private mutating func drawLength() -> Int {
    let (low, high) = (space.lengths.lowerBound, space.lengths.upperBound)
    // By octaves, often a power of two or its neighbour: that is where sums overflow.
    let octaves = Int64(Int.bitWidth - high.leadingZeroBitCount)
    var length = 1 << Int(draw(octaves))
    switch draw(4) {
    case 0: length += Int(draw(Int64(length)))
    case 1: length += Int(draw(3)) - 1
    case 2: length = [low, high, 512, 2048][Int(draw(4))]
    default: break
    }
    if space.isPowerOfTwoLong {
      length = 1 << (Int.bitWidth - 1 - max(1, length).leadingZeroBitCount)
    }
    return min(max(length, low), high)
  }

  private mutating func drawScale() -> Double {
    space.scale(Int(draw(129)), of: 129)
  }

  /// A row of one of many kinds.
  private mutating func begin() -> ([Int64], Double) {
    let scale = drawScale()
    let length = drawLength()
    let codes = space.codes(scale: scale)
    if let deviation = space.deviation {
      return (normal(length, deviation, unit: space.deviatesInCodes ? 1 : scale, codes), scale)
    }
    let (low, high) = (codes.lowerBound, codes.upperBound)
    let base = draw(3) == 0 ? high : generator.value(in: codes)
    let other = draw(3) == 0 ? low : generator.value(in: codes)
    let spread = max(1, (high - low) >> draw(16))
    let row: [Int64] =
      switch draw(6) {
      case 0: [Int64](repeating: base, count: length)
      case 1: [other] + [Int64](repeating: base, count: length - 1)
      case 2: (0..<length).map { $0 & 1 == 0 ? base : other }
      case 3: (0..<length).map { base - Int64($0) * max(1, spread / Int64(length)) }
      case 4: (0..<length).map { _ in base + generator.value(in: -spread...spread) }
      default: (0..<length).map { _ in generator.value(in: codes) }
      }
    return (row, scale)
  }

  /// Normal values, as far as a sum of twelve uniform ones is.
  private mutating func normal(
    _ length: Int, _ deviation: ClosedRange<Double>, unit: Double, _ codes: ClosedRange<Int64>
  ) -> [Int64] {
    let share = Double(draw(65)) / 64
    let ratio = deviation.upperBound / deviation.lowerBound
    let sigma = deviation.lowerBound * pow(ratio, share) / unit
    return (0..<length).map { _ in
      var sum = -6.0
      for _ in 0..<12 { sum += Double(draw(1 << 24)) * 0x1p-24 }
      return Int64((sum * sigma).rounded())
    }
  }

  /// One of those that are kept, changed in one or two ways.
  private mutating func change(_ population: [Individual]) -> ([Int64], Double) {
    // The worse it is, the likelier it is taken.
    let index = min(draw(Int64(population.count)), draw(Int64(population.count)))
    var (row, scale) = (population[Int(index)].row, population[Int(index)].scale)
    for _ in 0...draw(2) { changeOnce(&row, &scale) }
    return (row, scale)
  }

  private mutating func changeOnce(_ row: inout [Int64], _ scale: inout Double) {
    let codes = space.codes(scale: scale)
    let place = Int(draw(Int64(row.count)))
    switch space.deviation == nil ? draw(9) : 7 + draw(2) {
    case 0: row[place] = generator.value(in: codes)
    case 1: row[place] = draw(2) == 0 ? codes.lowerBound : codes.upperBound
    case 2: row[place] += draw(17) - 8
    case 3:
      let step = (Int64(1) << draw(8)) * (draw(2) == 0 ? 1 : -1)
      for index in row.indices { row[index] += step }
    case 4:
      let value = row[Int(draw(Int64(row.count)))]
      for index in place..<min(row.count, place + 1 + Int(draw(Int64(row.count)))) {
        row[index] = value
      }
    case 5:
      let length = drawLength()
      row = (0..<length).map { row[$0 % row.count] }
    case 6:
      // Nearer to the mean, or further from it.
      let mean = row.reduce(0, +) / Int64(row.count)
      let isWider = draw(2) == 0
      for index in row.indices {
        let distance = row[index] - mean
        row[index] = mean + (isWider ? 2 * distance : distance / 2)
      }
    case 7: row.swapAt(place, Int(draw(Int64(row.count))))
    default:
      scale *= [0.5, 0.9, 0.99, 1.01, 1.1, 2][Int(draw(6))]
      scale = min(max(scale, space.scales.lowerBound), space.scales.upperBound)
      if space.scales.lowerBound == space.scales.upperBound { scale = space.scales.lowerBound }
    }
  }
}

extension HuntCase {
  /// A scalar unit's code by itself.
  func alone(isRow: Bool) -> HuntCase {
    guard !isRow else { return self }
    var result = self
    result.row = [row[index]]
    result.index = 0
    return result
  }
}

/// The largest badness by scale and by length, in bins.
struct HuntLandscape: Sendable {
  private var byScale: [Int: (x: Double, y: Double)] = [:]
  private var byLength: [Int: (x: Double, y: Double)] = [:]

  mutating func add(scale: Double, _ badness: Double) {
    // Eight bins an octave.
    let bin = Int((log2(scale) * 8).rounded(.down))
    if badness > byScale[bin]?.y ?? -1 { byScale[bin] = (scale, badness) }
  }

  mutating func add(_ found: HuntCase) {
    let bin = Int((log2(Double(found.row.count)) * 8).rounded(.down))
    if found.badness > byLength[bin]?.y ?? -1 {
      byLength[bin] = (Double(found.row.count), found.badness)
    }
  }

  static func joined(_ parts: [HuntLandscape]) -> HuntLandscape {
    var result = HuntLandscape()
    for part in parts {
      result.byScale.merge(part.byScale) { $0.y >= $1.y ? $0 : $1 }
      result.byLength.merge(part.byLength) { $0.y >= $1.y ? $0 : $1 }
    }
    return result
  }

  func curves(isRow: Bool) -> [HuntCurve] {
    func curve(_ label: String, _ bins: [Int: (x: Double, y: Double)]) -> HuntCurve {
      let points = bins.sorted { $0.key < $1.key }.map(\.value)
      return HuntCurve(
        label: label, isLogarithmic: true, x: points.map(\.x), y: points.map(\.y))
    }
    let scales = curve("scale: real value of one code", byScale)
    return isRow ? [scales, curve("elements of the row", byLength)] : [scales]
  }
}
