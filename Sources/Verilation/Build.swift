import Devices
import Foundation
import Logging
import Signals
import SystemPackage

/// One build, from sources to a shared library in a folder of its own.
struct Build {
  let manifest: Manifest
  let configuration: Configuration
  let toolchain: Toolchain
  let key: ContentKey
  let folder: String
  /// The configuration file that keeps the signals of taps.
  let taps: String?
  /// The model counts the edges that its code takes.
  var isCounting = false
  let log: Logger

  private static let tapFile = "cosim_taps.vlt"

  private var generated: String { folder + "/model" }

  /// The model counts how often its lines run.
  private var isCovering: Bool { manifest.verilatorFlags.contains(BuildFlags.coverage) }

  /// Makes `device.so` in the folder.
  ///
  /// - Parameters:
  ///   - files: what was hashed; anything else that Verilator reads is an error.
  ///   - runtime: gives the runtime's objects.
  func run(files: SourceFiles, runtime: Runtime) async throws(VerilationError) {
    // Nearly every model needs these and no more, so they are compiled meanwhile if need be.
    async let usual = runtime.objects(Runtime.usual)
    do {
      if let taps { try write(taps, to: Build.tapFile) }
      try await verilate()
      try checkDependencies(files)
      let skipsInputs = try separateInputLogic()
      let ports = try portList(files)
      try Shim.write(to: folder, counting: isCounting)
      try write(ports.includeText, to: "cosim_ports.inc")
      try write(modelText(), to: "cosim_model.inc")
      try write(coldText(), to: "cosim_cold.cpp")
      let symbols =
        "cosim_device_table;" + (isCounting ? " cosim_device_counters;" : "")
        + (isCovering ? " cosim_device_coverage_*;" : "")
      if isCovering {
        let header = Shim.coverageFile
        try write(String(decoding: header.bytes, as: UTF8.self), to: header.name)
      }
      try write("{ global: \(symbols) local: *; };\n", to: "cosim_device.map")
      async let cold: Void = compileCold()
      try await compile(skipsInputs ? ["-DCOSIM_SKIPS_INPUTS"] : [])
      try await cold
      _ = try await usual
      try await link(try await runtime.objects(runtimeNames()))
    } catch {
      throw error as? VerilationError ?? .cancelled
    }
  }

  // MARK: Verilator

  private func verilate() async throws(VerilationError) {
    log.info("verilating \(manifest.top) \(configuration.name)")
    let arguments =
      BuildFlags.verilator + ["--Mdir", generated]
      + BuildFlags.verilator(for: manifest, configuration)
      + (taps == nil ? [] : ["\(folder)/\(Build.tapFile)"]) + manifest.sources
    let result = try await Tool.run(
      toolchain.verilator.path, arguments, in: manifest.directory, log: folder + "/verilator.log")
    guard result.succeeded else {
      throw failure(
        "Verilator", result.output, [toolchain.verilator.path] + arguments, in: manifest.directory)
    }
    for warning in ToolMessages.warnings(in: result.output) { log.debug("\(warning)") }
  }

  /// Compares what Verilator says that it read with what was hashed.
  private func checkDependencies(_ files: SourceFiles) throws(VerilationError) {
    let text = try read("model/Vcosim__ver.d")
    guard let colon = text.firstRange(of: " : ") else { return }
    var hashed = Set(files.files.compactMap { Files.realPath($0.path) })
    if let file = Files.realPath("\(folder)/\(Build.tapFile)") { hashed.insert(file) }
    let tools = [toolchain.verilator.root + "/", "/"].map { Files.realPath($0) ?? $0 }
    for name in text[colon.upperBound...].split(whereSeparator: { $0 == " " || $0 == "\n" }) {
      guard let path = Files.realPath(manifest.path(of: String(name))), !hashed.contains(path)
      else {
        continue
      }
      let isTool = path.hasPrefix(tools[0]) || path.hasSuffix("/verilator_bin")
      if !isTool { throw .unlistedFile(path: path, manifest: manifest.file) }
    }
  }

  private func portList(_ files: SourceFiles) throws(VerilationError) -> PortList {
    let waves = try generatedText { $0.contains("__Trace__") && $0.contains("Slow") }
    var list = try PortList(header: try read("model/Vcosim.h"), waves: waves, top: manifest.top)
    if taps != nil {
      list.entries += try TapList.entries(
        for: manifest.tapSignals, top: manifest.top,
        symbols: try generatedText { $0.hasPrefix("Vcosim__Syms") },
        ports: Set(list.entries.map(\.port.name)), manifest: manifest.file,
        sources: files.files.map(\.bytes))
    }
    return list
  }

  private func generatedText(_ isMeant: (String) -> Bool) throws(VerilationError) -> String {
    var text = ""
    for file in generatedFiles() where isMeant(file) { text += try read("model/\(file)") }
    return text
  }

  private func generatedFiles() -> [String] {
    Files.entries(of: generated).filter { $0.hasSuffix(".cpp") }.sorted()
  }

  /// Lets the shim leave out what depends on inputs alone when only the clock changes.
  /// - Returns: whether that is possible.
  private func separateInputLogic() throws(VerilationError) -> Bool {
    let clocks = Set(manifest.clocks.map(\.name) + [manifest.clock].compactMap { $0 })
    guard !clocks.isEmpty else { return false }
    var files: [(name: String, text: String)] = []
    for file in generatedFiles() where !isCold(file) {
      files.append((file, try read("model/\(file)")))
    }
    guard let changed = InputLogic.separated(files, clocks: clocks) else { return false }
    try write(changed.text, to: "model/\(changed.name)")
    return true
  }

  /// The parts of the runtime that the model needs, as Verilator lists them.
  private func runtimeNames() -> [String] {
    let text = (try? read("model/Vcosim_classes.mk")) ?? ""
    var names = Runtime.usual
    var isInList = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("VM_GLOBAL_") {
        isInList = true
      } else if isInList {
        let name = line.trimmingCharacters(in: CharacterSet(charactersIn: " \t\\"))
        isInList = !name.isEmpty && !name.hasPrefix("#")
        if isInList, !names.contains(name) { names.append(name) }
      }
    }
    return names
  }

  // MARK: C++

  /// The model, as one translation unit: compiling file by file parses the headers again
  /// and again. What runs once for an instance is not optimised, which would take longer than it saves.
  private func modelText() -> String {
    let files = generatedFiles().filter { !isCold($0) }
    func includes(_ files: [String]) -> String {
      files.map { "#include \"model/\($0)\"\n" }.joined()
    }
    return includes(files.filter { !$0.contains("Slow") })
      + "#ifdef __clang__\n#pragma clang optimize off\n#else\n"
      + "#pragma GCC push_options\n#pragma GCC optimize (\"O0\")\n#endif\n"
      + includes(files.filter { $0.contains("Slow") })
      + "#ifdef __clang__\n#pragma clang optimize on\n#else\n#pragma GCC pop_options\n#endif\n"
  }

  /// What runs while a waveform is open, as another one, compiled without optimising: it is most of the
  /// text, and would take most of the time.
  private func coldText() -> String {
    generatedFiles().filter(isCold).map { "#include \"model/\($0)\"\n" }.joined()
  }

  private func isCold(_ file: String) -> Bool {
    file.contains("__Trace__")
  }

  private func compile(_ options: [String]) async throws(VerilationError) {
    log.info("compiling \(manifest.top) \(configuration.name)")
    let parameters = configuration.values.sorted { $0.key < $1.key }
      .map { "{\"\($0.key.escapedForC)\", \($0.value)}," }.joined()
    let arguments =
      BuildFlags.compiler(toolchain.compiler) + (isCounting ? BuildFlags.counting : []) + options
      + [
        "-DCOSIM_TOP=\"\(manifest.top.escapedForC)\"",
        "-DCOSIM_CONTENT_KEY=\"\(key)\"",
        "-DCOSIM_SIMULATOR=\"\(toolchain.verilator.name.escapedForC)\"",
        "-DCOSIM_PARAMETERS=\(parameters)",
        "-c", "cosim_device.cpp", "-o", "device.o",
      ] + (isCovering ? ["-include", Shim.coverageFile.name] : []) + includes
    try await runCompiler(arguments, log: "compile.log")
  }

  private func compileCold() async throws(VerilationError) {
    let flags = BuildFlags.compiler(toolchain.compiler).filter { !$0.hasPrefix("-O") }
    try await runCompiler(
      flags + ["-O0", "-c", "cosim_cold.cpp", "-o", "cold.o"] + includes, log: "cold.log")
    guard isCounting else { return }
    try await runCompiler(
      flags + ["-O2", "-c", "cosim_counters.cpp", "-o", "counters.o"] + includes,
      log: "counters.log")
  }

  private var includes: [String] {
    let include = toolchain.verilator.root + "/include"
    return ["-I.", "-Imodel", "-isystem", include, "-isystem", include + "/vltstd"]
  }

  private func link(_ objects: [String]) async throws(VerilationError) {
    try await runCompiler(
      ["device.o", "cold.o"] + (isCounting ? ["counters.o"] : []) + objects
        + BuildFlags.linker(versionScript: "cosim_device.map")
        + ["-o", "device.so"],
      log: "link.log")
  }

  private func runCompiler(_ arguments: [String], log: String) async throws(VerilationError) {
    let result = try await Tool.run(
      toolchain.compiler.path, arguments, in: folder, log: "\(folder)/\(log)")
    guard result.succeeded else {
      throw failure(
        "the C++ compiler", result.output, [toolchain.compiler.path] + arguments, in: folder)
    }
  }

  // MARK: Files

  /// Keeps what a cache entry consists of, and nothing else.
  func removeIntermediates() {
    for entry in Files.entries(of: folder) where entry != "device.so" && entry != "device.json" {
      Files.remove("\(folder)/\(entry)")
    }
  }

  private func failure(
    _ tool: String, _ output: String, _ command: [String], in directory: String
  ) -> VerilationError {
    // A compiler without space does not always get to say so.
    if output.contains("No space left on device") || Files.isFull(folder) {
      return .cache(path: folder, attempt: "write", reason: "No space left on device")
    }
    return ToolMessages.failure(
      tool: tool, top: manifest.top, output: output, command: command, in: directory)
  }

  private func read(_ name: String) throws(VerilationError) -> String {
    do {
      return String(decoding: try Files.read("\(folder)/\(name)"), as: UTF8.self)
    } catch {
      throw .cannotRead(path: "\(folder)/\(name)", reason: error.description)
    }
  }

  private func write(_ text: String, to name: String) throws(VerilationError) {
    do {
      try Files.write(Array(text.utf8), to: "\(folder)/\(name)")
    } catch {
      throw .cache(path: "\(folder)/\(name)", attempt: "write", reason: error.description)
    }
  }
}
