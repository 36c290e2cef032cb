public import Signals

extension LUTSoftmax {
  /// Shapes, lengths and saturated differences for the usual tables at several scales, and for tables
  /// at the limits of their range.
  public func corners(in configuration: Configuration) -> [Batch] {
    var batches = [10.0 / 65535, 0x1p-11, 0.001, 0.01, 1].compactMap { scale in
      (try? settings(from: ["scores": scale], in: configuration)).map {
        corners("scale \(scale)", $0, in: configuration)
      }
    }
    // Differences as they are; then eighths, whose rounding the jumps show.
    let half = Int64(1) << 30
    let extremes =
      LUTSoftmax.extremeTables.map { ($0, $1, $2, Int64(1)) }
      + LUTSoftmax.extremeTables.filter { $0.0 == "jumping tables" }.map {
        ("jumping tables of eighths", $1, $2, Int64(-2))
      }
    for (label, exponential, reciprocal, shift) in extremes {
      let settings = [
        "multiplier": Tensor(half), "shift": Tensor(shift),
        "exp_table": Tensor(exponential), "reciprocal_table": Tensor(reciprocal),
      ]
      batches.append(corners(label, settings, in: configuration))
    }
    for (multiplier, shift) in [(Int64(0), Int64(0)), (0x7FFF_FFFF, 15), (1 << 30, -31)] {
      var settings = LUTSoftmax.tables
      (settings["multiplier"], settings["shift"]) = (Tensor(multiplier), Tensor(shift))
      batches.append(
        corners("multiplier \(multiplier), shift \(shift)", settings, in: configuration))
    }
    return batches
  }

  private func corners(
    _ prefix: String, _ settings: [String: Tensor], in configuration: Configuration
  ) -> Batch {
    var rows = RowCorners(range: -32768...32767, maxLength: configuration["MaxLength"])
    rows.addShapes(lanes: configuration["Lanes"])
    rows.addLengths(lanes: configuration["Lanes"], spread: 3000)
    // Differences about the entries of the table, where interpolation starts anew, and ties between.
    rows.add("about entries", [32767] + (0..<60).map { 32767 - 128 * ($0 / 3) - $0 % 3 + 1 })
    rows.add("between entries", [0] + (0..<40).map { -64 - 128 * $0 })
    rows.add("all differences of one interval", (0..<129).map { -Int64($0) })
    for length in [2, 4, 64, 256] {
      rows.add("sum at a power of two, length \(length)", [Int64](repeating: 9, count: length))
    }
    // Of the usual tables: 8 * 32762 + 47, which rounds up to the end of the table of reciprocals.
    rows.add(
      "sum one below a power of two", [Int64](repeating: 32767, count: 8) + [-10_050])
    return rows.batch("scores", prefix: prefix, shared: settings)
  }

  /// Tables that saturate, vanish, or jump as far as entries can.
  private static var extremeTables: [(String, [Int64], [Int64])] {
    let full = [Int64](repeating: 32767, count: tableLength)
    let zero = [Int64](repeating: 0, count: tableLength)
    let jumps = (0..<tableLength).map { $0 % 2 == 0 ? Int64(32767) : 0 }
    var one = zero
    one[tableLength - 1] = 1
    one[tableLength - 2] = 1
    return [
      ("tables of 32767", full, full), ("tables of 0", zero, zero),
      ("jumping tables", jumps, jumps),
      ("sum of 1", one, full), ("reciprocals of 0", full, zero),
      ("jumping reciprocals", tables["exp_table"]?.values ?? full, jumps),
    ]
  }

  public func transactionCount(
    seed: UInt64, index: Int, in configuration: Configuration
  ) -> Int {
    CounterGenerator.batchSize(seed: seed, index: index)
  }

  public func stimulus(seed: UInt64, index: Int, in configuration: Configuration) -> Batch {
    var settings = CounterGenerator.settings(seed: seed, index: index)
    return stimulus(
      seed: seed, index: index, count: settings.count(in: 16...64), in: configuration)
  }

  /// The first `count` rows of stimulus `index`: normal logits of the domain, mixed styles at any
  /// scale, or mixed styles with any tables, two after each other with the same settings, so that tables
  /// need not wait for these.
  func stimulus(seed: UInt64, index: Int, count: Int, in configuration: Configuration) -> Batch {
    var generator = CounterGenerator.settings(seed: seed, index: index)
    _ = generator.next()
    let rows = RowStimulus(
      range: -32768...32767, lanes: configuration["Lanes"], maxLength: configuration["MaxLength"])
    if index % 4 == 0 {
      let scale = Double(Float(generator.scale(exponents: -12 ... -11)))
      if let settings = try? settings(from: ["scores": scale], in: configuration) {
        let items = rows.normal(
          seed: seed, index: index, count: count, sigmas: (1 / scale)...(4 / scale))
        return Batch(
          count: count, shared: settings, items: ["scores": items], scales: ["scores": scale])
      }
    }
    var (settings, spread) = (LUTSoftmax.tables, 2000.0)
    let scale = generator.scale(exponents: -16...1)
    if index % 4 == 1, let derived = try? self.settings(from: ["scores": scale], in: configuration)
    {
      (settings, spread) = (derived, min(3 / scale, 12000))
    } else {
      var pair = CounterGenerator.settings(seed: seed, index: index & ~1)
      settings["multiplier"] = Tensor(pair.value(in: 0...0x7FFF_FFFF))
      settings["shift"] = Tensor(
        pair.oneIn(3) ? pair.value(in: -31...15) : pair.value(in: -3...3))
      let largest = generator.choice([1, 300, 32767, 32767])
      for name in ["exp_table", "reciprocal_table"] where !generator.oneIn(3) {
        settings[name] = Tensor(
          (0..<LUTSoftmax.tableLength).map { _ in generator.value(in: 0...Int64(largest)) })
      }
    }
    let items = rows.rows(seed: seed, index: index, count: count, spread: spread)
    return Batch(count: count, shared: settings, items: ["scores": items])
  }
}
