import Foundation
import Fuzzing
import Testing

@Suite struct FuzzCorpusTests {
  private let inputs = [
    FuzzInput([]), FuzzInput([[]]), FuzzInput([[1, 2, 3], [], [0xFFFF_FFFF]]),
  ]

  @Test func bytesGiveTheInputBack() {
    for input in inputs { #expect(FuzzInput(bytes: input.bytes) == input) }
  }

  @Test func damagedBytesAreNoInput() {
    for input in inputs {
      for cut in 0..<input.bytes.count {
        #expect(FuzzInput(bytes: Array(input.bytes.prefix(cut))) == nil)
      }
      for place in input.bytes.indices {
        var damaged = input.bytes
        damaged[place] ^= 0x10
        #expect(FuzzInput(bytes: damaged) == nil)
      }
    }
  }

  @Test func laterRunsBeginWithWhatEarlierOnesKept() async throws {
    let scratch = try Scratch()
    let first = try await Fixture.fuzz(
      count: 256, feedback: [.edges, .bins], corpus: scratch.path
    ).run()
    let kept = try #require(first.records.first).corpus
    #expect(files(scratch).count == kept)
    // What smaller inputs meet, too, goes; all that was met is met again.
    let second = try await Fixture.fuzz(
      count: kept, feedback: [.edges, .bins], corpus: scratch.path
    ).run()
    let record = try #require(second.records.first)
    #expect(record.features == first.records.first?.features)
    #expect(record.corpus < kept)
    #expect(files(scratch).count == record.corpus)
  }

  @Test func aFindIsWhatTheNextRunBeginsWith() async throws {
    let scratch = try Scratch()
    let first = try await Fixture.fuzz(Picky(run: 6), count: 2000, corpus: scratch.path).run()
    let kept = files(scratch).count
    let second = try await Fixture.fuzz(Picky(run: 6), count: kept, corpus: scratch.path).run()
    #expect(first.find != nil)
    #expect(second.find?.findings == first.find?.findings)
  }

  @Test func filesThatAreNotWholeAreLeftOut() async throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/scaler-default"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let bytes = FuzzInput([[1, 2], [0, 4]]).bytes
    try Data(bytes.dropLast(3)).write(to: URL(fileURLWithPath: folder + "/cut.input"))
    try Data().write(to: URL(fileURLWithPath: folder + "/empty.input"))
    let outcome = try await Fixture.fuzz(count: 64, corpus: scratch.path).run()
    #expect(outcome.agrees)
    #expect(outcome.executions == 64)
  }

  @Test func whatAProcessDiedOfIsReportedAndNotExecuted() async throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/scaler-default"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    // A process that is gone, and what it was executing: one input alone, which therefore is the one.
    try running([inputs[2]], in: folder)
    let outcome = try await Fixture.fuzz(count: 64, corpus: scratch.path).run()
    #expect(outcome.deadly.count == 1)
    #expect(!outcome.agrees)
    // Among several it is not known: they are tried one at a time, and are harmless here.
    let other = try Scratch()
    let second = other.path + "/scaler-default"
    try FileManager.default.createDirectory(atPath: second, withIntermediateDirectories: true)
    try running(inputs, in: second)
    let harmless = try await Fixture.fuzz(count: 64, corpus: other.path).run()
    #expect(harmless.deadly.isEmpty)
    #expect(harmless.agrees)
    let left = try FileManager.default.contentsOfDirectory(atPath: second)
    #expect(!left.contains { $0.hasPrefix("running-") })
  }

  @Test func numbersOfTheSourceAreRead() {
    let text = """
      localparam int unsigned Foo12 = 77;  // not 13
      assign a = b == 16'sh7F_FF ? -8'd5 : x[3:0] + 'd9 + 4'bx01;
      """
    #expect(SourceConstants.constants(in: text) == [77, 0x7FFF, 5, 3, 0, 9])
  }

  @Test func filesThatAreIncludedAreFound() {
    let text = """
      `include "defs/limits.vh"
        `include  "b.svh" // `include <c>
      """
    #expect(SourceConstants.includes(in: text) == ["defs/limits.vh", "b.svh"])
  }

  private func files(_ scratch: Scratch) -> [String] {
    let names = try? FileManager.default.contentsOfDirectory(
      atPath: scratch.path + "/scaler-default")
    return (names ?? []).filter { $0.hasSuffix(".input") }
  }

  /// What a process with an impossible number left behind.
  private func running(_ inputs: [FuzzInput], in folder: String) throws {
    var data = Data()
    for input in inputs {
      withUnsafeBytes(of: UInt32(input.bytes.count).littleEndian) { data.append(contentsOf: $0) }
      data.append(contentsOf: input.bytes)
    }
    try data.write(to: URL(fileURLWithPath: folder + "/running-99999999.inputs"))
  }
}
