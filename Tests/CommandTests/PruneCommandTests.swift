import Foundation
import Signals
import Testing
import Vectors

@Suite struct PruneCommandTests {
  /// A file with `a` [2,8] and `w` [4,8].
  private func weights(_ scratch: Scratch) throws -> String {
    let path = scratch.url.appendingPathComponent("w.npz").path
    let w = Tensor(shape: [4, 8], values: (0..<32).map { Int64(($0 * 29) % 61) - 30 })
    let a = Tensor(shape: [2, 8], values: (0..<16).map { Int64($0) - 8 })
    try NPZArchive.write(
      [try NPZMember("a", a, as: .int8), try NPZMember("w", w, as: .int8)], to: path)
    return path
  }

  @Test("what is pruned goes to the block of its format as it is")
  func pruned() throws {
    let scratch = try Scratch()
    let input = try weights(scratch)
    for (words, block) in [
      (["2:4"], "nm_spmm"), (["block", "4x4"], "block_spmm"), (["unstructured"], "bitmap_spmm"),
    ] {
      let sparse = scratch.url.appendingPathComponent("\(block).npz").path
      let result = try Command.run(["prune", "--to"] + words + ["--in", input, "--out", sparse])
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.contains("of the elements are not 0"))
      let answer = scratch.url.appendingPathComponent("acc.npz").path
      let golden = try Command.run(
        ["golden", block, "--in", sparse, "--out", answer, "--root", Command.project.path])
      #expect(golden.status == 0, "\(golden.errors)")
      #expect(try NPZArchive(path: answer).tensor("acc").shape == [2, 4])
    }
  }

  @Test("2:4 of a known matrix, value by value")
  func values() throws {
    let scratch = try Scratch()
    let input = scratch.url.appendingPathComponent("w.npz").path
    let output = scratch.url.appendingPathComponent("s.npz").path
    let w = Tensor(shape: [1, 8], values: [1, -3, 3, 2, 0, 0, 5, 0])
    try NPZArchive.write([try NPZMember("weight", w, as: .int32)], to: input)
    let result = try Command.run(["prune", "--to", "2:4", "--in", input, "--out", output])
    #expect(result.status == 0, "\(result.errors)")
    let archive = try NPZArchive(path: output)
    #expect(archive.names == ["values", "indices"])
    #expect(try archive.tensor("values").values == [-3, 3, 5, 0])
    #expect(try archive.tensor("indices").values == [1, 2, 2, 3])
  }

  @Test("what cannot be pruned: status 64 for words, 2 for files, with a sentence")
  func refused() throws {
    let scratch = try Scratch()
    let input = try weights(scratch)
    let out = scratch.url.appendingPathComponent("s.npz").path
    func run(_ arguments: [String]) throws -> Command.Result {
      try Command.run(["prune", "--in", input, "--out", out] + arguments)
    }
    let format = try run(["--to", "5:4"])
    #expect(format.status == 64)
    #expect(format.errors.contains("there is no format '5:4'"))
    let zeros = try run(["--to", "2:4", "--zeros", "0.5"])
    #expect(zeros.status == 64)
    let array = try run(["--to", "2:4", "--array", "v"])
    #expect(array.status == 2)
    #expect(array.errors.contains("v"))
    let block = try run(["--to", "block", "3x4"])
    #expect(block.status == 2)
    #expect(block.errors.contains("4 rows are no whole number of blocks of 3"))
    #expect(!FileManager.default.fileExists(atPath: out))
  }

  @Test("a sweep of a block without sparse weights, and of no densities, is refused")
  func sweep() throws {
    let dense = try Command.run([
      "sweep", "int8_gemm", "--density", "0:1:0.5", "--root", Command.project.path,
    ])
    #expect(dense.status == 2)
    #expect(dense.errors.contains("nm_spmm, block_spmm, bitmap_spmm do"))
    for density in ["0:2:0.1", "1:0:0.1", "0:1:0", "0:1", "x"] {
      let result = try Command.run(["sweep", "bitmap_spmm", "--density", density])
      #expect(result.status == 64)
      #expect(result.errors.contains("--density must be FROM:TO:STEP"))
    }
  }

  @Test("Ctrl-C in a sweep over densities: status 130, the points so far, and no page")
  func interruptedSweep() throws {
    let scratch = try Scratch()
    let page = scratch.url.appendingPathComponent("sweep.html").path
    func sweep(_ density: String, after seconds: Double? = nil) throws -> Command.Result {
      try Command.run(
        [
          "sweep", "nm_spmm", "--config", "dense_only", "--density", density, "--html", page,
          "--shape", "8x16x64", "--root", Command.project.path,
        ], environment: ["COSIM_CACHE": Command.cache], interruptAfter: seconds)
    }
    #expect(try sweep("0.5:0.5:0.1").status == 0)
    try FileManager.default.removeItem(atPath: page)
    let result = try sweep("0:1:0.0002", after: 2)
    #expect(result.status == 130)
    #expect(result.errors.contains("interrupted: these are the points that were measured before"))
    #expect(result.output.contains("nm_spmm"))
    #expect(!FileManager.default.fileExists(atPath: page))
  }
}
