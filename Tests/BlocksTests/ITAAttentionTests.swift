import Blocks
import FixedPoint
import Signals
import Testing

/// The whole attention block of ITA's own model, tensor by tensor.
@Suite struct ITAAttentionTests {
  private let oracle: Oracle
  /// Tokens, and the dimension of the embedding and of the head, which are equal in this file.
  private let size = 64

  init() throws { oracle = try Oracle("ita_attention") }

  private enum Step: Int { case q, k, v, qk, av, output }

  private func setting(_ name: String, _ step: Step) throws -> Tensor {
    Tensor(try oracle.integers("a_\(name)")[step.rawValue])
  }

  /// Rows times a matrix [from, to] plus a bias, requantised.
  private func linear(
    _ x: String, _ weight: String, _ bias: String, _ step: Step
  ) throws -> [Int64] {
    let (x, weight, bias) = (
      try oracle.integers(x), try oracle.integers("a_w\(weight)"),
      try oracle.integers("a_b\(bias)")
    )
    let sums = x.withUnsafeBufferPointer { x in
      weight.withUnsafeBufferPointer { weight in
        IntegerProduct.multiply(
          NarrowMatrix(rows: size, columns: size, values: x),
          NarrowMatrix(transposing: weight, rows: size, columns: size))
      }
    }
    let requantiser = ITARequantizer()
    let batch = Batch(
      count: 1,
      shared: [
        "multiplier": try setting("mult", step), "shift": try setting("shift", step),
        "add": try setting("add", step),
      ], items: ["x": RaggedTensor([sums.indices.map { Int64(sums[$0]) + bias[$0 % size] }])])
    return try requantiser.golden(batch, in: try requantiser.configuration()).item("y").values
  }

  /// The head on ITA's own Q, K and V.
  private func head() throws -> Batch {
    let block = ITAAttention()
    let interface = try block.interface(in: try block.configuration())
    var arrays: [String: Tensor] = [:]
    for (name, array) in [("q", "a_exp_Q"), ("k", "a_exp_K"), ("v", "a_exp_V")] {
      arrays[name] = Tensor(shape: [1, size, size], values: try oracle.integers(array))
    }
    for (prefix, step) in [("qk", Step.qk), ("av", .av)] {
      for (name, array) in [("multiplier", "mult"), ("shift", "shift"), ("add", "add")] {
        arrays["\(prefix)_\(name)"] = try setting(array, step)
      }
    }
    let shift = Int(try oracle.integers("a_softmax_shift")[0])
    return try block.golden(
      Batch(arrays: arrays, interface: interface),
      in: try block.configuration(["EpsilonShift": shift]))
  }

  private func compare(
    expecting transform: ([Int64]) -> [Int64] = { $0 }
  ) throws -> [String: Comparison] {
    let head = try head()
    let found = [
      "Q": try linear("a_q", "q", "q", .q), "K": try linear("a_kv", "k", "k", .k),
      "V": try linear("a_kv", "v", "v", .v), "A": head.item("logits").values,
      "P": head.item("probs").values, "O": head.item("context").values,
      "Y": try linear("a_exp_O", "o", "o", .output),
    ]
    var result: [String: Comparison] = [:]
    for (name, values) in found {
      result[name, default: Comparison()].compare(
        values, transform(try oracle.integers("a_exp_\(name)")), name)
    }
    return result
  }

  @Test func `every tensor of the reference is met`() throws {
    let comparisons = try compare()
    #expect(comparisons.count == 7)
    for comparison in comparisons.values {
      #expect(comparison.differences == [])
      #expect(comparison.compared == size * size)
    }
  }

  @Test func `one wrong reference value is reported`() throws {
    for comparison in try compare(expecting: { $0.withOneFault }).values {
      #expect(comparison.differences.count == 1)
    }
  }

  @Test func `probabilities of a row add up to more than one, and less than the RTL is built for`()
    throws
  {
    let block = ITAAttention()
    var largest: Int64 = 0
    for group in [1, 3] {
      let configuration = try block.configuration([
        "Rows": 1, "Columns": 1, "Depth": 1, "Group": group, "MaxTokens": 1024, "MaxDimension": 1,
        "EpsilonShift": 5,
      ])
      for batch in block.corners(in: configuration) {
        let probs = try block.golden(batch, in: configuration).item("probs")
        for head in 0..<probs.count {
          let (values, tokens) = (probs[head].values, probs.shape(of: head)[1])
          for row in stride(from: 0, to: values.count, by: tokens) {
            largest = max(largest, values[row..<row + tokens].reduce(0, +))
          }
        }
      }
    }
    #expect(largest > 1500)
    #expect(largest < 1 << 13)
  }
}
