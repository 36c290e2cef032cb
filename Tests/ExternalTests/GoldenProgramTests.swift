import Blocks
import Devices
import External
import Foundation
import Signals
import Testing

/// What goes wrong between two programs, each with its own message.
@Suite struct GoldenProgramFailureTests {
  @Test func `a program that is not there is named`() throws {
    let program = GoldenProgram(
      name: "bench", GoldenSpecification(command: ["./nowhere.py"]), in: NSTemporaryDirectory(),
      echo: { _ in })
    #expect(
      Bench.complaint(program)
        == "bench: the golden program `./nowhere.py` does not start: there is no program "
        + "'./nowhere.py'")
  }

  @Test func `a program that dies says how, with the end of its standard error`() throws {
    let scratch = try Scratch()
    let program = try Bench.script("echo 'weights are missing' >&2; exit 3", in: scratch)
    #expect(
      Bench.complaint(program)
        == "bench: the golden program `sh golden.sh` ended with status 3 before it answered. Its "
        + "standard error ends with:\n  weights are missing")
  }

  @Test func `a program that is killed says by which signal`() throws {
    let scratch = try Scratch()
    let program = try Bench.script("kill -9 $$", in: scratch)
    #expect(Bench.complaint(program)?.contains("ended with signal 9 before it answered") == true)
  }

  @Test func `a program that does not answer in time is ended`() throws {
    let scratch = try Scratch()
    let program = try Bench.script("echo loading >&2; sleep 60", in: scratch, timeout: 0.5)
    let start = ContinuousClock.now
    let complaint = try #require(Bench.complaint(program))
    #expect(
      complaint.hasPrefix(
        "bench: the golden program `sh golden.sh` did not answer within 0.5 s; `timeout` under "
          + "`golden` allows more"))
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  @Test func `text on the standard output is shown and called what it is`() throws {
    let scratch = try Scratch()
    for text in ["echo Hello, world, how are you today; sleep 1", "echo Hi; exec sleep 60"] {
      let program = try Bench.script(text, in: scratch, timeout: 1.5)
      let complaint = try #require(Bench.complaint(program))
      #expect(complaint.contains("`sh golden.sh` wrote 'H"), "\(complaint)")
      #expect(complaint.contains("where the length of an answer is expected"))
    }
  }

  @Test func `bytes that are no archive are refused`() throws {
    let scratch = try Scratch()
    let program = try Bench.script(#"printf '\004\0\0\0\0\0\0\0abcd'; sleep 1"#, in: scratch)
    let complaint = try #require(Bench.complaint(program))
    #expect(complaint.contains("answered with what is no .npz archive"), "\(complaint)")
  }

  @Test func `the version follows the program's files`() throws {
    let scratch = try Scratch()
    let first = try Bench.script("exit 1", in: scratch).version
    #expect(try Bench.script("exit 1", in: scratch).version == first)
    #expect(try Bench.script("exit 2", in: scratch).version != first)
    #expect(first.hasPrefix("sh golden.sh ("))
  }
}

private enum NumPy {
  static let isInstalled: Bool = {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", "import numpy"]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }()
}

/// The helper for Python, as users copy it.
@Suite(.enabled(if: NumPy.isInstalled, "not run: 'python3 -c \"import numpy\"' fails here"))
struct PythonGoldenTests {
  private func program(_ body: String, in scratch: Scratch) throws -> GoldenProgram {
    try scratch.write(String(decoding: Proposal.helper, as: UTF8.self), to: Proposal.helperName)
    try scratch.write(
      "import numpy as np\nimport cosim_golden\n" + body + "\ncosim_golden.serve(golden)\n",
      to: "golden.py")
    return GoldenProgram(
      name: "bench", GoldenSpecification(command: ["python3", "golden.py"]), in: scratch.path,
      echo: { _ in })
  }

  @Test func `rows of different lengths, settings and parameters reach a function, and come back`()
    throws
  {
    let scratch = try Scratch()
    let program = try program(
      """
      def golden(x, k, parameters):
          print("this must not disturb the pipe")
          assert x.dtype == np.int8 and k.dtype == np.uint8
          return {"y": x.astype(np.int16) * int(k) + parameters["N"]}
      """, in: scratch)
    for _ in 0..<3 {
      let answer = try program.answer(
        Bench.batch, interface: Bench.interface, configuration: Bench.configuration)
      #expect(
        answer.items["y"]
          == RaggedTensor(rows: [2, 1, 3], values: [8, -7, 18, 503, -637, 638]))
    }
    // What the program says of itself stands beside the digest of its file.
    #expect(program.version.contains(", "))
  }

  @Test func `a helper of another protocol is refused on both sides`() throws {
    let scratch = try Scratch()
    let later = try program(
      "cosim_golden.PROTOCOL = 2\ndef golden(x):\n    return {'y': x}", in: scratch)
    let complaint = try #require(Bench.complaint(later))
    #expect(
      complaint.hasSuffix(
        "answers in protocol 2, where 1 is spoken: replace its cosim_golden.py with the one that "
          + "`cosim init` writes"))
  }

  @Test func `an exception is a refusal that leaves the program alive`() throws {
    let scratch = try Scratch()
    let program = try program(
      """
      def golden(x, k):
          if x[0] == 1: raise ValueError("rows must not begin with one")
          return {"y": x}
      """, in: scratch)
    let complaint = try #require(Bench.complaint(program))
    #expect(complaint.contains("has no answer"))
    #expect(complaint.contains("ValueError: rows must not begin with one"))
    #expect(Bench.complaint(program, to: Bench.batch.transactions(1..<3)) == nil)
  }

  @Test(arguments: [
    ("{'z': x}", "has an array 'z', but the arrays of the manifest are y"),
    ("{}", "has no output 'y'; it has nothing"),
    ("{'y': x / 2}", "'y' is float64, but the bits on pins are integers"),
    (
      "{'y': np.full(2, 40000)}",
      "element 0 of 'y' in transaction 0 is 40000, which int16 cannot hold"
    ),
  ])
  func `an answer that does not fit is refused by name`(answer: String, words: String) throws {
    let scratch = try Scratch()
    let program = try program("def golden(x):\n    return \(answer)", in: scratch)
    let complaint = try #require(Bench.complaint(program))
    #expect(complaint.contains(words), "\(complaint)")
  }

  @Test func `a matrix that crosses as one row is flattened`() throws {
    let scratch = try Scratch()
    let program = try program(
      "def golden(x):\n    return {'y': np.outer(x, [1, 2])}", in: scratch)
    let answer = try program.answer(
      Bench.batch.transactions(0..<1), interface: Bench.interface,
      configuration: Bench.configuration)
    #expect(answer.items["y"] == RaggedTensor(rows: [4], values: [1, 2, -2, -4]))
  }
}
