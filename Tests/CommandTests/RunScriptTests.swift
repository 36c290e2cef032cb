import Foundation
import Testing

/// `ci/run` in a folder with a `swift` and a `cosim` that only say that they were called.
@Suite struct RunScriptTests {
  private let scratch: Scratch
  private var folder: URL { scratch.url }

  init() throws {
    scratch = try Scratch()
    try write("Package.swift", "")
    try write("Sources/cosim/main.swift", "")
    try write("vectors/ibert_softmax/minilm_layer0.npz", "")
    try write("ci/setup", "#!/bin/sh\n")
    try write(
      "bin/swift",
      """
      #!/bin/sh
      echo build >>calls
      mkdir -p .build/release
      printf '#!/bin/sh\\necho verify >>calls\\nexit $(cat status)\\n' >.build/release/cosim
      chmod +x .build/release/cosim
      exit $(cat build-status)
      """)
    try write("status", "0")
    try write("build-status", "0")
    let script = Command.project.appendingPathComponent("ci/run")
    try FileManager.default.copyItem(at: script, to: folder.appendingPathComponent("ci/run"))
  }

  private func write(_ path: String, _ text: String) throws {
    let file = folder.appendingPathComponent(path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
  }

  /// Runs the script; what it called, and how it ended.
  private func run() throws -> (calls: [String], status: Int32) {
    try write("calls", "")
    let process = Process()
    process.executableURL = folder.appendingPathComponent("ci/run")
    process.currentDirectoryURL = folder
    let old = ProcessInfo.processInfo.environment
    process.environment = old.merging(["PATH": "\(folder.path)/bin:\(old["PATH"] ?? "")"]) { $1 }
    try process.run()
    process.waitUntilExit()
    let calls = try String(contentsOf: folder.appendingPathComponent("calls"), encoding: .utf8)
    return (calls.split(separator: "\n").map(String.init), process.terminationStatus)
  }

  /// Makes a file as if it had been written after everything else.
  private func touch(_ path: String) throws {
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: 5)],
      ofItemAtPath: folder.appendingPathComponent(path).path)
  }

  @Test("what is built is not built again until a source is newer")
  func built() throws {
    #expect(try run().calls == ["build", "verify"])
    // Sources written in the second in which the build began count as newer: better once too often.
    for path in ["Package.swift", "Sources", "Sources/cosim", "Sources/cosim/main.swift"] {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -60)],
        ofItemAtPath: folder.appendingPathComponent(path).path)
    }
    #expect(try run().calls == ["verify"])
    for path in ["Sources/cosim/main.swift", "Package.swift"] {
      try touch(path)
      #expect(try run().calls == ["build", "verify"], "\(path)")
    }
  }

  @Test("a build that fails is not taken for one, although the program is there")
  func failedBuild() throws {
    try write("build-status", "1")
    for _ in 0..<2 {
      let result = try run()
      #expect(result.calls == ["build"])
      #expect(result.status == 1)
    }
  }

  @Test("its status is that of the verification")
  func status() throws {
    try write("status", "3")
    #expect(try run().status == 3)
  }
}
