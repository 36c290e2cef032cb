import Foundation
import Signals
import Testing
import Vectors

@Suite(.serialized)
struct VerifyCommandTests {
  private func verify(
    _ arguments: [String], root: URL = Command.project, environment: [String: String] = [:],
    interruptAfter: Double? = nil
  ) throws -> Command.Result {
    try Command.run(
      ["verify", "dyadic_requantizer", "--config", "smallest", "--root", root.path] + arguments,
      environment: ["COSIM_CACHE": Command.cache].merging(environment) { $1 },
      interruptAfter: interruptAfter)
  }

  @Test("agreement: status 0, findings on stdout, the same with another number of jobs")
  func agreement() throws {
    let result = try verify(["--count", "300", "--jobs", "1"])
    #expect(result.status == 0)
    #expect(result.output.contains("AGREES  dyadic_requantizer  smallest"))
    let other = try verify(["--count", "300", "--jobs", "3"])
    #expect(other.output == result.output)
  }

  @Test("a planted bug: status 1, first difference, and a command that repeats it")
  func plantedBug() throws {
    let scratch = try Scratch()
    let root = try scratch.project()
    let rtl = root.appendingPathComponent("rtl/dyadic_requantizer/dyadic_requantizer.sv")
    try rtl.replace("(x_identity_multiplier_i[lane])", with: "(x_multiplier_i[lane])")
    let report = scratch.url.appendingPathComponent("report").path
    let result = try verify(["--count", "300", "--report", report], root: root)
    #expect(result.status == 1)
    #expect(result.output.contains("DIFFERS  dyadic_requantizer  smallest"))
    #expect(result.output.contains("mismatch: y.data, transaction "))
    #expect(result.output.contains("repeat: cosim verify dyadic_requantizer --config smallest"))
    let page = try String(contentsOfFile: report + "/report.html", encoding: .utf8)
    #expect(page.contains("Disagreement"))
    let json = try verify(["--count", "300", "--json"], root: root)
    #expect(json.status == 1)
    #expect(json.output.contains("\"agrees\" : false"))
  }

  @Test("inputs that cannot be used: status 2 and one sentence that names file and fault")
  func badInputs() throws {
    let scratch = try Scratch()
    func file(_ name: String, _ members: [NPZMember]) throws -> String {
      let path = scratch.url.appendingPathComponent(name).path
      try NPZArchive.write(members, to: path)
      return path
    }
    let one = try NPZMember("multiplier", Tensor(1 << 30), as: .int64)
    let exponent = try NPZMember("exponent", Tensor(30), as: .int8)
    let good = try NPZMember("x", Tensor([0, 1, -1]), as: .int8)
    let absent = try verify(["--vectors", "/nonexistent/x.npz"])
    #expect(absent.status == 2)
    #expect(
      absent.errors == "cosim: error: cannot read '/nonexistent/x.npz': No such file or directory\n"
    )
    let reals = try verify([
      "--vectors",
      try file("reals.npz", [NPZMember("x", reals: [0.5], shape: [1]), one, exponent]),
    ])
    #expect(reals.status == 2)
    #expect(reals.errors.contains("its elements are reals"))
    let wide = try verify([
      "--vectors",
      try file("wide.npz", [try NPZMember("x", Tensor([0, 9]), as: .int8), one, exponent]),
    ])
    #expect(wide.status == 2)
    #expect(wide.errors.contains("x[1] is 9, but must be in -2...1"))
    let path = try file("whole.npz", [good, one, exponent])
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: path))
    let cut = try verify(["--vectors", path])
    #expect(cut.status == 2)
    #expect(cut.errors.contains("it was cut short"))
  }

  @Test("RTL and manifests that cannot be used: status 2, file and line")
  func badSources() throws {
    let scratch = try Scratch()
    let root = try scratch.project()
    let folder = root.appendingPathComponent("rtl/dyadic_requantizer")
    let manifest = folder.appendingPathComponent("device.yaml")
    try manifest.replace("top:", with: "tops:")
    let key = try verify([], root: root)
    #expect(key.status == 2)
    #expect(key.errors.contains("device.yaml:1: unknown key 'tops'; did you mean 'top'?"))
    try manifest.replace("tops:", with: "top:")
    let rtl = folder.appendingPathComponent("dyadic_requantizer.sv")
    try rtl.replace("endmodule", with: "endmodul")
    let syntax = try verify([], root: root)
    #expect(syntax.status == 2)
    #expect(syntax.errors.contains("syntax error"))
    #expect(syntax.errors.contains("dyadic_requantizer.sv:"))
    try rtl.replace("endmodul", with: "endmodule")
    try rtl.replace("y_ready_i", with: "y_taken_i")
    let port = try verify([], root: root)
    #expect(port.status == 2)
    #expect(port.errors.contains("has no input port 'y_ready_i'"))
    #expect(port.errors.contains("y_taken_i"))
  }

  @Test("no Verilator, no cache: status 2 and what to do")
  func badMachine() throws {
    let tool = try verify(["--verilator", "/nonexistent/verilator"])
    #expect(tool.status == 2)
    #expect(tool.errors.contains("apt-get install verilator"))
    let scratch = try Scratch()
    let file = try scratch.file("file").path
    let cache = try verify([], environment: ["COSIM_CACHE": file])
    #expect(cache.status == 2)
    #expect(cache.errors.contains("COSIM_CACHE sets another folder"))
  }

  /// Compiled devices in a cache, whole or not.
  private func libraries(_ cache: URL) throws -> [String] {
    let paths = FileManager.default.enumerator(atPath: cache.path)?.compactMap { $0 as? String }
    return (paths ?? []).filter { $0.hasSuffix(".so") }
  }

  @Test("a build that is interrupted or killed leaves no library; the next one clears up after it")
  func abandonedBuild() throws {
    let scratch = try Scratch()
    let cache = scratch.url.appendingPathComponent("cache")
    for isKilled in [false, true] {
      let result = try Command.run(
        ["verify", "dyadic_requantizer", "--config", "smallest", "--count", "1"],
        environment: ["COSIM_CACHE": cache.path], interruptAfter: 1, isKilled: isKilled)
      #expect(result.status == (isKilled ? SIGKILL : 130))
      if !isKilled { #expect(result.errors.contains("interrupted with 1 of 1 not begun")) }
      #expect(try libraries(cache) == [])
    }
    let whole = try verify(["--count", "1"], environment: ["COSIM_CACHE": cache.path])
    #expect(whole.status == 0, "\(whole.errors)")
    #expect(try libraries(cache).count == 1)
    let left = try FileManager.default.contentsOfDirectory(atPath: cache.path + "/tmp")
    #expect(left == [])
  }

  @Test("inputs that only the golden model can refuse: status 2, file and reason, nothing built")
  func outsideDomain() throws {
    let scratch = try Scratch()
    let file = scratch.url.appendingPathComponent("long.npz").path
    let settings = ["x0": -45, "b": 173, "c": 11436, "exp_multiplier": 1 << 30, "exp_exponent": 40]
    var members = try settings.map { try NPZMember($0.key, Tensor(Int64($0.value)), as: .int64) }
    let row = Tensor(shape: [1, 65], values: Array(repeating: 0, count: 65))
    members.append(try NPZMember("scores", row, as: .int8))
    try NPZArchive.write(members, to: file)
    let cache = scratch.url.appendingPathComponent("cache")
    let result = try Command.run(
      ["verify", "ibert_softmax", "--config", "single_lane", "--vectors", file],
      environment: ["COSIM_CACHE": cache.path])
    #expect(result.status == 2)
    #expect(result.errors.contains("long.npz is no input of ibert_softmax"))
    #expect(result.errors.contains("1 to MaxLength = 64 elements, but found 65"))
    #expect(try libraries(cache) == [])
  }

  @Test("bad command lines: status 64")
  func badCommandLine() throws {
    #expect(try Command.run(["verify", "--nope"]).status == 64)
    #expect(try verify(["--jobs", "0"]).status == 64)
    #expect(try verify(["--stalls", "sometimes"]).status == 64)
  }

  @Test("Ctrl-C: status 130, and what was found is reported")
  func interrupt() throws {
    _ = try verify(["--count", "1"])
    let result = try verify(["--count", "300000", "--jobs", "1"], interruptAfter: 2)
    #expect(result.status == 130)
    #expect(result.output.contains("INTERRUPTED"))
  }
}
