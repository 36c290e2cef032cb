import Devices
import Foundation
import Signals
import Testing
import Verilation

@Suite struct ContentKeyTests {
  private static let toolchain = Toolchain(
    verilator: Verilator(path: "/v", root: "/r", release: .init(5, 6), identity: "5.006"),
    compiler: Compiler(path: "/c", identity: "g++ 12"))

  private func key(
    _ manifest: Manifest, _ parameters: [String: Int] = ["Lanes": 4],
    toolchain: Toolchain = Self.toolchain
  ) throws -> ContentKey {
    let verilation = Verilation(
      toolchain: toolchain, cache: Cache(root: "/nowhere"), log: Shared.log)
    return try verilation.key(
      for: manifest, configuration: Configuration(name: "c", values: parameters))
  }

  private func makeManifest(in folder: TemporaryFolder) throws -> Manifest {
    try folder.write("`include \"a.svh\"\nmodule m; endmodule\n", to: "m.sv")
    try folder.write("`include \"deep/b.svh\"\n", to: "inc/a.svh")
    try folder.write("`define FILE \"c.svh\"\n`include `FILE\n", to: "inc/deep/b.svh")
    try folder.write("// c\n", to: "inc2/c.svh")
    try folder.write("// nobody includes this\n", to: "inc/other.svh")
    return Manifest(
      directory: folder.path, top: "m", sources: ["m.sv"], includeDirectories: ["inc", "inc2"])
  }

  @Test func `the key does not depend on place, date, or the name of the configuration`() throws {
    let first = try TemporaryFolder()
    let second = try TemporaryFolder()
    let original = try key(try makeManifest(in: first))
    #expect(try key(try makeManifest(in: second)) == original)
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: first.path + "/m.sv")
    let again = try makeManifest(in: first)
    #expect(try key(again) == original)
    try first.write("// changed\n", to: "inc/other.svh")
    #expect(try key(again) == original)
    var toolchain = Self.toolchain
    toolchain = Toolchain(
      verilator: Verilator(path: "/else", root: "/else", release: .init(5, 6), identity: "5.006"),
      compiler: Compiler(path: "/else", identity: toolchain.compiler.identity))
    #expect(try key(again, toolchain: toolchain) == original)
  }

  @Test func `the key is the same whenever it is asked for, however many files a source includes`()
    throws
  {
    let folder = try TemporaryFolder()
    let names = (0..<12).map { "part\($0).svh" }
    for name in names { try folder.write("// \(name)\n", to: name) }
    let text = names.map { "`include \"\($0)\"\n" }.joined() + "module m; endmodule\n"
    try folder.write(text, to: "m.sv")
    let manifest = Manifest(directory: folder.path, top: "m", sources: ["m.sv"])
    let keys = try Set((0..<20).map { _ in try key(manifest) })
    #expect(keys.count == 1)
  }

  @Test(arguments: ["m.sv", "inc/a.svh", "inc/deep/b.svh", "inc2/c.svh"])
  func `the key changes with every file that is read`(name: String) throws {
    let folder = try TemporaryFolder()
    let manifest = try makeManifest(in: folder)
    let original = try key(manifest)
    let text = try String(contentsOfFile: "\(folder.path)/\(name)", encoding: .utf8)
    try folder.write(text + " ", to: name)
    #expect(try key(manifest) != original)
    try folder.write(text, to: name)
    #expect(try key(manifest) == original)
  }

  @Test func `the key changes when a file appears that is found earlier`() throws {
    let folder = try TemporaryFolder()
    let manifest = try makeManifest(in: folder)
    let original = try key(manifest)
    try folder.write("// another c\n", to: "inc/c.svh")
    #expect(try key(manifest) != original)
  }

  @Test func `the key changes with every word of the manifest and every tool`() throws {
    let folder = try TemporaryFolder()
    let manifest = try makeManifest(in: folder)
    try folder.write("module n; endmodule\n", to: "n.sv")
    var keys = [try key(manifest)]
    keys.append(try key(manifest, ["Lanes": 5]))
    keys.append(try key(manifest, ["Lane": 4]))
    keys.append(try key(manifest, [:]))
    let edits: [(inout Manifest) -> Void] = [
      { $0.top = "n" }, { $0.sources = ["m.sv", "n.sv"] }, { $0.sources = ["n.sv", "m.sv"] },
      { $0.includeDirectories = ["inc2", "inc"] }, { $0.defines = ["A": ""] },
      { $0.defines = ["A": "1"] }, { $0.verilatorFlags = ["--bbox-sys"] },
    ]
    for edit in edits {
      var edited = manifest
      edit(&edited)
      keys.append(try key(edited))
    }
    let tools = Self.toolchain
    let other = Verilator(path: "/v", root: "/r", release: .init(5, 6), identity: "5.006 b")
    keys.append(
      try key(manifest, toolchain: Toolchain(verilator: other, compiler: tools.compiler)))
    let compiler = Compiler(path: "/c", identity: "g++ 13")
    keys.append(
      try key(manifest, toolchain: Toolchain(verilator: tools.verilator, compiler: compiler)))
    #expect(Set(keys).count == keys.count)
  }

  @Test func `the shim and its header are part of the key`() {
    #expect(
      Shim.files.map(\.name) == [
        "cosim_device.h", "cosim_device.cpp", "cosim_evaluation.h", "cosim_instance.h",
        "cosim_model_hooks.h", "cosim_pins.h", "cosim_reports.h", "cosim_waves.h",
        "cosim_runtime.h", "lz4.h",
      ])
    #expect(Shim.files.allSatisfy { $0.bytes.count > 100 })
  }

  @Test func `pieces cannot be shifted from one name to the next`() {
    var first = KeyBuilder()
    first.add("ab", "c")
    var second = KeyBuilder()
    second.add("a", "bc")
    #expect(first.key() != second.key())
  }

  @Test func `names of files are found in quotation marks, also behind one in a comment`() {
    let text = """
      // 5" pipe
      `include "a.svh" // "b.svh
      `include <c.svh>
      x = "not a name.svh"; y = "d/e.hex";
      """
    let names = SourceFiles.names(in: Array(text.utf8))
    #expect(names.isSuperset(of: ["a.svh", "c.svh", "d/e.hex"]))
    #expect(!names.contains("not a name.svh"))
  }
}
