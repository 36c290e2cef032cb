import Blocks
import Signals

/// The faults that `bench.sv` can have, by the number that its setting `fault` selects.
enum Fault: Int64, CaseIterable, Sendable {
  case none, wrongValue, droppedBeat, duplicatedBeat, extraBeatAtTheEnd, hang
  case validWithdrawn, payloadChanges, validWaitsForReady, valueDependsOnTiming, unresetBit
  case unresetWord, survivesReset, fatal, assertion, finish
  case payloadWithoutValid, lanesLeak, keepIgnored, settingOfThePreviousRow
  case tableEntryNotWritten, inputNeverConsumed, outputNeverMoves, lastEarly, readyIgnored
  case lastSumMissing, alwaysBusy, extraBeatWhileLoading, tableNeverConsumed, stop
  case breaksEveryRule, swallowsInput, signLost, echo
  // With these data waits for the table, which is right, or nearly.
  case tableAwaited, tableOvertakes
  // With these one setting must not follow another too soon.
  case hurried, hurriedToo
  // No table entry may be on the pins while data is taken, which is right.
  case tableRests
  // All is wrong once y has waited for four cycles, also before a reset.
  case longWait
  // A row with w = 11 has a wrong y behind five rows, and a wrong s behind fewer.
  case twoFaces
  // Sixteen cycles after a beat with 100 another is wrong.
  case farEcho
  // A table counts as whole until the second entry of the next one comes.
  case tableBegun
  // A table that was whole before a reset counts as whole behind it.
  case tableKept

  /// Those that any run may show.
  static let allCases = (Fault.none.rawValue...Fault.echo.rawValue).compactMap(
    Fault.init(rawValue:))
}

/// The block of `bench.sv`: y = x + w + k + table[x mod 8], s = the sum of a row's x.
///
/// Two data inputs (rows of `x`, one `w` a row), a table, a setting, two outputs.
struct Bench: Block {
  let name = "bench"
  let summary = "What the harness is tested with."
  let formula = "y = x + w + k + table[x mod 8], s = sum(x)"
  let source = "none"
  let parameters = [
    Parameter("Lanes", 1...16, default: 4, "elements in a beat"),
    Parameter("Width", 4...8, default: 8, "bits of x"),
  ]
  /// What the device does wrong.
  var fault = Fault.none
  /// Transactions (first score -128) for which the golden model has no answer.
  var refusesMinimum = false
  /// The golden model has no answer to an element of 0.
  var refusesZero = false
  /// Changes what the block says about its pins.
  var rewire: @Sendable (inout Interface) -> Void = { _ in }

  func interface(in configuration: Configuration) -> Interface {
    let x = IntegerFormat.signed(configuration["Width"])
    var interface = Interface(
      arrays: [
        ArraySpecification("x", .input, axes: ["R", "L"], x, "rows"),
        ArraySpecification("w", .input, axes: ["R"], .signed(8), "one a row"),
        ArraySpecification("k", .input, axes: [], .signed(8), "one for all"),
        ArraySpecification(
          "fault", .input, axes: [], .unsigned(6), default: fault.rawValue, "planted"),
        ArraySpecification("table", .input, axes: ["T"], .signed(8), "eight entries"),
        ArraySpecification("y", .output, axes: ["R", "L"], .signed(12), "elements"),
        ArraySpecification("s", .output, axes: ["R"], .signed(20), "sums"),
      ],
      batching: .leading("R"),
      settings: [.setting("k", .signed(8)), .setting("fault", .unsigned(6))],
      streams: [
        Stream(
          "table", .input, phase: .configuration,
          fields: [Field("entry", .signed(8), content: .array("table"))]),
        .rows("x", .input, format: x, lanes: configuration["Lanes"]),
        Stream("w", .input, fields: [Field("data", .signed(8), content: .array("w"))]),
        .rows("y", .output, format: .signed(12), lanes: configuration["Lanes"]),
        Stream("s", .output, fields: [Field("data", .signed(20), content: .array("s"))]),
      ])
    rewire(&interface)
    return interface
  }

  func corners(in configuration: Configuration) -> [Batch] { [Bench.rows(12, of: 8, fault)] }

  func stimulus(seed: UInt64, index: Int, in configuration: Configuration) -> Batch {
    var generator = CounterGenerator(seed: seed, stream: 1, index: UInt64(index))
    func values(_ count: Int) -> [Int64] {
      (0..<count).map { _ in generator.value(in: -128...127) }
    }
    let lengths = (0..<24).map { _ in Int.random(in: 1...13, using: &generator) }
    return batch(
      rows: lengths, x: values(lengths.reduce(0, +)), w: values(24), k: values(1)[0],
      table: values(8))
  }

  private func batch(
    rows: [Int], x: [Int64], w: [Int64], k: Int64, table: [Int64], labels: [String] = []
  ) -> Batch {
    Batch(
      count: rows.count,
      shared: [
        "k": Tensor(k), "fault": Tensor(fault.rawValue), "table": Tensor(table),
      ],
      items: [
        "x": RaggedTensor(rows: rows, values: x),
        "w": RaggedTensor(count: rows.count, shape: [], values: w),
      ], labels: labels)
  }

  /// Labelled rows of one length, with values that count up.
  static func rows(_ count: Int, of length: Int, k: Int64 = 5, _ fault: Fault) -> Batch {
    Bench(fault: fault).batch(
      rows: Array(repeating: length, count: count),
      x: (0..<Int64(count * length)).map { $0 % 256 - 128 }, w: (0..<Int64(count)).map { $0 % 100 },
      k: k, table: [0, 10, 20, 30, 40, 50, 60, 70], labels: (0..<count).map { "row \($0)" })
  }

  func golden(_ batch: Batch, in configuration: Configuration) throws(BlockError) -> Batch {
    guard let x = batch.items["x"], let w = batch.items["w"], let table = batch.shared["table"]
    else { preconditionFailure("an incomplete batch") }
    var y = RaggedTensor(like: x)
    var sums: [Int64] = []
    for row in 0..<batch.count {
      if refusesMinimum && x[row].values[0] == -128 {
        throw .outsideDomain(block: name, transaction: row, limit: "x > -128", found: "-128")
      }
      for index in x.range(of: row) {
        let value = x.values[index]
        if refusesZero && value == 0 {
          throw .outsideDomain(block: name, transaction: row, limit: "x != 0", found: "0")
        }
        y.values[index] =
          value + w.values[row] + batch.scalar("k") + table.values[Int(value & 7)]
      }
      sums.append(x[row].values.reduce(0, +))
    }
    return Batch(
      count: batch.count,
      items: ["y": y, "s": RaggedTensor(count: batch.count, shape: [], values: sums)])
  }

  func ideal(_ batch: Batch, in configuration: Configuration) -> [Double]? { nil }

  func tolerance(in configuration: Configuration) -> Tolerance {
    Tolerance(array: "y", unit: 1, element: 0, domain: Domain(), command: "none")
  }

  func work(_ batch: Batch, in configuration: Configuration) -> Work {
    Work(batch.items["x"]?.values.count ?? 0, .elements, peakPerCycle: configuration["Lanes"])
  }
}

/// The block of `wire.sv`: out = in + k in the same cycle.
struct Wire: Block {
  let name = "wire_block"
  let summary = "Adds a setting."
  let formula = "out = (in + k) mod 256"
  let source = "none"
  let parameters = [Parameter("Grumpy", 0...1, default: 0, "gives up at once")]

  func interface(in configuration: Configuration) -> Interface {
    Interface(
      arrays: [
        ArraySpecification("in", .input, axes: ["N"], .unsigned(8), "numbers"),
        ArraySpecification("k", .input, axes: [], .unsigned(8), "what is added"),
        ArraySpecification("late", .input, axes: [], .unsigned(1), "planted"),
        ArraySpecification("out", .output, axes: ["N"], .unsigned(8), "sums"),
      ],
      batching: .chunks("N", size: 16),
      settings: [.setting("k", .unsigned(8)), .setting("late", .unsigned(1))],
      streams: [
        Stream("in", .input, fields: [Field("data", .unsigned(8), content: .array("in"))]),
        Stream("out", .output, fields: [Field("data", .unsigned(8), content: .array("out"))]),
      ])
  }

  func corners(in configuration: Configuration) -> [Batch] { [] }

  func stimulus(seed: UInt64, index: Int, in configuration: Configuration) -> Batch {
    Wire.beats(16 * 16, in: 16)
  }

  /// - Parameter late: the device takes the setting of the cycle before.
  static func beats(
    _ count: Int, in transactions: Int, k: Int64 = 1, late: Bool = false
  ) -> Batch {
    let lengths = Array(repeating: count / transactions, count: transactions)
    return Batch(
      count: transactions, shared: ["k": Tensor(k), "late": Tensor(late ? 1 : 0)],
      items: ["in": RaggedTensor(rows: lengths, values: (0..<Int64(count)).map { $0 * 7 % 256 })])
  }

  func golden(_ batch: Batch, in configuration: Configuration) throws(BlockError) -> Batch {
    var out = batch.items["in"] ?? RaggedTensor(rank: 1)
    for index in out.values.indices {
      out.values[index] = (out.values[index] + batch.scalar("k")) % 256
    }
    return Batch(count: batch.count, items: ["out": out])
  }

  func ideal(_ batch: Batch, in configuration: Configuration) -> [Double]? { nil }

  func tolerance(in configuration: Configuration) -> Tolerance {
    Tolerance(array: "out", unit: 1, element: 0, domain: Domain(), command: "none")
  }

  func work(_ batch: Batch, in configuration: Configuration) -> Work {
    Work(batch.items["in"]?.values.count ?? 0, .elements, peakPerCycle: 1)
  }
}
