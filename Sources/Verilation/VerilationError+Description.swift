import Devices

extension VerilationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noVerilator(let searched):
      "Verilator is needed to build devices and was not found (\(searched)); install it"
        + " (Debian: apt-get install verilator), or set VERILATOR to its path"
    case .notVerilator(let path, let output):
      "\(path) does not say which Verilator it is; it printed: \(output.isEmpty ? "nothing" : output)"
    case .oldVerilator(let path, let found, let minimum):
      "\(path) is Verilator \(found), but \(minimum) or newer is needed; install a newer one, "
        + "or set"
        + " VERILATOR to its path"
    case .noCompiler(let searched):
      "a C++ compiler is needed to build devices and was not found (\(searched)); install one"
        + " (Debian: apt-get install g++), or set CXX to its path"
    case .cannotRun(let tool, let reason):
      "cannot run \(tool): \(reason)"
    case .toolFailed(let tool, let top, let messages, let omitted, let command):
      ([
        "\(tool) could not build the device '\(top)':"
      ] + (messages.isEmpty ? ["(it printed nothing)"] : messages)
        + (omitted > 0 ? ["… and \(omitted) more lines"] : [])
        + VerilationError.permission(messages) + ["The command was: \(command)"])
        .joined(separator: "\n")
    case .cannotRead(let path, let reason):
      "cannot read \(path): \(reason)"
    case .unlistedFile(let path, let manifest):
      "Verilator read \(path), which \(manifest) does not lead to; list it under 'sources' if "
        + "it is a"
        + " module, or include it by its literal name from a folder in 'include_directories'"
    case .sourcesChanged(let top):
      "the sources of '\(top)' changed while they were being built; build again"
    case .unsupportedPort(let declaration, let top):
      "a port of '\(top)' has no plain bits in memory: \(declaration); make it a packed type, "
        + "or wrap"
        + " the module in one whose ports are packed"
    case .noSignal(let signal, let manifest, let known):
      "\(manifest): its taps or stages name the signal '\(signal)', which the RTL does not have"
        + (Nearest.match(for: signal, among: known).map { "; did you mean '\($0)'?" }
          ?? "; a signal is named from the top module on, instances and generate blocks with "
          + "dots between")
    case .unsupportedSignal(let signal, let manifest):
      "\(manifest): its taps or stages name '\(signal)', which has unpacked dimensions or is "
        + "no vector of bits;"
        + " name a packed signal"
    case .cache(let path, let attempt, let reason):
      "cannot \(attempt) \(path): \(reason); COSIM_CACHE sets another folder for built devices"
    case .noTop(let file, let modules):
      modules.isEmpty
        ? "there is no module in \(file.isEmpty ? "no file" : file); name the top module with --top"
        : "\(file) has the modules \(modules.joined(separator: ", ")); name the top one with --top"
    case .cancelled:
      "building was cancelled"
    }
  }

  /// What lets RTL pass that Verilator refuses by name, where it is meant as it is.
  private static func permission(_ messages: [String]) -> [String] {
    let names = messages.flatMap { $0.matches(of: /%Error-([A-Z]+):/).map { String($0.1) } }
    let flags = Set(names).subtracting(["UNSUPPORTED", "USERFATAL"]).sorted().map { "-Wno-\($0)" }
    guard !flags.isEmpty else { return [] }
    return [
      "Where the RTL is meant like this: verilator_flags: [\(flags.joined(separator: ", "))] in "
        + "device.yaml lets it pass."
    ]
  }
}
