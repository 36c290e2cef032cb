import Blocks
import Signals

/// The block of `choice.sv`: out = head + the sum of `more` [N], of which a transaction has one or none.
struct Choice: Block {
  let name = "choice"
  let summary = "Adds what there is."
  let formula = "out = (head + sum(more)) mod 256"
  let source = "none"
  let parameters: [Parameter] = []

  func interface(in configuration: Configuration) -> Interface {
    let walk = Walk(beats: [.init("N", 1)], lanes: [.init("N", 1)])
    return Interface(
      arrays: [
        ArraySpecification("head", .input, axes: ["R"], .unsigned(8), "numbers"),
        ArraySpecification("asks", .input, axes: ["R"], .unsigned(1), "whether there is more"),
        ArraySpecification(
          "more", .input, axes: ["R", "N"], .unsigned(8), allowsEmpty: true, "what is added"),
        ArraySpecification("out", .output, axes: ["R"], .unsigned(8), "sums"),
      ],
      batching: .leading("R"),
      streams: [
        Stream(
          "head", .input,
          fields: [
            Field("data", .unsigned(8), content: .array("head")),
            Field("asks", .unsigned(1), content: .array("asks")),
          ]),
        Stream(
          "more", .input,
          fields: [Field("data", .unsigned(8), content: .array("more"), walk: walk)]),
        Stream("out", .output, fields: [Field("data", .unsigned(8), content: .array("out"))]),
      ])
  }

  /// One transaction for each element: whether it has more.
  ///
  /// - Parameter isTold: the device is told of it.
  static func batch(_ haveMore: [Bool], isTold: Bool = true) -> Batch {
    let count = haveMore.count
    var more = RaggedTensor(rank: 1)
    for (index, hasMore) in haveMore.enumerated() {
      more.append(shape: [hasMore ? 1 : 0], values: hasMore ? [Int64(100 + index)] : [])
    }
    func scalars(_ value: (Int) -> Int64) -> RaggedTensor {
      RaggedTensor(count: count, shape: [], values: (0..<count).map(value))
    }
    return Batch(
      count: count,
      items: [
        "head": scalars { Int64($0 * 3 % 256) }, "more": more,
        "asks": scalars { haveMore[$0] && isTold ? 1 : 0 },
      ])
  }

  func corners(in configuration: Configuration) -> [Batch] { [] }

  func stimulus(seed: UInt64, index: Int, in configuration: Configuration) -> Batch {
    Choice.batch([true])
  }

  func golden(_ batch: Batch, in configuration: Configuration) throws(BlockError) -> Batch {
    guard let head = batch.items["head"], let more = batch.items["more"],
      let asks = batch.items["asks"]
    else { preconditionFailure("an incomplete batch") }
    var out = head
    for index in 0..<batch.count where asks.values[index] == 1 {
      out.values[index] = (out.values[index] + more[index].values.reduce(0, +)) % 256
    }
    return Batch(count: batch.count, items: ["out": out])
  }

  func ideal(_ batch: Batch, in configuration: Configuration) -> [Double]? { nil }

  func tolerance(in configuration: Configuration) -> Tolerance {
    Tolerance(array: "out", unit: 1, element: 0, domain: Domain(), command: "none")
  }

  func work(_ batch: Batch, in configuration: Configuration) -> Work {
    Work(batch.count, .elements, peakPerCycle: 1)
  }
}
