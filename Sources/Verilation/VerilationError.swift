/// Why a device could not be built. What the RTL does wrong when it runs is not among these.
public enum VerilationError: Error, Sendable, Hashable {
  /// No Verilator where it was looked for.
  case noVerilator(searched: String)
  /// The tool is there but does not answer as Verilator does.
  case notVerilator(path: String, output: String)
  case oldVerilator(path: String, found: String, minimum: String)
  /// No C++ compiler where it was looked for.
  case noCompiler(searched: String)
  /// A tool could not be started.
  case cannotRun(tool: String, reason: String)
  /// A tool refused; `messages` are its first complaints, with file and line.
  case toolFailed(tool: String, top: String, messages: [String], omitted: Int, command: String)
  /// A source or include file cannot be read.
  case cannotRead(path: String, reason: String)
  /// Verilator read a file of which the manifest says nothing, so that the cache could not notice
  /// it change.
  case unlistedFile(path: String, manifest: String)
  /// A source changed while it was being built.
  case sourcesChanged(top: String)
  /// A port that has no plain memory, such as an unpacked structure.
  case unsupportedPort(declaration: String, top: String)
  /// A tap of a signal that is not there; `known` are the names that are there.
  case noSignal(signal: String, manifest: String, known: [String])
  /// A tap of a signal that is no plain vector of bits.
  case unsupportedSignal(signal: String, manifest: String)
  /// The cache folder cannot be used.
  case cache(path: String, attempt: String, reason: String)
  /// A file with several modules, or none, of which none is named as the top one.
  case noTop(file: String, modules: [String])
  /// The task was cancelled; nothing was published.
  case cancelled
}
