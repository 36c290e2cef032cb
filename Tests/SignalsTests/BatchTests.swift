import Signals
import Testing

struct BatchTests {
  private let rows = Interface(
    arrays: [
      ArraySpecification("scores", .input, axes: ["R", "L"], .signed(8), ""),
      ArraySpecification(
        "bias", .input, axes: ["L"], .signed(8), allowsScalar: true, default: 0, ""),
      ArraySpecification("x0", .input, axes: [], .signed(8), range: -9 ... -1, ""),
      ArraySpecification("probs", .output, axes: ["R", "L"], .unsigned(8), ""),
    ], batching: .leading("R"), streams: [])

  private let elements = Interface(
    arrays: [
      ArraySpecification("x", .input, axes: ["N"], .signed(8), ""),
      ArraySpecification("m", .input, axes: ["N"], .unsigned(8), allowsScalar: true, ""),
      ArraySpecification("y", .output, axes: ["N"], .signed(8), ""),
    ], batching: .chunks("N", size: 4), streams: [])

  @Test("rows become transactions, settings are shared, and outputs come back as whole arrays")
  func cutRows() throws {
    let scores = Tensor(shape: [2, 3], values: [1, 2, 3, 4, 5, 6])
    let batch = try Batch(arrays: ["scores": scores, "x0": Tensor(-3)], interface: rows)
    #expect(batch.count == 2)
    #expect(batch.items["scores"]?[1] == Tensor([4, 5, 6]))
    #expect(batch.scalar("x0") == -3)
    #expect(batch.shared["bias"] == Tensor(0))
    var answer = Batch(count: 2)
    answer.items["probs"] = RaggedTensor(rows: [3, 3], values: [1, 2, 3, 4, 5, 6])
    #expect(
      try answer.arrays([.output], interface: rows)
        == ["probs": Tensor(shape: [2, 3], values: [1, 2, 3, 4, 5, 6])])
    answer.items["probs"] = RaggedTensor(rows: [2, 4], values: [1, 2, 3, 4, 5, 6])
    #expect(throws: SignalError.unequalLengths(array: "probs")) {
      try answer.arrays([.output], interface: rows)
    }
  }

  @Test("elements are cut into chunks and joined again")
  func cutElements() throws {
    let x = Tensor((0..<10).map { Int64($0) })
    let batch = try Batch(arrays: ["x": x, "m": Tensor(7)], interface: elements)
    #expect(batch.count == 3)
    #expect(batch.items["x"]?[2] == Tensor([8, 9]))
    #expect(batch.shared["m"] == Tensor(7))
    var answer = Batch(count: 3)
    answer.items["y"] = batch.items["x"]
    #expect(try answer.arrays([.output], interface: elements) == ["y": x])
    #expect(batch.transactions(1..<3).items["x"]?.values == [4, 5, 6, 7, 8, 9])
  }

  @Test("what does not fit is refused, naming array, index, value and range")
  func refusals() throws {
    func failure(_ arrays: [String: Tensor]) -> String {
      do throws(SignalError) {
        _ = try Batch(arrays: arrays, interface: rows)
        return "accepted"
      } catch { return error.description }
    }
    let good = Tensor(shape: [2, 2], values: [1, 2, 3, 4])
    #expect(failure(["scores": good, "x0": Tensor(-1)]) == "accepted")
    #expect(
      failure(["scores": Tensor(shape: [2, 2], values: [1, 2, 3, 128]), "x0": Tensor(-1)])
        == "scores[1, 1] is 128, but must be in -128...127")
    #expect(failure(["scores": good, "x0": Tensor(0)]) == "x0 is 0, but must be in -9...-1")
    #expect(
      failure(["x0": Tensor(-1)])
        == "array 'scores' is missing; the input arrays are scores, bias, x0")
    #expect(
      failure(["scores": good, "x0": Tensor(-1), "y": Tensor(1)])
        == "array 'y' is not one of this block's; they are scores, bias, x0")
    #expect(
      failure(["scores": Tensor([1, 2]), "x0": Tensor(-1)])
        == "array 'scores' has shape [2], but [R, L] is expected")
    #expect(
      failure(["scores": good, "bias": Tensor([1, 2, 3]), "x0": Tensor(-1)])
        == "array 'bias' has 3 elements along L, but the other arrays have 2")
    #expect(
      failure(["scores": Tensor(shape: [0, 2], values: []), "x0": Tensor(-1)])
        == "array 'scores' has no elements")
  }

  @Test("an array of all transactions stands for one of each, where that is allowed")
  func sharedArrays() throws {
    func interface(allowsShared: Bool) -> Interface {
      Interface(
        arrays: [
          ArraySpecification("x", .input, axes: ["H", "T"], .signed(8), ""),
          ArraySpecification(
            "mask", .input, axes: ["H", "T", "T"], .unsigned(1), allowsScalar: true,
            allowsShared: allowsShared, default: 1, ""),
        ], batching: .leading("H"), streams: [])
    }
    let x = Tensor(shape: [2, 2], values: [1, 2, 3, 4])
    func batch(_ mask: Tensor?, allowsShared: Bool = true) throws(SignalError) -> Batch {
      var arrays = ["x": x]
      arrays["mask"] = mask
      return try Batch(arrays: arrays, interface: interface(allowsShared: allowsShared))
    }
    let one = Tensor(shape: [2, 2], values: [1, 0, 1, 1])
    let shared = try batch(one)
    #expect(shared.shared["mask"] == one && shared.items["mask"] == nil)
    let own = try batch(Tensor(shape: [2, 2, 2], values: one.values + [0, 0, 0, 1]))
    #expect(own.items["mask"]?[0] == one && own.shared["mask"] == nil)
    #expect(own.items["mask"]?[1].values == [0, 0, 0, 1])
    #expect(try batch(nil).shared["mask"] == Tensor(1))
    #expect(
      throws: SignalError.wrongRank(array: "mask", expected: ["H", "T", "T"], found: [2, 2])
    ) { try batch(one, allowsShared: false) }
    #expect(throws: SignalError.wrongRank(array: "mask", expected: ["H", "T", "T"], found: [4])) {
      try batch(Tensor([1, 1, 1, 1]))
    }
    #expect(throws: SignalError.wrongExtent(array: "mask", axis: "T", expected: 2, found: 3)) {
      try batch(Tensor(shape: [3, 3], values: [Int64](repeating: 1, count: 9)))
    }
  }

  @Test("configurations are completed with defaults and checked")
  func configurations() throws {
    let parameters = [
      Parameter("Lanes", 1...64, default: 16, ""),
      Parameter("Shift", 0...5, default: 0, "", choices: [0, 5]),
    ]
    let configuration = try Configuration(name: "a", values: ["Lanes": 4], of: parameters)
    #expect(configuration.values == ["Lanes": 4, "Shift": 0])
    #expect(configuration.description == "a {Lanes=4, Shift=0}")
    func failure(_ values: [String: Int]) -> String {
      do throws(SignalError) {
        _ = try Configuration(name: "a", values: values, of: parameters)
        return "accepted"
      } catch { return error.description }
    }
    #expect(failure(["Lanes": 65]) == "parameter Lanes is 65, but must be in 1...64")
    #expect(failure(["Shift": 3]) == "parameter Shift is 3, but must be one of 0, 5")
    #expect(
      failure(["lanes": 4]) == "there is no parameter 'lanes'; the parameters are Lanes, Shift")
  }
}
