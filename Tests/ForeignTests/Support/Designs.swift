import Signals

extension Design {
  /// Packets of any length with a number come out as they went in.
  static let fifo = Design(name: "axis_fifo") { generator, _ in
    let lengths = [1, 4, 5, 64] + generator.values(40, 1...40).map(Int.init)
    return Batch(
      count: lengths.count,
      items: [
        "x": generator.rows(lengths, 0...255),
        "id": generator.rows(lengths.map { _ in 1 }, 0...15),
      ])
  } answer: { batch, _ in
    ["y": batch.items["x"], "id_out": batch.items["id"]].compactMapValues { $0 }
  }

  static let divider = Design(name: "divider") { generator, configuration in
    let top = Int64(1) << Int64(configuration["WIDTH"]) - 1
    let ones = [Int](repeating: 1, count: 24)
    var divisors = generator.rows(ones, 1...top)
    for index in 0..<12 { divisors.values[index] >>= Int64(index) }
    divisors.values[3] = 0
    divisors.values[4] = 7
    var dividends = generator.rows(ones, 0...top)
    dividends.values[4] = 49
    return Batch(count: 24, items: ["dividend": dividends, "divisor": divisors])
  } answer: { batch, configuration in
    let top = Int64(1) << Int64(configuration["WIDTH"]) - 1
    let ones = [Int](repeating: 1, count: batch.count)
    let pairs = zip(batch.items["dividend"]?.values ?? [], batch.items["divisor"]?.values ?? [])
    return [
      "quotient": RaggedTensor(rows: ones, values: pairs.map { $1 == 0 ? top : $0 / $1 }),
      "remainder": RaggedTensor(rows: ones, values: pairs.map { $1 == 0 ? $0 : $0 % $1 }),
      "by_zero": RaggedTensor(rows: ones, values: pairs.map { $1 == 0 ? 1 : 0 }),
    ]
  }

  static let products = Design(name: "mac_pipeline") { generator, _ in
    let eights = [Int](repeating: 8, count: 100)
    return Batch(
      count: 100,
      items: ["x": generator.rows(eights, -128...127), "w": generator.rows(eights, -128...127)])
  } answer: { batch, _ in
    let ones = [Int](repeating: 1, count: batch.count)
    let (x, w) = (batch.items["x"]?.values ?? [], batch.items["w"]?.values ?? [])
    let sums = ones.indices.map { row in
      (8 * row..<8 * row + 8).reduce(Int64(0)) { $0 + x[$1] * w[$1] }
    }
    return [
      "y": RaggedTensor(rows: ones, values: sums),
      "negative": RaggedTensor(rows: ones, values: sums.map { $0 < 0 ? 1 : 0 }),
    ]
  }

  static let bridge = Design(name: "clock_bridge") { generator, _ in
    Batch(count: 20, items: ["x": generator.rows(Array(repeating: 16, count: 20), 0...4095)])
  } answer: { batch, _ in
    ["y": batch.items["x"]].compactMapValues { $0 }
  }

  static let gather = Design(name: "gather_dot") { generator, _ in
    let counts = generator.values(24, 1...12)
    let strides = generator.values(24, 0...3)
    let ones = [Int](repeating: 1, count: 24)
    return Batch(
      count: 24,
      items: [
        "count": RaggedTensor(rows: ones, values: counts),
        "stride": RaggedTensor(rows: ones, values: strides),
        "table": generator.rows(ones.map { _ in 24 }, 0...65535),
      ])
  } answer: { batch, _ in
    let weights: [Int64] = [0x03, 0x05, 0xFF, 0x01]
    let counts = batch.items["count"]?.values ?? []
    let strides = batch.items["stride"]?.values ?? []
    guard let tables = batch.items["table"] else { return [:] }
    var sums: [Int64] = []
    for transaction in 0..<batch.count {
      let table = tables[transaction].values
      for item in 0..<counts[transaction] {
        sums.append(
          weights.indices.reduce(0) {
            $0 + table[Int(item + Int64($1) * strides[transaction])] * weights[$1]
          })
      }
    }
    return ["y": RaggedTensor(rows: counts.map(Int.init), values: sums)]
  }

  static let scaler = Design(name: "scale_unit") { generator, _ in
    let ones = [Int](repeating: 1, count: 12)
    let scales = generator.values(4, -3000...3000)
    let shifts = generator.values(4, 4...15)
    return Batch(
      count: 12,
      items: [
        "scale": RaggedTensor(rows: ones, values: (0..<12).map { scales[$0 / 3] }),
        "shift": RaggedTensor(rows: ones, values: (0..<12).map { shifts[$0 / 3] }),
        "x": generator.rows(Array(repeating: 5, count: 12), -32768...32767),
      ])
  } answer: { batch, _ in
    guard let x = batch.items["x"] else { return [:] }
    func setting(_ name: String, _ transaction: Int) -> Int64 {
      batch.items[name]?[transaction].values[0] ?? batch.shared[name]?.values[0] ?? 0
    }
    var (low, y, saturated) = (x, x, x)
    for transaction in 0..<batch.count {
      for place in x.range(of: transaction) {
        let wide =
          (x.values[place] * setting("scale", transaction)) >> setting("shift", transaction)
        low.values[place] = x.values[place] & 255
        y.values[place] = min(max(wide, -128), 127)
        saturated.values[place] = wide == y.values[place] ? 0 : 1
      }
    }
    return ["low_byte": low, "y": y, "saturated": saturated]
  }

  static let link = Design(name: "credit_link") { generator, _ in
    let lengths = generator.values(30, 1...19).map(Int.init)
    return Batch(
      count: 30,
      items: [
        "x": generator.rows(lengths, 0...65535),
        "tag": generator.rows(lengths.map { ($0 + 2) / 3 }, 0...15),
      ])
  } answer: { batch, _ in
    guard var x = batch.items["x"], let tag = batch.items["tag"] else { return [:] }
    x.values = x.values.map { ($0 + 1) & 0xFFFF }
    return ["y": x, "tag_out": tag]
  }

  static let outer = Design(name: "outer_unit") { generator, _ in
    let steps = [1, 2] + generator.values(10, 1...9).map(Int.init)
    func rows(_ lanes: Int) -> RaggedTensor {
      RaggedTensor(
        rank: 2, extents: steps.flatMap { [$0, lanes] },
        values: generator.values(steps.reduce(0, +) * lanes, -128...127))
    }
    let shifts = [Int64](repeating: 0, count: 6) + [Int64](repeating: 5, count: 6)
    return Batch(
      count: 12,
      items: [
        "a": rows(2), "b": rows(3),
        "shift": RaggedTensor(rows: Array(repeating: 1, count: 12), values: shifts),
      ])
  } answer: { batch, _ in
    guard let a = batch.items["a"], let b = batch.items["b"] else { return [:] }
    var sums: [Int64] = []
    for transaction in 0..<batch.count {
      let (left, right) = (a[transaction].values, b[transaction].values)
      let shift =
        batch.items["shift"]?[transaction].values[0] ?? batch.shared["shift"]?.values[0] ?? 0
      for place in 0..<6 {
        let sum = (0..<left.count / 2).reduce(Int64(0)) {
          $0 + left[2 * $1 + place / 3] * right[3 * $1 + place % 3]
        }
        sums.append(sum >> shift)
      }
    }
    return ["y": RaggedTensor(rows: Array(repeating: 6, count: batch.count), values: sums)]
  }

  static let gate = Design(name: "lane_gate") { generator, _ in
    let lengths = [1, 4, 5] + generator.values(20, 1...9).map(Int.init)
    return Batch(
      count: lengths.count, shared: ["bias": Tensor(200)],
      items: ["x": generator.rows(lengths, 0...255)])
  } answer: { batch, _ in
    guard var y = batch.items["x"] else { return [:] }
    y.values = y.values.map { ($0 + 200) & 255 }
    return ["y": y]
  }

  static let all = [fifo, divider, products, bridge, gather, scaler, link, outer, gate]
}

extension Design: CustomStringConvertible {
  var description: String { name }
}
