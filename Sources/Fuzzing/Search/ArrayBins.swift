import Blocks
import Signals

/// The bins that every array of a block has, whatever the block: inputs, outputs and intermediate values.
///
/// Octave and sign, nearness to a power of two from either side, limits and their neighbours, 64 equal
/// segments of the range, low digits and trailing zeros (where a rounding has its ties) of each value;
/// numbers of the RTL that inputs and intermediate values equal; length, position and number of the
/// largest element, spread and sum of each row, and how it goes with the row before; and limits of outputs
/// together with the octaves of settings.
struct ArrayBins {
  private struct Places {
    let name: String
    let range: ClosedRange<Int64>
    let isSetting: Bool
    let isOutput: Bool
    let value, power, limit, segment, low, zeros, constant: Int
    let length, top, ties, spread, sum, follow: Int
    /// Outputs: settings that they have a group with.
    var partners: [(setting: String, group: Int)] = []
  }

  private let arrays: [Places]
  /// Values of a row beyond which only some are looked at.
  private static let most = 1024

  /// Numbers of the RTL, of which an array may hold one, by hash.
  private let constants: ConstantTable

  /// - Parameters:
  ///   - constants: numbers with which the RTL may compare.
  ///   - groups: gets the groups of every array.
  init(_ interface: Interface, constants: [Int64] = [], _ groups: inout [Bins.Group]) {
    self.constants = ConstantTable(constants)
    var arrays: [Places] = []
    func group(_ array: ArraySpecification, _ kind: String, _ count: Int) -> Int {
      groups.append(Bins.Group("\(array.name) \(kind)", count: count))
      return groups.count - 1
    }
    for array in interface.arrays where array.role != .derived {
      arrays.append(
        Places(
          name: array.name, range: array.range, isSetting: array.axes.isEmpty,
          isOutput: array.role == .output, value: group(array, "octave", 130),
          power: group(array, "near power", 128),
          limit: group(array, "limit", 8), segment: group(array, "segment", 64),
          low: group(array, "low digits", 16), zeros: group(array, "trailing zeros", 65),
          constant: group(array, "constant", ConstantTable.size),
          length: group(array, "length", 256), top: group(array, "place of maximum", 64),
          ties: group(array, "equal maxima", 16), spread: group(array, "spread", 65),
          sum: group(array, "sum", 131), follow: group(array, "row before", 18)))
    }
    for setting in arrays where setting.isSetting && !setting.isOutput {
      for output in arrays.indices where arrays[output].isOutput {
        groups.append(Bins.Group("\(setting.name) with \(arrays[output].name)", count: 260))
        arrays[output].partners.append((setting.name, groups.count - 1))
      }
    }
    self.arrays = arrays
  }

  func fill(_ bins: inout Bins, batch: Batch, answer: Batch) {
    for places in arrays {
      if let item = batch.items[places.name] ?? answer.items[places.name] {
        item.values.withUnsafeBufferPointer { values in
          for index in 0..<item.count {
            let range = item.range(of: index)
            let row = UnsafeBufferPointer(rebasing: values[range])
            fillValues(&bins, places, row)
            fillRow(&bins, places, row)
            guard index > 0 else { continue }
            let before = UnsafeBufferPointer(rebasing: values[item.range(of: index - 1)])
            fillPair(&bins, places, row, before)
          }
        }
      } else if let tensor = batch.shared[places.name] {
        tensor.values.withUnsafeBufferPointer { fillValues(&bins, places, $0) }
      }
    }
    for output in arrays where output.isOutput && !output.partners.isEmpty {
      guard let item = answer.items[output.name] else { continue }
      let limits = limits(of: item.values.prefix(ArrayBins.most), output.range)
      for partner in output.partners {
        guard let setting = batch.shared[partner.setting]?.values.first else { continue }
        let octave = Bins.octave(setting) * 4
        for limit in 0..<4 where limits & 1 << UInt8(limit) != 0 {
          bins.fill(partner.group, octave + limit)
        }
      }
    }
  }

  /// Which of these there are among values: others, zero, the lower limit, the upper one, from bit 0.
  private func limits(of values: ArraySlice<Int64>, _ range: ClosedRange<Int64>) -> UInt8 {
    let (low, high) = (range.lowerBound, range.upperBound)
    return values.withUnsafeBufferPointer { values in
      var seen: UInt8 = 0
      for value in values {
        seen |= value == high ? 8 : value == low ? 4 : value == 0 ? 2 : 1
      }
      return seen
    }
  }

  private func fillValues(
    _ bins: inout Bins, _ places: Places, _ values: UnsafeBufferPointer<Int64>
  ) {
    let (least, most) = (places.range.lowerBound, places.range.upperBound)
    let width = UInt64(bitPattern: most &- least)
    let shift = UInt64(max(0, UInt64.bitWidth - width.leadingZeroBitCount - 6))
    let step = max(1, values.count / ArrayBins.most)
    let starts = (
      value: bins.starts[places.value], power: bins.starts[places.power],
      segment: bins.starts[places.segment],
      low: bins.starts[places.low], zeros: bins.starts[places.zeros],
      limit: bins.starts[places.limit], constant: bins.starts[places.constant]
    )
    // Sets of bins as words, and only what was met goes to memory.
    var (positive, negative, segments, low, zeros) = (UInt64(0), UInt64(0), UInt64(0), 0, UInt64(0))
    var (limit, aboves, belows) = (UInt64(0), UInt64(0), UInt64(0))
    var index = 0
    while index < values.count {
      let value = values[index]
      index &+= step
      let top = 1 &<< UInt64(63 &- (value.magnitude | 1).leadingZeroBitCount)
      negative |= value < 0 ? top : 0
      positive |= value > 0 ? top : 0
      // Digits below the first one that are all 0, or all 1.
      let digits = value.magnitude &<< UInt64(1 &+ value.magnitude.leadingZeroBitCount)
      aboves |= 1 &<< UInt64(digits.leadingZeroBitCount & 63)
      belows |= 1 &<< UInt64((~digits).leadingZeroBitCount & 63)
      // As distances without sign: the range may be wider than 63 bits.
      let (above, below) = (UInt64(bitPattern: value &- least), UInt64(bitPattern: most &- value))
      segments |= 1 &<< min(above &>> shift, 63)
      low |= 1 &<< Int(truncatingIfNeeded: value & 15)
      zeros |= UInt64(bitPattern: value & (0 &- value))
      if above < 2 { limit |= 1 &<< above }
      if below < 2 { limit |= 4 &<< below }
      if value >= -1 && value <= 1 { limit |= 1 &<< UInt64(bitPattern: 5 &+ value) }
    }
    if !places.isOutput { constants.fill(&bins, from: starts.constant, values, step: step) }
    let hasZero = limit & 1 << 5 != 0
    bins.withFilled { filled in
      ArrayBins.set(positive, filled + starts.value + 2, step: 2)
      ArrayBins.set(negative, filled + starts.value + 3, step: 2)
      ArrayBins.set(aboves, filled + starts.power)
      ArrayBins.set(belows, filled + starts.power + 64)
      ArrayBins.set(segments, filled + starts.segment)
      ArrayBins.set(UInt64(low), filled + starts.low)
      ArrayBins.set(zeros, filled + starts.zeros)
      ArrayBins.set(limit, filled + starts.limit)
      guard hasZero else { return }
      filled[starts.value] = 1
      filled[starts.zeros + 64] = 1
    }
  }

  /// Fills the bins whose bits are set.
  private static func set(_ bits: UInt64, _ first: UnsafeMutablePointer<UInt8>, step: Int = 1) {
    var rest = bits
    while rest != 0 {
      first[rest.trailingZeroBitCount &* step] = 1
      rest &= rest &- 1
    }
  }

  private func fillRow(
    _ bins: inout Bins, _ places: Places, _ row: UnsafeBufferPointer<Int64>
  ) {
    let octave = Bins.octave(Int64(row.count))
    bins.fill(places.length, min(octave, 15) * 16 + row.count % 16)
    guard row.count > 1 else { return }
    var (top, bottom, place, ties) = (row[0], row[0], 0, 1)
    var sum: Int64 = row[0]
    for index in 1..<row.count {
      let value = row[index]
      sum &+= value
      if value > top {
        (top, place, ties) = (value, index, 1)
      } else if value == top {
        ties &+= 1
      }
      bottom = min(bottom, value)
    }
    let fromEnd = Bins.octave(Int64(row.count - 1 - place))
    bins.fill(places.top, min(Bins.octave(Int64(place)), 7) * 8 + min(fromEnd, 7))
    bins.fill(places.ties, ties == row.count ? 15 : min(Bins.octave(Int64(ties)), 14))
    bins.fill(places.spread, Bins.octave(top &- bottom))
    bins.fill(places.sum, sum == 0 ? 130 : Bins.octave(sum) * 2 + (sum < 0 ? 1 : 0))
  }

  private func fillPair(
    _ bins: inout Bins, _ places: Places, _ row: UnsafeBufferPointer<Int64>,
    _ before: UnsafeBufferPointer<Int64>
  ) {
    guard let first = row.first, let last = before.last else { return }
    let length = row.count == before.count ? 0 : row.count > before.count ? 1 : 2
    let order = first == last ? 0 : first > last ? 1 : 2
    let isSame = row.count == before.count && areEqual(row, before)
    bins.fill(places.follow, (length * 3 + order) * 2 + (isSame ? 1 : 0))
  }

  private func areEqual(
    _ first: UnsafeBufferPointer<Int64>, _ second: UnsafeBufferPointer<Int64>
  ) -> Bool {
    for index in first.indices where first[index] != second[index] { return false }
    return true
  }
}

/// Some numbers, found by a hash without collisions worth speaking of: one that loses its place to another is
/// left out.
struct ConstantTable {
  static let size = 256
  private var numbers = [Int64](repeating: 0, count: size)
  private var isEmpty = true

  /// Small numbers are left out: they are met without being looked for.
  init(_ constants: [Int64]) {
    for constant in constants where constant.magnitude > 16 {
      numbers[ConstantTable.place(constant)] = constant
      isEmpty = false
    }
  }

  @inline(__always)
  private static func place(_ number: Int64) -> Int {
    Int(truncatingIfNeeded: (UInt64(bitPattern: number) &* 0x9E37_79B9_7F4A_7C15) &>> 56)
  }

  /// Fills the bin of every number that is among values.
  func fill(
    _ bins: inout Bins, from start: Int, _ values: UnsafeBufferPointer<Int64>, step: Int
  ) {
    guard !isEmpty else { return }
    numbers.withUnsafeBufferPointer { numbers in
      bins.withFilled { filled in
        var index = 0
        while index < values.count {
          let value = values[index]
          index &+= step
          let place = ConstantTable.place(value)
          if numbers[place] == value && value != 0 { filled[start &+ place] = 1 }
        }
      }
    }
  }
}
