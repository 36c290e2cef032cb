import Foundation
import Testing
import Verilation

@Suite struct ToolchainTests {
  private func script(_ folder: TemporaryFolder, _ name: String, _ text: String) throws -> String {
    let path = try folder.write("#!/bin/sh\n" + text, to: name)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    return path
  }

  private func message(
    _ environment: [String: String], verilator: String? = nil, cache: Cache? = nil
  ) async throws -> String {
    let folder = try TemporaryFolder()
    do {
      let found = try await Toolchain.find(
        verilator: verilator, cache: cache ?? Cache(root: folder.path + "/cache"),
        environment: environment)
      return found.verilator.identity
    } catch {
      return "\(error)"
    }
  }

  @Test func `a missing Verilator is an error that says how to get one`() async throws {
    #expect(
      try await message(["PATH": "/nowhere"])
        == "Verilator is needed to build devices and was not found ('verilator' in PATH); install it"
        + " (Debian: apt-get install verilator), or set VERILATOR to its path")
    #expect(
      try await message(["PATH": "/nowhere", "VERILATOR": "/no/verilator"]).contains(
        "was not found (VERILATOR=/no/verilator)"))
  }

  @Test func `a missing compiler is an error that says how to get one`() async throws {
    let folder = try TemporaryFolder()
    let verilator = try fake(folder, version: "Verilator 5.020 2024-01-01", config: "")
    #expect(
      try await message(["PATH": "/nowhere"], verilator: verilator)
        == "a C++ compiler is needed to build devices and was not found ('g++' and 'clang++' in"
        + " PATH); install one (Debian: apt-get install g++), or set CXX to its path")
  }

  /// A program that answers as Verilator does.
  private func fake(
    _ folder: TemporaryFolder, version: String, config: String
  ) throws -> String {
    try folder.write("", to: "include/verilated.cpp")
    try folder.write(
      "#define VERILATOR_VERSION \"\(config)\"\n", to: "include/verilated_config.h")
    return try script(
      folder, "verilator",
      """
      echo called >> \(folder.path)/calls
      case "$1" in --getenv) echo \(folder.path);; --version) echo "\(version)";; esac

      """)
  }

  @Test func `an old Verilator is refused`() async throws {
    let folder = try TemporaryFolder()
    let path = try fake(folder, version: "Verilator 4.228 2022-10-01 rev v4.228", config: "4.228")
    #expect(
      try await message(["PATH": "/bin"], verilator: path)
        == "\(path) is Verilator 4.228, but 5.006 or newer is needed; install a newer one, or set"
        + " VERILATOR to its path")
  }

  @Test func `something else called verilator is refused`() async throws {
    let folder = try TemporaryFolder()
    let path = try fake(folder, version: "hello", config: "")
    #expect(
      try await message(["PATH": "/bin"], verilator: path)
        == "\(path) does not say which Verilator it is; it printed: hello")
  }

  @Test func `a build without version control is known by its headers`() async throws {
    let folder = try TemporaryFolder()
    let path = try fake(folder, version: " rev vUNKNOWN-built20260516-4e853d8", config: "5.49")
    let compiler = try script(folder, "cxx", "echo cxx 1\n")
    let found = try await Toolchain.find(
      verilator: path, cache: Cache(root: folder.path + "/cache"),
      environment: ["CXX": compiler])
    #expect(found.verilator.release == Verilator.Release(5, 49))
    #expect(found.verilator.name == "Verilator 5.049")
    #expect(found.verilator.identity.contains("4e853d8"))
    #expect(found.compiler.identity == "cxx 1")
  }

  @Test func `tools are asked once, and again when they change`() async throws {
    let folder = try TemporaryFolder()
    let cache = Cache(root: folder.path + "/cache")
    let path = try fake(folder, version: "Verilator 5.020 first", config: "")
    let compiler = try script(folder, "cxx", "echo cxx\n")
    let environment = ["VERILATOR": path, "CXX": compiler]
    func calls() -> Int {
      let text = try? String(contentsOfFile: folder.path + "/calls", encoding: .utf8)
      return text?.split(separator: "\n").count ?? 0
    }
    for _ in 0..<3 {
      #expect(try await message(environment, cache: cache).hasPrefix("Verilator 5.020 first"))
    }
    #expect(calls() == 2)
    _ = try fake(folder, version: "Verilator 5.020 second, longer", config: "")
    #expect(try await message(environment, cache: cache).hasPrefix("Verilator 5.020 second"))
    #expect(calls() == 4)
    // A record that was cut short is not believed.
    for name in try FileManager.default.contentsOfDirectory(atPath: cache.toolFolder) {
      try folder.write("/root\nVerilator 5", to: "cache/tools/\(name)")
    }
    #expect(try await message(environment, cache: cache).hasPrefix("Verilator 5.020 second"))
  }

  @Test func `releases are ordered as numbers`() {
    #expect(Verilator.Release(5, 6) < Verilator.Release(5, 48))
    #expect(Verilator.Release(4, 228) < Verilator.Release(5, 6))
    #expect(Verilator.Release(5, 6).description == "5.006")
  }

  @Test func `the cache is where the environment says`() {
    #expect(Cache(environment: ["COSIM_CACHE": "/a"]).root == "/a")
    #expect(Cache(environment: ["XDG_CACHE_HOME": "/x", "HOME": "/h"]).root == "/x/cosim")
    #expect(Cache(environment: ["COSIM_CACHE": "", "HOME": "/h"]).root == "/h/.cache/cosim")
  }

  // MARK: Doctor

  @Test func `the doctor finds everything where everything is`() async {
    let checks = await Doctor(cache: Shared.cache).checks()
    #expect(checks.map(\.name) == ["Verilator", "C++ compiler", "zlib", "Cache", "Disk"])
    #expect(checks.compactMap(\.problem) == [])
    #expect(checks.allSatisfy { !$0.found.isEmpty })
  }

  @Test func `the doctor names each thing that is missing`() async throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("", to: "file")
    let nothing = await Doctor(
      cache: Cache(root: file), environment: ["PATH": "/nowhere"]
    ).checks()
    #expect(nothing.map(\.name) == ["Verilator", "C++ compiler", "Cache"])
    #expect(nothing.allSatisfy { $0.problem != nil })
    let broken = try script(
      folder, "cxx", "[ \"$1\" = --version ] && { echo cxx 1; exit; }\nexit 1\n")
    let checks = await Doctor(
      cache: Shared.cache, environment: ["PATH": "/nowhere", "CXX": broken]
    ).checks()
    let zlib = try #require(checks.first { $0.name == "zlib" })
    #expect(zlib.problem?.contains("apt-get install zlib1g-dev") == true)
  }
}
