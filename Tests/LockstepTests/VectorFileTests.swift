import Blocks
import Foundation
import Lockstep
import Reports
import Signals
import Testing
import Vectors

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

  /// A file of inputs and real values with one more member for each of `members`.
  private func realFile(_ members: [String: [Double]]) throws -> (VectorFile, Configuration) {
    let configuration = try block.configuration()
    let interface = block.interface(in: configuration)
    var arrays = try Bench.rows(2, of: 3, .none).arrays([.input], interface: interface)
    arrays["fault"] = nil
    var written = try arrays.sorted { $0.key < $1.key }.map {
      try NPZMember($0.key, $0.value, as: .int64)
    }
    for (name, values) in members.sorted(by: { $0.key < $1.key }) {
      let shape = values.count == 1 ? [] : [values.count]
      written.append(NPZMember(name, reals: values, shape: shape))
    }
    let path = NSTemporaryDirectory() + "/cosim-\(UUID().uuidString).npz"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try NPZArchive.write(written, to: path)
    return (
      try VectorFile(path: path, block: block, configuration: configuration), configuration
    )
  }

  @Test func goldenAnswersAreMeasuredAgainstTheRealValuesOfAFile() throws {
    let sums = try block.golden(Bench.rows(2, of: 3, .none), in: block.configuration()).items["s"]
    let exact = (sums?.values ?? []).map { 2 * Double($0) }
    let (file, configuration) = try realFile(["s.scale": [2], "s.real": [exact[0], exact[1] + 6]])
    let errors = try file.errors(of: block, in: configuration)
    #expect(errors.count == 1)
    #expect(errors.first?.array == "s" && errors.first?.elements == 2)
    #expect(errors.first?.mean == 3 && errors.first?.largest == 6)
    let square = exact[0] * exact[0] + (exact[1] + 6) * (exact[1] + 6)
    #expect(errors.first?.magnitude == (square / 2).squareRoot())
    #expect(file.batch.scales == ["s": 2])
    let (plain, _) = try realFile([:])
    #expect(try plain.errors(of: block, in: configuration).isEmpty)
  }

  @Test func everyReportStatesTheErrorsOnce() async throws {
    var outcome = try await verify(.none)
    let sentence =
      "y against real values: mean error 0.500, largest 2.00; root mean square of the values 12.0"
    for report in [TerminalReport().render(outcome), HTMLReport().render([outcome], planned: 1)] {
      #expect(!report.contains("against real values"))
    }
    outcome.errors = [RealError("y", [10, 12, 14, 12], scale: 1, [12, 12, 14, 12])]
    outcome.errors[0].magnitude = 12
    for report in [TerminalReport().render(outcome), HTMLReport().render([outcome], planned: 1)] {
      #expect(report.split(separator: sentence, omittingEmptySubsequences: false).count == 2)
    }
  }

  @Test func realValuesThatDoNotFitAreRefused() throws {
    func failure(_ members: [String: [Double]]) throws -> String {
      let (file, configuration) = try realFile(members)
      do {
        _ = try file.errors(of: block, in: configuration)
        return "accepted"
      } catch let error as LockstepError {
        return error.description.replacing(file.path, with: "FILE")
      }
    }
    #expect(try failure(["s.scale": [1], "s.real": [1, 2]]) == "accepted")
    #expect(
      try failure(["s.scale": [1], "s.real": [1, 2, 3]])
        == "comparing golden answers with s.real of 'FILE': there are 3 of them for 2 elements")
    #expect(
      try failure(["s.real": [1, 2]])
        == "comparing golden answers with s.real of 'FILE': the file has no s.scale")
    #expect(
      try failure(["x.scale": [1], "x.real": [1, 2]])
        == "comparing golden answers with x.real of 'FILE': bench has no output or tap of that name"
    )
  }
}
