public import Devices
import Foundation

/// Every mutant of a device's sources, and the RTL that holds any number of them.
///
/// A mutant is a condition around an expression: `(cosim_mutants_pkg::selected == …) ? (changed) :
/// (original)`. One build holds them all; a port that the top module gets says which one is alive. Lines
/// stay where they were.
public struct MutationPlan: Sendable {
  /// In the order of the sources.
  public let mutants: [Mutant]
  /// Expressions that were not understood and are left as they are.
  public let skippedExpressions: Int
  private let manifest: Manifest
  private let clock: String
  private let sources: [MutatedSource]

  /// The port that selects a mutant.
  package static let port = "cosim_mutant_i"

  /// Reads the sources of a manifest and finds what can be changed.
  ///
  /// - Parameters:
  ///   - seed: of the bits that are turned over and the variables that are taken for others.
  ///   - files: ends of the names of the sources to be changed; all of them if empty.
  /// - Throws: ``FuzzingError``.
  public init(
    _ manifest: Manifest, seed: UInt64 = 1, files: [String] = []
  ) throws(FuzzingError) {
    guard let clock = manifest.clock else { throw .noClock(top: manifest.top) }
    self.clock = clock
    self.manifest = manifest
    for file in files where !manifest.sources.contains(where: { $0.hasSuffix(file) }) {
      throw .notASource(name: file, top: manifest.top, sources: manifest.sources)
    }
    var texts: [(name: String, bytes: [UInt8])] = []
    for name in manifest.sources {
      do {
        let data = try Data(contentsOf: URL(fileURLWithPath: manifest.path(of: name)))
        texts.append((name, Array(data)))
      } catch {
        throw .file(
          path: manifest.path(of: name), attempt: "read", reason: error.localizedDescription)
      }
    }
    let unused = MutationPlan.unusedModules(texts.map(\.bytes), top: manifest.top)
    var sources: [MutatedSource] = []
    var mutants: [Mutant] = []
    for (name, bytes) in texts {
      let source = MutatedSource(
        name: name, bytes: bytes, seed: seed, firstNumber: mutants.count + 1, unused: unused)
      sources.append(source)
      mutants += source.mutants
    }
    guard sources.contains(where: { $0.modules.contains { $0.name == manifest.top } }) else {
      throw .noTop(top: manifest.top, sources: manifest.sources)
    }
    self.sources = sources
    self.mutants = mutants.filter { mutant in
      files.isEmpty || files.contains { mutant.file.hasSuffix($0) }
    }
    skippedExpressions = sources.reduce(0) { $0 + $1.skipped }
    if self.mutants.isEmpty { throw .noMutants(top: manifest.top) }
  }

  /// Modules that are named nowhere but where they are declared: checkers of assertions, mostly.
  private static func unusedModules(_ sources: [[UInt8]], top: String) -> Set<String> {
    var declared: Set<String> = []
    var named: Set<String> = [top]
    for bytes in sources {
      let tokens = SourceLexer.tokens(of: bytes)
      for (index, token) in tokens.enumerated() where token.kind == .word {
        let before = index > 0 ? tokens[index - 1].text : ""
        if before == "module" {
          declared.insert(token.text)
        } else if before != ":" {
          named.insert(token.text)
        }
      }
    }
    return declared.subtracting(named)
  }

  /// Writes RTL that holds some mutants into a folder.
  ///
  /// - Parameters:
  ///   - kept: numbers of mutants.
  ///   - folder: an absolute path.
  /// - Returns: its manifest, with one port more on the top module.
  /// - Throws: ``FuzzingError``.
  public func write(keeping kept: Set<Int>, to folder: String) throws(FuzzingError) -> Manifest {
    // The folder stays: what the RTL reads when it runs, and what flags and libraries name, lies there.
    var result = manifest
    let package = "\(folder)/cosim_mutants_pkg.sv"
    result.sources = [package]
    try MutationPlan.write(
      """
      /// The mutant that is alive: 0 for none.
      package cosim_mutants_pkg;
        logic [31:0] selected;
      endpackage

      """, to: package)
    for (index, source) in sources.enumerated() {
      let isTop = source.modules.contains { $0.name == manifest.top }
      let text = try source.text(
        keeping: kept, select: isTop ? (top: manifest.top, clock: clock) : nil)
      let path = "\(folder)/\(MutationPlan.name(index, of: source))"
      try MutationPlan.write(text, to: path)
      result.sources.append(path)
    }
    // A source includes what lies beside it, without being told.
    for source in manifest.sources {
      let folder = source.split(separator: "/").dropLast().joined(separator: "/")
      let beside = source.hasPrefix("/") ? "/" + folder : folder.isEmpty ? "." : folder
      if !result.includeDirectories.contains(beside) { result.includeDirectories.append(beside) }
    }
    return result
  }

  /// Writes RTL that holds every mutant, those of sources that are not to be changed too.
  ///
  /// - Returns, throws: as ``write(keeping:to:)``.
  func writeAll(to folder: String) throws(FuzzingError) -> Manifest {
    try write(keeping: Set(sources.flatMap(\.mutants).map(\.number)), to: folder)
  }

  /// Writes the RTL as it is into a folder, as a prover can read it, with the headers that it includes.
  ///
  /// - Returns: the names of the files.
  /// - Throws: ``FuzzingError``.
  func writeUnchanged(to folder: String) throws(FuzzingError) -> [String] {
    for (name, source) in zip(unchangedNames, sources) {
      try write(ProofText.withoutImplications(source.original), to: "\(folder)/\(name)")
    }
    for directory in manifest.includeDirectories + ["."] {
      let path = manifest.path(of: directory)
      let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
      for name in names where name.hasSuffix(".svh") || name.hasSuffix(".vh") {
        guard let text = try? String(contentsOfFile: "\(path)/\(name)", encoding: .utf8) else {
          continue
        }
        try write(ProofText.withoutImplications(text), to: "\(folder)/\(name)")
      }
    }
    return unchangedNames
  }

  /// The names that ``writeUnchanged(to:)`` gives to files.
  var unchangedNames: [String] {
    sources.enumerated().map { MutationPlan.name($0.offset, of: $0.element) }
  }

  /// Writes one mutant's source beside the unchanged ones.
  ///
  /// - Returns: the names of the files that make up the mutant.
  /// - Throws: ``FuzzingError``.
  func write(proving mutant: Int, to folder: String) throws(FuzzingError) -> [String] {
    var names: [String] = []
    for (index, source) in sources.enumerated() {
      guard source.mutants.contains(where: { $0.number == mutant }) else {
        names.append(MutationPlan.name(index, of: source))
        continue
      }
      names.append("mutant_\(mutant).sv")
      try write(
        ProofText.withoutImplications(source.text(applying: mutant)),
        to: "\(folder)/mutant_\(mutant).sv")
    }
    return names
  }

  /// The module that a mutant is in.
  func module(of mutant: Int) -> String? {
    for source in sources {
      if let found = source.module(of: mutant) { return found }
    }
    return nil
  }

  private static func name(_ index: Int, of source: MutatedSource) -> String {
    "\(index)_" + (source.name.split(separator: "/").last.map(String.init) ?? "")
  }

  /// The mutants that a tool's message is about, most likely: of those on the lines that it names the other
  /// right-hand sides, which need not be of the right type; where there are none, all of them; and where
  /// there are none of these, those around.
  ///
  /// - Parameter candidates: the mutants that the tool was given.
  package func mutants(blamedBy message: String, among candidates: Set<Int>) -> Set<Int> {
    var named: [(mutant: Mutant, distance: Int)] = []
    for match in message.matches(of: /(\d+)_[\w.]+:(\d+)/) {
      guard let source = Int(match.1), sources.indices.contains(source), let line = Int(match.2)
      else { continue }
      named += sources[source].mutants.map { ($0, abs($0.line - line)) }
    }
    named.removeAll { $0.distance > 2 || !candidates.contains($0.mutant.number) }
    // An expression may begin some lines before the operator that is changed, or end behind it.
    let exact = named.filter { $0.distance == 0 }
    let values = exact.filter { $0.mutant.kind == .value }
    let blamed = [values, exact, named].first { !$0.isEmpty } ?? []
    return Set(blamed.map(\.mutant.number))
  }

  /// The value of ``port`` that brings a mutant to life; 0 for none.
  package static func code(_ mutant: Int?) -> UInt32 { mutant.map(MutatedSource.code) ?? 0 }

  func write(_ text: String, to path: String) throws(FuzzingError) {
    try MutationPlan.write(text, to: path)
  }

  private static func write(_ text: String, to path: String) throws(FuzzingError) {
    do {
      let url = URL(fileURLWithPath: path)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      // The same text keeps its date.
      if let known = try? Data(contentsOf: url), known == Data(text.utf8) { return }
      try Data(text.utf8).write(to: url, options: .atomic)
    } catch {
      throw .file(path: path, attempt: "write", reason: error.localizedDescription)
    }
  }
}
