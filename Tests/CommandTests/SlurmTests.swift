import Foundation
import Testing

/// A gate on a real Slurm of one node, where one is installed (`ci/setup --slurm`), for root.
@Suite(
  .serialized,
  .enabled(
    if: ["slurmctld", "slurmd", "munged"].allSatisfy {
      FileManager.default.isExecutableFile(atPath: "/usr/sbin/\($0)")
    } && getuid() == 0,
    "Slurm is not installed (ci/setup --slurm), or this is not root")
)
struct SlurmTests {
  /// `cosim` beside a Slurm of its own.
  private func gate(
    _ root: URL, _ arguments: [String], environment: [String: String] = [:]
  ) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = Command.project.appendingPathComponent("ci/with-slurm")
    process.arguments =
      [Command.executable.path, "gate", "--root", root.path, "--no-cache", "--minimise-time", "0"]
      + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["COSIM_CACHE": Command.cache].merging(environment) { $1 }
    ) { $1 }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }

  private func project() throws -> (Scratch, URL) {
    let scratch = try Scratch()
    let root = try scratch.project()
    try Data("merge: {verify: {count: 64}}\n".utf8)
      .write(to: root.appendingPathComponent("gate.yaml"))
    return (scratch, root)
  }

  /// A program in place of `cosim` that does something first.
  private func program(_ root: URL, _ first: String) throws -> [String: String] {
    let program = root.appendingPathComponent("wrapper.sh")
    try Data("#!/bin/sh\n\(first)\nexec '\(Command.executable.path)' \"$@\"\n".utf8)
      .write(to: program)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: program.path)
    return ["COSIM_GATE_PROGRAM": program.path]
  }

  @Test("a job that was cancelled, which Slurm lists like one that is done, runs once more")
  func cancelled() throws {
    let (scratch, root) = try project()
    let result = try gate(
      root, ["--engine", "slurm", "--shards", "2", "--report", root.path + "/slurm"],
      environment: try program(
        root,
        #"""
        case "$*" in *"2/2"*) mkdir '\#(root.path)/once' 2> /dev/null && {
          scancel "${SLURM_ARRAY_JOB_ID}_2"; sleep 60; };; esac
        """#))
    #expect(result.status == 0, "\(result.output)")
    #expect(result.output.contains("shards 2 left no report; once more"))
    withExtendedLifetime(scratch) {}
  }

  @Test("a job that never runs is given up in time, and passes nothing")
  func neverRuns() throws {
    let (scratch, root) = try project()
    try FileManager.default.createDirectory(
      at: root.appendingPathComponent("slurm"), withIntermediateDirectories: true)
    try Data("{}".utf8).write(to: root.appendingPathComponent("slurm/report.json"))
    let result = try gate(
      root,
      [
        "--engine", "slurm", "--shards", "2", "--report", root.path + "/slurm",
        "--slurm-option=--begin=now+1hour", "--slurm-timeout", "3",
      ])
    #expect(result.status == 2, "\(result.output)")
    #expect(result.output.contains("was not done after 3 seconds and is cancelled"))
    #expect(result.output.contains("none of 2 shards left a report"))
    #expect(!FileManager.default.fileExists(atPath: root.path + "/slurm/report.json"))
    withExtendedLifetime(scratch) {}
  }

  private func file(_ root: URL, _ name: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(name), encoding: .utf8)
  }

  @Test("an array job gives the bytes of a run on this machine")
  func sameReport() throws {
    let (scratch, root) = try project()
    let local = try gate(root, ["--report", root.path + "/local"])
    #expect(local.status == 0, "\(local.output)")
    let slurm = try gate(
      root, ["--engine", "slurm", "--shards", "2", "--report", root.path + "/slurm"])
    #expect(slurm.status == 0, "\(slurm.output)")
    for name in ["report.json", "junit.xml", "summary.md"] {
      #expect(try file(root, "slurm/" + name) == file(root, "local/" + name))
    }
    withExtendedLifetime(scratch) {}
  }

  @Test("a bug is found, although every job of the array ends with 0")
  func bug() throws {
    let (scratch, root) = try project()
    try root.appendingPathComponent("rtl/dyadic_requantizer/dyadic_requantizer.sv")
      .replace("(x_identity_multiplier_i[lane])", with: "(x_multiplier_i[lane])")
    let result = try gate(
      root, ["--engine", "slurm", "--shards", "2", "--report", root.path + "/slurm"])
    #expect(
      result.status == 1 && result.output.contains("first divergence, tap scaled_identity"),
      "\(result.output)")
    withExtendedLifetime(scratch) {}
  }

  @Test("shards that Slurm says succeeded, but that left no report, are lost and named")
  func killed() throws {
    let (scratch, root) = try project()
    // The second shard is ended before it can write anything, in both attempts.
    let result = try gate(
      root, ["--engine", "slurm", "--shards", "2", "--report", root.path + "/slurm"],
      environment: try program(root, #"case "$*" in *"2/2"*) kill -9 $$;; esac"#))
    #expect(result.status == 2, "\(result.output)")
    #expect(result.output.contains("shard 2 of 2 is missing"))
    #expect(result.output.contains("left no report; once more"))
    withExtendedLifetime(scratch) {}
  }
}
