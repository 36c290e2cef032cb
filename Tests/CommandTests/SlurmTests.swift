import Foundation
import Testing

/// A gate on a real Slurm of one node, where one is installed (`ci/setup --slurm`) and COSIM_TEST_SLURM
/// is set.
@Suite(
  .serialized,
  .enabled(
    if: ProcessInfo.processInfo.environment["COSIM_TEST_SLURM"] != nil
      && FileManager.default.isExecutableFile(atPath: "/usr/sbin/slurmctld") && getuid() == 0,
    "Slurm is not installed, or this is not root, or COSIM_TEST_SLURM is not set: ci/setup --slurm")
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
    #expect(result.status == 1 && result.output.contains("mismatch, y.data"), "\(result.output)")
    withExtendedLifetime(scratch) {}
  }

  @Test("shards that Slurm says succeeded, but that left no report, are lost and named")
  func killed() throws {
    let (scratch, root) = try project()
    // The second shard is ended before it can write anything, in both attempts.
    let program = root.appendingPathComponent("wrapper.sh")
    try Data(
      """
      #!/bin/sh
      case "$*" in *"2/2"*) kill -9 $$;; esac
      exec '\(Command.executable.path)' "$@"
      """.utf8
    ).write(to: program)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: program.path)
    let result = try gate(
      root, ["--engine", "slurm", "--shards", "2", "--report", root.path + "/slurm"],
      environment: ["COSIM_GATE_PROGRAM": program.path])
    #expect(result.status == 2, "\(result.output)")
    #expect(result.output.contains("shard 2 of 2 is missing"))
    #expect(result.output.contains("left no report; once more"))
    withExtendedLifetime(scratch) {}
  }
}
