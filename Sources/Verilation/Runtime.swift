import Logging
import SystemPackage

/// Verilator's runtime library, compiled once for each toolchain.
struct Runtime {
  let toolchain: Toolchain
  let cache: Cache
  let log: Logger

  /// The parts that every model needs; a model may need more.
  static let usual = ["verilated", "verilated_fst_c", "verilated_threads"]

  /// Paths of the object files.
  ///
  /// - Parameter names: of the runtime's sources, without extension.
  func objects(_ names: [String]) async throws(VerilationError) -> [String] {
    let folder = cache.runtimeFolder(key())
    let paths = names.map { "\(folder)/\($0).o" }
    if paths.allSatisfy(Files.isRegularFile) { return paths }
    try cache.make(folder)
    try await cache.exclusively("runtime-\(key())") { () async throws(VerilationError) in
      let missing = names.filter { !Files.isRegularFile("\(folder)/\($0).o") }
      guard !missing.isEmpty else { return }
      log.info("compiling the runtime of \(toolchain.verilator.name)")
      let workspace = try cache.workspace()
      try Shim.write(to: workspace.path)
      try await compile(missing, in: workspace.path, to: folder)
    }
    return paths
  }

  private func compile(
    _ names: [String], in workspace: String, to folder: String
  ) async throws(VerilationError) {
    do {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for name in names {
          group.addTask { try await compile(name, in: workspace, to: folder) }
        }
        try await group.waitForAll()
      }
    } catch {
      throw error as? VerilationError ?? .cancelled
    }
  }

  private func compile(
    _ name: String, in workspace: String, to folder: String
  ) async throws(VerilationError) {
    let include = toolchain.verilator.root + "/include"
    let arguments =
      BuildFlags.compiler(toolchain.compiler) + [
        "-include", "cosim_runtime.h", "-I.", "-isystem", include, "-isystem", include + "/vltstd",
        "-c", "\(include)/\(name).cpp", "-o", "\(name).o",
      ]
    let result = try await Tool.run(
      toolchain.compiler.path, arguments, in: workspace, log: "\(workspace)/\(name).log")
    guard result.succeeded else {
      throw ToolMessages.failure(
        tool: "the C++ compiler", top: "Verilator's runtime", output: result.output,
        command: [toolchain.compiler.path] + arguments, in: workspace)
    }
    do {
      try Files.rename("\(workspace)/\(name).o", to: "\(folder)/\(name).o")
    } catch {
      throw .cache(path: folder, attempt: "write", reason: error.description)
    }
  }

  private func key() -> ContentKey {
    var builder = KeyBuilder()
    builder.add("verilator", toolchain.verilator.identity)
    builder.add("compiler", toolchain.compiler.identity)
    builder.add("flags", BuildFlags.compiler(toolchain.compiler))
    builder.add("shim", Shim.digest)
    return builder.key()
  }
}
