import Foundation
import Testing

/// Searches in designs of which only a manifest and a golden model from elsewhere are known.
@Suite struct ForeignFuzzTests {
  private let environment = URL(fileURLWithPath: "/usr/bin/env")

  private func fuzz(_ folder: URL, _ more: [String]) throws -> Command.Result {
    try Command.run(
      ["fuzz", folder.path, "--cache", Command.cache, "--feedback", "bins"] + more)
  }

  @Test func aDesignThatAgreesIsNotAccused() throws {
    let scratch = try Scratch()
    let folder = try scratch.design("divider")
    let result = try fuzz(folder, ["--config", "wide", "--count", "128"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.hasPrefix("NOTHING FOUND  divider  128 inputs"))
    #expect(result.output.contains("  repeat: cosim fuzz \(folder.path)/device.yaml --config"))
  }

  @Test func aFindIsMadeSmallAndReplayed() throws {
    let scratch = try Scratch()
    let folder = try scratch.design("divider")
    try folder.appendingPathComponent("divider.v").replace(
      "quo <= dividend;", with: "quo <= dividend ^ (dividend[15:0] == 16'd60013);")
    let bundles = scratch.url.appendingPathComponent("bundles").path
    let result = try fuzz(
      folder, ["--config", "default", "--count", "4000", "--bundles", bundles])
    #expect(result.status == 1, "\(result.errors)")
    #expect(result.output.contains("  explained: reproduced 3 of 3"))
    #expect(result.output.contains("dividend[0] = [60013]"), "\(result.output)")
    let name = try #require(
      FileManager.default.contentsOfDirectory(atPath: bundles).first { $0.hasSuffix(".npz") })
    let replay = try Command.run(
      ["replay", "\(bundles)/\(name)", "--cache", Command.cache, "--times", "2"])
    #expect(replay.status == 1, "\(replay.errors)")
  }

  @Test func aGoldenModelThatFailsEverywhereIsAnErrorWithItsWords() throws {
    let scratch = try Scratch()
    let folder = try scratch.design("divider")
    try folder.appendingPathComponent("golden.py").replace(
      "a, b = int(dividend[0])", with: "a, b = int(dividend[99])")
    let result = try fuzz(folder, ["--config", "default", "--count", "64"])
    #expect(result.status == 2, "\(result.output)")
    #expect(result.errors.contains("IndexError"))
  }

  @Test func vectorsAreSearchedInTheirOwnTransactions() throws {
    let scratch = try Scratch()
    let folder = try scratch.design("mac_pipeline")
    let program = """
      import sys
      sys.path.insert(0, sys.argv[1])
      import numpy as np, cosim_golden
      x = np.random.default_rng(1).integers(-128, 128, (2, 64, 8))
      y = (x[0] * x[1]).sum(axis=1)
      cosim_golden.save(sys.argv[1] + "/v.npz", [
        {"x": a, "w": b, "y": [s], "negative": [int(s < 0)]} for a, b, s in zip(*x, y)])
      """
    let made = try Command.run(
      ["python3", "-c", program, folder.path], executable: environment)
    #expect(made.status == 0, "\(made.errors)")
    try folder.appendingPathComponent("device.yaml").replace(
      "golden: {command: [python3, golden.py]}", with: "golden: {vectors: [v.npz]}")
    let agrees = try fuzz(folder, ["--count", "256"])
    #expect(agrees.status == 0, "\(agrees.output)\(agrees.errors)")
    #expect(agrees.output.hasPrefix("NOTHING FOUND  mac_pipeline  256 inputs"))
    // Only where an enable is low for long, which vectors without stalls never are.
    try folder.appendingPathComponent("mac_pipeline.sv").replace(
      "assign out_sign = out_sum[SUM-1];",
      with: """
        logic [5:0] idle;
        always_ff @(posedge clk) idle <= ce ? '0 : idle == '1 ? '1 : idle + 1'b1;
        assign out_sign = out_sum[SUM-1] ^ (idle == '1);
        """)
    let bundles = scratch.url.appendingPathComponent("bundles").path
    let found = try fuzz(folder, ["--count", "4000", "--bundles", bundles])
    #expect(found.status == 1, "\(found.output)\(found.errors)")
    #expect(found.output.contains("  explained: reproduced 3 of 3"), "\(found.output)")
    let name = try #require(
      FileManager.default.contentsOfDirectory(atPath: bundles).first { $0.hasSuffix(".npz") })
    let replay = try Command.run(
      ["replay", "\(bundles)/\(name)", "--cache", Command.cache])
    #expect(replay.status == 1, "\(replay.errors)")
  }
}
