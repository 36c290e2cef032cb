import Blocks
import Devices
import External
import Foundation
import Signals

/// A folder of its own, removed at the end.
final class Scratch {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "/cosim-external-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
  }
}

/// A stream of rows and a setting: y has an element for each of x.
enum Bench {
  static let interface = Interface(
    arrays: [
      ArraySpecification("x", .input, axes: ["T", "x"], .signed(8), "numbers"),
      ArraySpecification("k", .input, axes: [], .unsigned(4), "a setting"),
      ArraySpecification("y", .output, axes: ["T", "y"], .signed(16), "answers"),
    ],
    batching: .leading("T"), settings: [.setting("k", .unsigned(4))],
    streams: [
      Stream("in", .input, fields: [Field("data", .signed(8), lanes: 2, content: .array("x"))]),
      Stream("out", .output, fields: [Field("data", .signed(16), lanes: 2, content: .array("y"))]),
    ])

  static let configuration = Configuration(name: "default", values: ["N": 3])

  static let batch = Batch(
    count: 3, shared: ["k": Tensor(5)],
    items: ["x": RaggedTensor(rows: [2, 1, 3], values: [1, -2, 3, 100, -128, 127])])

  /// The error that an answer ends with; nil where there is one.
  static func complaint(
    _ source: some GoldenSource, to batch: Batch = batch
  ) -> String? {
    do {
      _ = try source.answer(batch, interface: interface, configuration: configuration)
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// A shell script as golden program.
  static func script(
    _ text: String, in scratch: Scratch, timeout: Double = 20
  ) throws -> GoldenProgram {
    try scratch.write(text, to: "golden.sh")
    return GoldenProgram(
      name: "bench", GoldenSpecification(command: ["sh", "golden.sh"], timeout: timeout),
      in: scratch.path, echo: { _ in })
  }
}
