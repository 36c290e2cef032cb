public import Foundation

/// A Verilator that was found, with what identifies it.
public struct Verilator: Sendable, Hashable {
  /// The program that is started.
  public let path: String
  /// The folder that holds its `include`.
  public let root: String
  /// Number of the release: 5.006 is (5, 6).
  public let release: Release
  /// All that it says about its version; part of every content key.
  public let identity: String

  package init(path: String, root: String, release: Release, identity: String) {
    self.path = path
    self.root = root
    self.release = release
    self.identity = identity
  }

  /// A release number, ordered: 5.006 < 5.048.
  public struct Release: Sendable, Hashable, Comparable, CustomStringConvertible {
    public var major: Int
    public var minor: Int

    public init(_ major: Int, _ minor: Int) {
      self.major = major
      self.minor = minor
    }

    /// From text that contains `5.006`.
    init?(in text: String) {
      guard let match = text.firstMatch(of: /(\d+)\.(\d+)/), let major = Int(match.1),
        let minor = Int(match.2)
      else { return nil }
      self.init(major, minor)
    }

    public static func < (first: Release, second: Release) -> Bool {
      (first.major, first.minor) < (second.major, second.minor)
    }

    /// `5.006`.
    public var description: String {
      "\(major)." + String(repeating: "0", count: max(0, 3 - String(minor).count)) + "\(minor)"
    }
  }

  /// The oldest release that is supported.
  public static let minimum = Release(5, 6)

  /// `Verilator 5.006`.
  public var name: String { "Verilator \(release)" }
}

/// A C++ compiler that was found, with what identifies it.
public struct Compiler: Sendable, Hashable {
  public let path: String
  /// First line of its `--version`; part of every content key.
  public let identity: String

  package init(path: String, identity: String) {
    self.path = path
    self.identity = identity
  }

  var isClang: Bool { identity.contains("clang") }
}

/// The tools that make a device out of RTL.
public struct Toolchain: Sendable, Hashable {
  public let verilator: Verilator
  public let compiler: Compiler

  package init(verilator: Verilator, compiler: Compiler) {
    self.verilator = verilator
    self.compiler = compiler
  }

  /// The same with a clang for the model, which can count edges: `$CXX` if it is one, else `clang++` in
  /// `PATH`, else the one beside the Swift compiler.
  ///
  /// - Returns: nil where there is none.
  func counting(
    cache: Cache, environment: [String: String] = ProcessInfo.processInfo.environment
  ) async -> Toolchain? {
    if compiler.isClang { return self }
    let finder = ToolFinder(cache: cache, environment: environment)
    let beside = Tool.find("swift", environment: environment).flatMap { Files.realPath($0) }
      .map { String($0.prefix(through: $0.lastIndex(of: "/") ?? $0.startIndex)) + "clang++" }
    for name in ["clang++"] + (beside.map { [$0] } ?? []) {
      if let compiler = try? await finder.compiler(named: name), compiler.isClang {
        return Toolchain(verilator: verilator, compiler: compiler)
      }
    }
    return nil
  }

  /// Finds the tools: Verilator at `verilator`, else at `$VERILATOR`, else in `PATH`; the compiler at
  /// `$CXX`, else `g++`, else `clang++` in `PATH`.
  ///
  /// What a tool says about its version is kept in `cache`, under path, size and date of the program, so
  /// that no tool is started to look up a device that is there.
  ///
  /// - Throws: ``VerilationError``: what is missing or too old, and how to get it.
  public static func find(
    verilator: String? = nil, cache: Cache,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) async throws(VerilationError) -> Toolchain {
    let finder = ToolFinder(cache: cache, environment: environment)
    return Toolchain(
      verilator: try await finder.verilator(at: verilator), compiler: try await finder.compiler())
  }
}

/// Finds single tools.
struct ToolFinder {
  let cache: Cache
  let environment: [String: String]

  func verilator(at explicit: String?) async throws(VerilationError) -> Verilator {
    let wish = explicit ?? environment["VERILATOR"].flatMap { $0.isEmpty ? nil : $0 }
    guard let path = Tool.find(wish ?? "verilator", environment: environment) else {
      let place =
        explicit.map { "'\($0)'" } ?? environment["VERILATOR"].map { "VERILATOR=\($0)" }
      throw .noVerilator(searched: wish == nil ? "'verilator' in PATH" : place ?? "")
    }
    // The script that starts Verilator seldom changes when the program behind it does.
    let real = Files.realPath(path) ?? path
    let program = real.prefix(through: real.lastIndex(of: "/") ?? real.startIndex) + "verilator_bin"
    let setting = environment["VERILATOR_ROOT"] ?? ""
    let answer = try await cached([real, String(program)], also: "verilator " + setting) {
      () async throws(VerilationError) -> [String] in
      let root = try await firstLine(path, ["--getenv", "VERILATOR_ROOT"])
      let version = try await firstLine(path, ["--version"])
      let settings = root + "/include/verilated_config.h"
      let config = String(decoding: (try? Files.read(settings)) ?? [], as: UTF8.self)
      let number = config.firstMatch(of: /VERILATOR_VERSION "([^"]*)"/).map { String($0.1) } ?? ""
      return [root, version, number]
    }
    let (root, version, number) = (answer[0], answer[1], answer[2])
    // A build without version control says `rev vUNKNOWN`; its headers know the release.
    let isNumbered = version.contains(/Verilator \d+\.\d+/)
    guard let release = Verilator.Release(in: isNumbered ? version : number),
      Files.isRegularFile(root + "/include/verilated.cpp")
    else {
      throw .notVerilator(path: path, output: version)
    }
    guard release >= Verilator.minimum else {
      throw .oldVerilator(path: path, found: "\(release)", minimum: "\(Verilator.minimum)")
    }
    return Verilator(path: path, root: root, release: release, identity: "\(version) | \(number)")
  }

  func compiler() async throws(VerilationError) -> Compiler {
    let wish = environment["CXX"].flatMap { $0.isEmpty ? nil : $0 }
    let names = wish.map { [$0] } ?? ["g++", "clang++"]
    for name in names {
      if let compiler = try await compiler(named: name) { return compiler }
    }
    throw .noCompiler(
      searched: wish.map { "CXX=\($0)" } ?? "'g++' and 'clang++' in PATH")
  }

  /// The compiler of a name or path, if it is there.
  func compiler(named name: String) async throws(VerilationError) -> Compiler? {
    guard let path = Tool.find(name, environment: environment) else { return nil }
    let answer = try await cached([Files.realPath(path) ?? path], also: "compiler") {
      () async throws(VerilationError) -> [String] in [try await firstLine(path, ["--version"])]
    }
    return Compiler(path: path, identity: answer[0])
  }

  private func firstLine(
    _ path: String, _ arguments: [String]
  ) async throws(VerilationError) -> String {
    let output = try await Tool.run(path, arguments).output
    return output.split(separator: "\n").first?.trimmingCharacters(in: .whitespaces) ?? ""
  }

  /// What `ask` answers, remembered as long as none of the programs changes.
  private func cached(
    _ programs: [String], also setting: String,
    ask: () async throws(VerilationError) -> [String]
  ) async throws(VerilationError) -> [String] {
    var builder = KeyBuilder()
    builder.add("setting", setting)
    for stamp in programs.compactMap({ Files.stamp($0) }) {
      builder.add(
        "program", "\(stamp.path) \(stamp.size) \(stamp.seconds) \(stamp.nanoseconds)")
    }
    let file = cache.toolFile(builder.key())
    if let bytes = try? Files.read(file) {
      // The last line closes the record: a file that was cut short is not used.
      let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\n")
      if lines.count > 1, lines.last == "end" { return lines.dropLast() }
    }
    let answer = try await ask()
    // Only a convenience: a cache that cannot be written is reported when a device is to be built.
    let temporary = file + ".\(UUID().uuidString)"
    if (try? Files.makeDirectory(cache.toolFolder)) != nil,
      (try? Files.write(Array((answer + ["end"]).joined(separator: "\n").utf8), to: temporary))
        != nil
    {
      try? Files.rename(temporary, to: file)
    }
    return answer
  }
}
