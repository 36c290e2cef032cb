import Devices
import Foundation
import Signals
import Testing
import Verilation

@Suite struct BuildTests {
  private static let inverter = """
    module inverter (input logic a_i, output logic b_o);
      assign b_o = ~a_i;
    endmodule

    """

  private let none = Configuration(name: "default", values: [:])

  /// A manifest for one module whose text is its own, so that no other test has built it.
  private func manifest(
    _ folder: TemporaryFolder, _ text: String = inverter, top: String = "inverter"
  ) throws -> Manifest {
    try folder.write(text + "// \(UUID().uuidString)\n", to: "\(top).sv")
    return Manifest(directory: folder.path, top: top, sources: ["\(top).sv"])
  }

  private func entries(_ cache: Cache, _ name: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "\(cache.root)/\(name)")) ?? []).sorted()
  }

  /// The description of what `body` throws.
  private func message(_ body: () async throws -> Void) async -> String {
    do {
      try await body()
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  @Test func `a device is built once, and found at once afterwards`() async throws {
    let folder = try TemporaryFolder()
    let manifest = try manifest(folder)
    let verilation = try await Shared.verilation()
    let first = try await verilation.library(for: manifest, configuration: none)
    #expect(!first.wasCached)
    let second = try await verilation.library(for: manifest, configuration: none)
    #expect(second.wasCached && second.path == first.path && second.key == first.key)
    let library = try second.open()
    #expect(library.contentKey == first.key.hexadecimal)
    #expect(library.simulator == verilation.toolchain.verilator.name)
    let files = try FileManager.default.contentsOfDirectory(
      atPath: (first.path as NSString).deletingLastPathComponent)
    #expect(files.sorted() == ["device.json", "device.so"])
  }

  @Test func `the same RTL in another folder is the same device`() async throws {
    let first = try TemporaryFolder()
    let second = try TemporaryFolder()
    let original = try manifest(first)
    var moved = original
    moved.directory = second.path
    try FileManager.default.copyItem(
      atPath: first.path + "/inverter.sv", toPath: second.path + "/inverter.sv")
    let verilation = try await Shared.verilation()
    let built = try await verilation.library(for: original, configuration: none)
    let found = try await verilation.library(for: moved, configuration: none)
    #expect(found.wasCached && found.path == built.path)
  }

  @Test(arguments: [true, false])
  func `a damaged entry is not used`(isTruncated: Bool) async throws {
    let folder = try TemporaryFolder()
    let manifest = try manifest(folder)
    let verilation = try await Shared.verilation()
    let built = try await verilation.library(for: manifest, configuration: none)
    if isTruncated {
      let handle = try #require(FileHandle(forWritingAtPath: built.path))
      try handle.truncate(atOffset: 4096)
    } else {
      try FileManager.default.removeItem(
        atPath: built.path.replacing("device.so", with: "device.json"))
    }
    let again = try await verilation.library(for: manifest, configuration: none)
    #expect(!again.wasCached && again.path == built.path)
    let device = try Device(try again.open())
    device.evaluate()
    #expect(try device.port(named: "b_o").value == 1)
    #expect(try await verilation.library(for: manifest, configuration: none).wasCached)
  }

  @Test func `many who ask for one device get one build`() async throws {
    let folder = try TemporaryFolder()
    let manifest = try manifest(folder)
    let verilation = try await Shared.verilation()
    let built = try await withThrowingTaskGroup(of: BuiltDevice.self) { group in
      for _ in 0..<6 {
        group.addTask { try await verilation.library(for: manifest, configuration: none) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(built.filter { !$0.wasCached }.count == 1)
    #expect(Set(built.map(\.path)).count == 1)
  }

  @Test func `two who build the same without a lock publish one whole entry`() async throws {
    let folder = try TemporaryFolder()
    let cache = Cache(root: folder.path + "/cache")
    let key = ContentKey(hexadecimal: "abc")
    for text in ["first", "second"] {
      let source = "\(folder.path)/\(text)"
      try folder.write(text, to: "\(text)/device.so")
      let record = Cache.Record(
        key: "abc", top: "m", simulator: "", compiler: "",
        digest: KeyBuilder.digest(Array(text.utf8)), buildSeconds: 0)
      try JSONEncoder().encode(record).write(to: URL(fileURLWithPath: source + "/device.json"))
      try cache.publish(source, as: key)
    }
    let path = try #require(cache.library(key))
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "first")
  }

  // MARK: What can go wrong

  @Test func `an error in the RTL is shown with file and line`() async throws {
    let folder = try TemporaryFolder()
    let manifest = try manifest(
      folder, Self.inverter.replacing("~a_i;", with: "~a_i"))
    let verilation = try await Shared.verilation()
    let text = await message {
      _ = try await verilation.library(for: manifest, configuration: none)
    }
    let lines = text.split(separator: "\n").map(String.init)
    #expect(lines.first == "Verilator could not build the device 'inverter':")
    #expect(lines.dropFirst().first?.hasPrefix("%Error: inverter.sv:3:1: syntax error") == true)
    #expect(lines.last?.hasPrefix("The command was: cd \(folder.path) && ") == true)
    #expect(!text.contains("Exiting due to"))
  }

  @Test func `a warning does not stop a build, and -Wall style is left to lint`() async throws {
    let folder = try TemporaryFolder()
    let manifest = try manifest(
      folder,
      """
      module inverter (input logic [7:0] a_i, output logic [3:0] b_o, input logic unused_i);
        always_comb begin
          case (a_i) 8'd1: b_o = a_i; endcase
        end
      endmodule

      """)
    let built = try await Shared.verilation().library(for: manifest, configuration: none)
    #expect(try built.open().ports.count == 3)
  }

  @Test func `a parameter that the top does not have is an error`() async throws {
    let folder = try TemporaryFolder()
    let manifest = try manifest(folder)
    let verilation = try await Shared.verilation()
    let text = await message {
      _ = try await verilation.library(
        for: manifest, configuration: Configuration(name: "x", values: ["Lanes": 4]))
    }
    #expect(text.contains("Parameters from the command line were not found in the design: Lanes"))
  }

  @Test func `a module that Verilator finds by itself must be listed`() async throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "module part (output logic b_o); assign b_o = 1; endmodule\n", to: "lib/part.sv")
    var manifest = try manifest(
      folder, "module outer (output logic b_o); part p (.b_o); endmodule\n", top: "outer")
    manifest.includeDirectories = ["lib"]
    let verilation = try await Shared.verilation()
    let text = await message {
      _ = try await verilation.library(for: manifest, configuration: none)
    }
    let path = try #require(Files.realPath(folder.path + "/lib/part.sv"))
    #expect(
      text == "Verilator read \(path), which \(folder.path)/device.yaml does not lead to; list it"
        + " under 'sources' if it is a module, or include it by its literal name from a folder in"
        + " 'include_directories'")
    manifest.sources = ["lib/part.sv", "outer.sv"]
    _ = try await verilation.library(for: manifest, configuration: none)
  }

  @Test func `a missing source is named`() async throws {
    let folder = try TemporaryFolder()
    let manifest = Manifest(directory: folder.path, top: "m", sources: ["gone.sv"])
    let verilation = try await Shared.verilation()
    let text = await message { _ = try verilation.key(for: manifest, configuration: none) }
    #expect(text == "cannot read \(folder.path)/gone.sv: No such file or directory")
  }

  @Test func `a cache that cannot be written is one clear error`() async throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("", to: "file")
    let manifest = try manifest(folder)
    let verilation = try await Shared.verilation(cache: Cache(root: file))
    let text = await message {
      _ = try await verilation.library(for: manifest, configuration: none)
    }
    #expect(
      text == "cannot make \(file)/locks: Not a directory; COSIM_CACHE sets another folder for"
        + " built devices")
  }

  // MARK: Builds that end early

  /// A compiler that says its version and otherwise never ends.
  private func slowCompiler(_ folder: TemporaryFolder) throws -> String {
    let path = try folder.write(
      "#!/bin/sh\n[ \"$1\" = --version ] && { echo slow 1; exit; }\n"
        + "echo $$ > \(folder.path)/running\nsleep 300\n", to: "slow")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    return path
  }

  private func waitForCompiler(_ folder: TemporaryFolder) async throws -> pid_t {
    for _ in 0..<1000 {
      let text = try? String(contentsOfFile: folder.path + "/running", encoding: .utf8)
      if let text, let id = pid_t(text.trimmingCharacters(in: .newlines)) { return id }
      try await Task.sleep(for: .milliseconds(20))
    }
    Issue.record("the compiler was not started")
    return 0
  }

  @Test func `a cancelled build ends its tools and leaves nothing`() async throws {
    let folder = try TemporaryFolder()
    let manifest = try manifest(folder)
    let cache = Cache(root: folder.path + "/cache")
    var environment = ProcessInfo.processInfo.environment
    environment["CXX"] = try slowCompiler(folder)
    let toolchain = try await Toolchain.find(cache: Shared.cache, environment: environment)
    let verilation = Verilation(toolchain: toolchain, cache: cache, log: Shared.log)
    let task = Task {
      try await verilation.library(for: manifest, configuration: none)
    }
    let id = try await waitForCompiler(folder)
    task.cancel()
    #expect(await message { _ = try await task.value } == "building was cancelled")
    #expect(kill(id, 0) == -1)
    #expect(entries(cache, "devices").isEmpty)
    #expect(entries(cache, "tmp").isEmpty)
  }

  @Test func `what a killed build leaves is not used, and is removed by the next`() async throws {
    let folder = try TemporaryFolder()
    let cache = Cache(root: folder.path + "/cache")
    let manifest = try manifest(folder)
    let verilation = try await Shared.verilation(cache: cache)
    let key = try verilation.key(for: manifest, configuration: none)
    // As it is on disk: a lock file whose holder is dead, and a half-made entry.
    try folder.write("", to: "cache/tmp/DEAD.lock")
    try folder.write("half", to: "cache/tmp/DEAD/entry/device.so")
    let alive = try #require(try FileLock.take("\(cache.root)/tmp/ALIVE.lock"))
    try folder.write("", to: "cache/tmp/ALIVE/entry/device.so")
    #expect(cache.library(key) == nil)
    let workspace = try cache.workspace()
    let name = (workspace.path as NSString).lastPathComponent
    #expect(entries(cache, "tmp") == ["ALIVE", "ALIVE.lock", name, name + ".lock"].sorted())
    withExtendedLifetime(alive) {}
  }

  @Test func `a lock is free when its holder is gone, and time limits hold`() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/lock"
    var lock = try FileLock.take(path)
    #expect(lock != nil)
    #expect(try FileLock.take(path) == nil)
    let waited = try await FileLock.wait(path, limit: .milliseconds(60))
    #expect(waited == nil)
    lock = nil
    // Not at once: a program that another thread is just starting shares it until it is running.
    let free = try await FileLock.wait(path, limit: .seconds(30))
    #expect(free != nil)
  }
}
