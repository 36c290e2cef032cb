import Foundation
import Signals
import Testing
import Vectors

/// NumPy as it is installed, where it is.
private enum NumPy {
  /// Runs a script; what it printed, errors included, and whether it succeeded.
  static func run(
    _ script: String, _ arguments: String...
  ) -> (succeeded: Bool, output: String) {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script] + arguments
    process.standardOutput = output
    process.standardError = output
    guard (try? process.run()) != nil else { return (false, "python3 is not there") }
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus == 0, text)
  }

  static let isInstalled = run("import numpy").succeeded
}

@Suite(.enabled(if: NumPy.isInstalled, "not run: 'python3 -c \"import numpy\"' fails here"))
struct NumPyTests {
  /// Shapes crossed with element types, byte orders and memory orders, with their elements in C
  /// order.
  private static let writing = """
    import json, sys
    import numpy as np
    folder = sys.argv[1]
    arrays, expected = {}, {}
    shapes = [(), (0,), (1,), (7,), (2, 3), (3, 0, 2), (2, 3, 4), (1, 5, 1, 2)]
    for code in "b1 i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8".split():
        for order in "<" if code[1] == "1" else "<>":
            for shape in shapes:
                dtype = np.dtype(order + code)
                count = int(np.prod(shape))
                if code == "b1":
                    values = [i % 3 == 0 for i in range(count)]
                elif code[0] == "f":
                    values = [(i - 3) * 0.37 + i ** 7 * 1e-5 for i in range(count)]
                else:
                    info = np.iinfo(dtype)
                    top = min(int(info.max), 2 ** 63 - 1)
                    values = [[top, int(info.min), 1, top // 3][i % 4] for i in range(count)]
                flat = np.array(values, dtype=dtype)
                for memory in "CF":
                    name = f"{code}_{order}_{'x'.join(map(str, shape))}_{memory}"
                    array = np.array(flat.reshape(shape), dtype=dtype, order=memory)
                    arrays[name] = array
                    bits = flat.astype("<f8").view("<i8") if code[0] == "f" else flat.astype("<i8")
                    expected[name] = {"shape": list(shape), "values": bits.tolist(), "code": code}
    arrays["text"] = np.array(["a", "bc"])
    arrays["größe"] = np.array([1, 2], dtype="<i4")
    expected["größe"] = {"shape": [2], "values": [1, 2], "code": "i4"}
    np.savez(folder + "/stored.npz", **arrays)
    np.savez_compressed(folder + "/deflated.npz", **arrays)
    np.save(folder + "/one.npy", arrays["i4_>_2x3_F"])
    for version in (1, 2, 3):
        with open(folder + f"/version{version}.npy", "wb") as file:
            np.lib.format.write_array(file, np.array([[1, -2]], dtype="<i2"), version=(version, 0))
    json.dump(expected, open(folder + "/expected.json", "w"))
    """

  private struct Expectation: Codable {
    var shape: [Int]
    var values: [Int64]
    var code: String
  }

  @Test func `what NumPy writes is read back equal`() throws {
    try withFolder { folder in
      let run = NumPy.run(Self.writing, folder)
      try #require(run.succeeded, "\(run.output)")
      let json = try Data(contentsOf: URL(filePath: folder + "/expected.json"))
      let expected = try JSONDecoder().decode([String: Expectation].self, from: json)
      #expect(expected.count > 300)
      for file in ["stored.npz", "deflated.npz"] {
        let archive = try NPZArchive(path: "\(folder)/\(file)")
        #expect(Set(archive.names) == Set(expected.keys).union(["text"]))
        for (name, expectation) in expected {
          let array = try archive.array(name)
          let values =
            array.type?.isReal == true
            ? try array.reals().map { Int64(bitPattern: $0.bitPattern) } : try array.tensor().values
          #expect(array.type?.rawValue == expectation.code, "\(name)")
          #expect(array.shape == expectation.shape && values == expectation.values, "\(name)")
        }
        #expect(message { try archive.tensor("text") }?.contains("are strings ('<U2')") == true)
      }
      let one = try NPYArray(path: folder + "/one.npy").tensor()
      #expect(one.values == expected["i4_>_2x3_F"]?.values)
      for version in 1...3 {
        let array = try NPYArray(path: "\(folder)/version\(version).npy")
        #expect(try array.tensor() == Tensor(shape: [1, 2], values: [1, -2]))
      }
    }
  }

  private static let reading = """
    import json, sys
    import numpy as np
    folder = sys.argv[1]
    expected = json.load(open(folder + "/expected.json"))
    archive = np.load(folder + "/x.npz", allow_pickle=False)
    assert archive.files == sorted(expected), archive.files
    for name, one in expected.items():
        array = archive[name]
        assert array.dtype == np.dtype("<" + one["code"]), (name, array.dtype)
        assert list(array.shape) == one["shape"], (name, array.shape)
        bits = array.view("<i8") if one["code"] == "f8" else array
        assert bits.ravel().astype("<i8").tolist() == one["values"], name
        assert array.flags.c_contiguous
    assert np.load(folder + "/x.npy", allow_pickle=False).tolist() == [[1, -2]]
    print(len(expected))
    """

  @Test func `what is written is read back equal by NumPy, without pickle`() throws {
    var members: [NPZMember] = []
    var expected: [String: Expectation] = [:]
    for type in NPYType.allCases {
      for shape in [[], [0], [5], [2, 3], [2, 0], [1, 2, 3, 2], [10_000]] {
        let name = "\(type)_\(shape.map(String.init).joined(separator: "x"))"
        let count = shape.reduce(1, *)
        var values: [Int64]
        if let range = type.range {
          values = (0..<count).map { [range.upperBound, range.lowerBound, 0, 1][$0 % 4] }
          members.append(
            try NPZMember(name, Tensor(shape: shape, values: values), as: type))
        } else {
          guard type == .float64 else { continue }
          let reals = (0..<count).map { (index: Int) -> Double in 1e300 / Double(index + 1) }
          values = reals.map { Int64(bitPattern: $0.bitPattern) }
          members.append(NPZMember(name, reals: reals, shape: shape))
        }
        expected[name] = Expectation(shape: shape, values: values, code: type.rawValue)
      }
    }
    members.append(try NPZMember("größe", Tensor(1), as: .int8))
    expected["größe"] = Expectation(shape: [], values: [1], code: "i1")
    members.sort { $0.name.unicodeScalars.lexicographicallyPrecedes($1.name.unicodeScalars) }
    try withFolder { folder in
      try NPZArchive.write(members, to: folder + "/x.npz")
      try NPYArray(Tensor(shape: [1, 2], values: [1, -2]), as: .int32).write(to: folder + "/x.npy")
      try JSONEncoder().encode(expected).write(to: URL(filePath: folder + "/expected.json"))
      #expect(NumPy.run(Self.reading, folder) == (true, "\(expected.count)\n"))
    }
  }

  /// The planted fault: the check above must see a single wrong element.
  @Test func `the comparison with NumPy sees one wrong element`() throws {
    try withFolder { folder in
      try NPZArchive.write(
        [NPZMember("x", Tensor([1, 2, 3]), as: .int8)], to: folder + "/x.npz")
      let wrong = ["x": Expectation(shape: [3], values: [1, 2, 4], code: "i1")]
      try JSONEncoder().encode(wrong).write(to: URL(filePath: folder + "/expected.json"))
      let run = NumPy.run(Self.reading, folder)
      #expect(!run.succeeded && run.output.contains("AssertionError: x"))
    }
  }
}
