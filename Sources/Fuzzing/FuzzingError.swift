/// Why mutation, a sweep or a hunt could not be done. What they find is a result, not an error.
public enum FuzzingError: Error, Sendable, Equatable {
  /// A source that cannot be read, or a file that cannot be written.
  case file(path: String, attempt: String, reason: String)
  /// No source has the top module.
  case noTop(top: String, sources: [String])
  /// A top module without ports.
  case noPorts(file: String, module: String)
  /// The variable that says which mutant is alive needs a clock.
  case noClock(top: String)
  /// Nothing that could be changed.
  case noMutants(top: String)
  /// A source that is to be changed, and is none of the design.
  case notASource(name: String, top: String, sources: [String])
  /// The device without any mutant disagrees.
  case disagreesUnchanged(block: String, configuration: String, finding: String)
  /// A waiver file that does not say what it should.
  case waivers(path: String, reason: String)
  /// Yosys cannot read the design about which something is to be proven.
  case prover(top: String, reason: String)
  /// A block whose elements depend on each other: there is no single input to sweep.
  case notScalar(block: String)
  /// A block without a real function, or without what is to be made large.
  case nothingToHunt(block: String, reason: String)
}

extension FuzzingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .file(let path, let attempt, let reason):
      "cannot \(attempt) \(path): \(reason)"
    case .noTop(let top, let sources):
      "mutating '\(top)': none of its sources has this module (\(sources.joined(separator: ", ")))"
    case .noPorts(let file, let module):
      "mutating '\(module)' in \(file): it has no ports, so that nothing could be driven or compared"
    case .noClock(let top):
      "mutating '\(top)': its manifest says 'clock: none', but the choice of a mutant is a register"
    case .noMutants(let top):
      "mutating '\(top)': its sources have nothing that could be changed"
    case .notASource(let name, let top, let sources):
      "mutating '\(top)': none of its sources ends in '\(name)'; they are "
        + sources.joined(separator: ", ")
    case .disagreesUnchanged(let block, let configuration, let finding):
      "mutating \(block) \(configuration): the device disagrees before anything is changed "
        + "(\(finding)). Run `cosim verify \(block) --config \(configuration)` first. If that agrees, "
        + "writing mutants into the RTL has changed its meaning: leave the source out with --files."
    case .waivers(let path, let reason):
      "reading waivers of mutants from \(path): \(reason)"
    case .prover(let top, let reason):
      "proving mutants of '\(top)' equivalent: Yosys cannot read the design: \(reason)"
    case .notScalar(let block):
      "sweeping \(block): the elements of a row depend on each other, so that no single input has "
        + "all the answers. Sweep a block that works element by element, or `cosim hunt \(block)`."
    case .nothingToHunt(let block, let reason):
      "hunting for the worst case of \(block): \(reason)"
    }
  }
}
