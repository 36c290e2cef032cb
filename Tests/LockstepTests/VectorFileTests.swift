import Blocks
import Foundation
import Lockstep
import Signals
import Testing

/// Expected outputs of a file, held against the golden model.
@Suite struct VectorFileTests {
  private let block = Bench()

  /// A file with inputs and outputs, of which `change` makes something else.
  private func file(
    _ change: (inout [String: Tensor]) -> Void = { _ in }
  ) throws -> (VectorFile, Configuration) {
    let configuration = try block.configuration()
    let interface = block.interface(in: configuration)
    let batch = Bench.rows(6, of: 8, .none)
    let answer = try block.golden(batch, in: configuration)
    var arrays = try batch.arrays([.input], interface: interface)
    arrays.merge(try answer.arrays([.output], interface: interface)) { $1 }
    arrays["fault"] = nil
    change(&arrays)
    let path = NSTemporaryDirectory() + "/cosim-\(UUID().uuidString).npz"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try VectorFile.write(arrays, interface: interface, to: path)
    return (
      try VectorFile(path: path, block: block, configuration: configuration), configuration
    )
  }

  @Test func agreementFindsNothing() async throws {
    let (file, configuration) = try file()
    let (expected, findings) = try file.held(against: block, in: configuration)
    #expect(findings.isEmpty)
    let outcome = try await verify(
      block, .whole(file.batch, expected: expected, summary: "a file"))
    #expect(outcome.agrees)
  }

  @Test func aDisagreementIsFoundInBothTheGoldenModelAndTheDevice() async throws {
    let (file, configuration) = try file {
      $0["y"]?.values[2 * 8 + 3] -= 1
      $0["y"]?.values[4 * 8] = 7
    }
    let (expected, findings) = try file.held(against: block, in: configuration)
    guard case .goldenMismatch(let mismatch) = findings.first else {
      Issue.record("\(findings)")
      return
    }
    #expect(findings.count == 1)
    #expect(mismatch.array == "y")
    #expect(mismatch.index == [2, 3])
    #expect(mismatch.golden - mismatch.expected == 1)
    #expect(mismatch.differing == 2)
    let outcome = try await verify(
      block, .whole(file.batch, expected: expected, summary: "a file"))
    #expect(outcome.firstMismatch?.transaction == 2)
    #expect(outcome.firstMismatch?.element == 3)
    #expect(outcome.runs[0].mismatchedBeats == 2)
  }

  @Test func anExpectedArrayOfAnotherShapeIsRefused() throws {
    let (file, configuration) = try file {
      $0["y"] = Tensor(shape: [8, 6], values: $0["y"]?.values ?? [])
    }
    #expect(throws: SignalError.self) { try file.held(against: block, in: configuration) }
  }

  @Test func anExpectedValueThatItsPortCannotHoldIsRefused() throws {
    // The file's type is wider than the port.
    let (file, configuration) = try file { $0["y"]?.values[5] = 2048 }
    #expect(
      throws: SignalError.valueOutOfRange(
        array: "y", index: [0, 5], value: 2048, range: -2048...2047)
    ) { try file.held(against: block, in: configuration) }
  }
}
