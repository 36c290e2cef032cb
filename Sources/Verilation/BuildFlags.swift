package import Devices
package import Signals

/// What the tools are told. All of it is part of the content key.
package enum BuildFlags {
  /// Verilator's flags, except those that depend on the manifest.
  ///
  /// Warnings of style are for lint: a stranger's RTL builds as long as it has no errors. Waveforms are
  /// compiled in and cost nothing until one is opened: with 5.006 a separately built model would begin
  /// with other random values. Wide and deep signals are in the waveform, up to a limit.
  /// A `$fatal` at elaboration, which refuses parameters, stays an error. Loops are not rolled up again:
  /// 5.006 makes C++ of assertions on wide payloads that does not compile.
  package static let verilator = [
    "--cc", "--assert", "--trace-fst", "--trace-max-width", "8192", "--trace-max-array", "256",
    "--no-timing", "-O3", "-fno-reloop", "--x-initial", "unique", "--x-assign", "unique",
    "--prefix", "Vcosim",
    "--output-split", "0", "-Wno-fatal", "-Werror-USERFATAL", "-Wno-lint", "-Wno-style",
  ]

  /// What has a model count how often its lines run; 2.5 to 16 times slower, never used to judge.
  package static let coverage = "--coverage-line"

  /// The compiler's flags for the model and for the runtime.
  ///
  /// The last ones make the few variables of a thread that an evaluation touches cheap to reach from a
  /// shared library: with them it executes as many instructions as a program with the model linked in.
  package static func compiler(_ compiler: Compiler) -> [String] {
    common + (compiler.isClang ? [] : ["-fno-extern-tls-init"])
  }

  private static let common = [
    "-std=gnu++17", "-O3", "-fPIC", "-fvisibility=hidden", "-fvisibility-inlines-hidden", "-w",
    "-ftls-model=local-dynamic",
    "-pthread", "-DVERILATOR=1", "-DVM_COVERAGE=0", "-DVM_SC=0", "-DVM_TIMING=0", "-DVM_TRACE=1",
    "-DVM_TRACE_FST=1", "-DVM_TRACE_SAIF=0", "-DVM_TRACE_VCD=0",
  ]

  /// What makes clang count the edges that the model's code takes.
  ///
  /// Most of a model is one function of thousands of statements. clang stops looking for values that are in a
  /// register already long before its beginning, and would read most of them from memory again: the limits
  /// that are raised here make up half of what a model compiled by clang is slower than one by GCC.
  package static let counting =
    ["-fsanitize-coverage=inline-8bit-counters,pc-table", "-fno-strict-aliasing"]
    + ["memdep-block-scan-limit=2000", "available-load-scan-limit=200"].flatMap(limit)
    + limit("earlycse-mssa-optimization-cap=50000")

  private static func limit(_ option: String) -> [String] { ["-mllvm", "-" + option] }

  /// The linker's flags: nothing is visible but the table.
  static func linker(versionScript: String) -> [String] {
    #if canImport(Darwin)
      ["-shared", "-pthread", "-lz"]
    #else
      ["-shared", "-pthread", "-Wl,--version-script=\(versionScript)", "-Wl,-Bsymbolic", "-lz"]
    #endif
  }

  /// What depends on manifest and configuration, without the sources.
  package static func verilator(for manifest: Manifest, _ configuration: Configuration) -> [String]
  {
    ["--top-module", manifest.top]
      + configuration.values.sorted { $0.key < $1.key }.map { "-G\($0.key)=\($0.value)" }
      + configuration.texts.sorted { $0.key < $1.key }.map { "-G\($0.key)=\($0.value)" }
      + manifest.defines.sorted { $0.key < $1.key }.map {
        $0.value.isEmpty ? "-D\($0.key)" : "-D\($0.key)=\($0.value)"
      }
      + manifest.includeDirectories.map { "-I\($0)" } + libraries(of: manifest)
      + (manifest.wiring == nil ? [] : lenient) + manifest.verilatorFlags
  }

  /// What a stranger's RTL may do beside: assign some bits of a variable continuously and others on
  /// an edge, as generate loops over stages do, and take numbers for enumerations, as parameters
  /// that are set from outside are.
  package static let lenient = ["-Wno-BLKANDNBLK", "-Wno-ENUMVALUE"]

  private static func libraries(of manifest: Manifest) -> [String] {
    guard !manifest.libraries.isEmpty else { return [] }
    return ["+libext+.v+.sv"]
      + manifest.libraries.flatMap {
        Files.isRegularFile(manifest.path(of: $0)) ? ["-v", $0] : ["-y", $0]
      }
  }
}
