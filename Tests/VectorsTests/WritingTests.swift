import Foundation
import Signals
import Testing
import Vectors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct WritingTests {
  private static func members() throws(VectorError) -> [NPZMember] {
    [
      try NPZMember("b", Tensor(shape: [2, 3], values: [1, 2, 3, 4, 5, -6]), as: .int8),
      try NPZMember("a", Tensor(Array(repeating: 7, count: 100_000)), as: .uint64),
      NPZMember("scale", reals: [0.25], shape: []),
    ]
  }

  @Test func `an archive is read back in the order given`() throws {
    try withFolder { folder in
      let path = folder + "/x.npz"
      try NPZArchive.write(Self.members(), to: path)
      let archive = try NPZArchive(path: path)
      #expect(archive.names == ["b", "a", "scale"])
      #expect(try archive.tensor("b") == Tensor(shape: [2, 3], values: [1, 2, 3, 4, 5, -6]))
      #expect(try archive.tensor("a").values == Array(repeating: 7, count: 100_000))
      #expect(try archive.reals("scale") == [0.25])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["x.npz"])
      let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
      #expect((size ?? .max) < 3_000)
    }
  }

  @Test func `equal arrays make equal bytes, and no array stands for nothing`() throws {
    let first = try NPZArchive.bytes(of: Self.members(), path: "a.npz")
    #expect(try NPZArchive.bytes(of: Self.members(), path: "b.npz") == first)
    let empty = try NPZArchive.bytes(of: [], path: "")
    #expect(try NPZArchive(bytes: empty, path: "").names == [])
  }

  @Test func `what was read can be written as it was, strings included`() throws {
    let strings = NPYFixture("<U1", shape: "(1,)", [65, 0, 0, 0])
    let member = NPZMember("s", try strings.array())
    let bytes = try NPZArchive.bytes(of: [member], path: "")
    let read = try NPZArchive(bytes: bytes, path: "").array("s")
    #expect(read.bytes == strings.bytes && read.descriptor == "<U1")
  }

  @Test func `names that cannot be members are refused`() throws {
    for name in ["", ".x", "a/b", "..", "a\\b", "a\nb", "/x"] {
      #expect(throws: VectorError.unusableName(name)) {
        try NPZArchive.bytes(of: [NPZMember(name, reals: [], shape: [0])], path: "")
      }
    }
    #expect(
      VectorError.unusableName("a/b").description
        == "cannot write an array named 'a/b': a name must not be empty, begin with a dot, or "
        + "have a slash, a backslash or a control character")
    let twice = NPZMember("x", reals: [], shape: [0])
    #expect(
      message { try NPZArchive.bytes(of: [twice, twice], path: "") }
        == "cannot write two arrays named 'x' to one archive; rename one")
  }

  @Test func `sizes that need the 64-bit extension are refused`() throws {
    var writer = ZipWriter()
    for index in 0..<65534 { try writer.append(String(index), []) }
    #expect(throws: VectorError.ArchiveFault.tooLarge) { try writer.append("one more", []) }
    let archive = try ZipReader(bytes: writer.finished(), path: "")
    #expect(archive.entries.count == 65534)
    #expect(
      VectorError.archive(.tooLarge, path: "a.npz", member: "x").description
        == "cannot write member 'x' of 'a.npz': it needs the 64-bit extension of ZIP (more than "
        + "4 GiB or 65534 members), which is not written; split it")
  }

  @Test func `a packer that fails says so`() {
    #expect(
      VectorError.archive(.deflate(status: -4), path: "a.npz", member: "x").description
        == "cannot write member 'x' of 'a.npz': zlib could not pack it (status -4); "
        + "there may be too little memory")
  }

  @Test func `a file is replaced whole, and a failure leaves what was there`() throws {
    try withFolder { folder in
      let path = folder + "/x.npz"
      try File.publish([1, 2, 3], to: path)
      try File.publish([4], to: path)
      #expect(try File.contents(path) == [4])
      let inside = folder + "/missing/x.npz"
      #expect(
        message { try File.publish([1], to: inside) }
          == "cannot write '\(inside)': No such file or directory; "
          + "what was there before is unchanged")
      // The name is taken by a folder, so that only the last step, the rename, fails.
      try FileManager.default.createDirectory(
        atPath: folder + "/taken", withIntermediateDirectories: false)
      #expect(
        message { try File.publish([1], to: folder + "/taken") }
          == "cannot write '\(folder)/taken': Is a directory; what was there before is unchanged")
      let left = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      #expect(left == ["taken", "x.npz"])
    }
  }

  @Test func `a bare name is in the current folder, and unreadable files say why`() throws {
    #expect(
      message { try NPZArchive(path: "no such file.npz") }
        == "cannot read 'no such file.npz': No such file or directory")
    #expect(message { try NPZArchive(path: "/") } == "cannot read '/': it is not a regular file")
    let name = "cosim-\(UUID().uuidString).npy"
    try File.publish([9], to: name)
    defer { try? FileManager.default.removeItem(atPath: name) }
    #expect(try File.contents("./" + name) == [9])
  }

  /// A limit on the size of files stands for a full disk: the write fails in the middle.
  @Test func `a disk that is full leaves the old file and nothing else`() async {
    await #expect(processExitsWith: .success) {
      try withFolder { folder in
        let path = folder + "/x.npz"
        try File.publish([1, 2, 3], to: path)
        signal(SIGXFSZ, SIG_IGN)
        var limit = rlimit(rlim_cur: 10_000, rlim_max: 10_000)
        #if canImport(Glibc)
          setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
        #else
          setrlimit(RLIMIT_FSIZE, &limit)
        #endif
        let text = message { try File.publish([UInt8](repeating: 5, count: 50_000), to: path) }
        #expect(
          text == "cannot write '\(path)': File too large; what was there before is unchanged")
        #expect(try File.contents(path) == [1, 2, 3])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["x.npz"])
      }
    }
  }

  @Test func `ten megabytes are read and written quickly`() throws {
    let count = 10 << 20
    // Scrambled, so that nothing compresses and the archive itself has ten megabytes.
    let values = (0..<count).map { (index: Int) -> Int64 in
      let word = UInt64(index) &* 0x9E37_79B9_7F4A_7C15
      let scrambled = (word ^ word >> 29) &* 0xBF58_476D_1CE4_E5B9
      return Int64(Int8(truncatingIfNeeded: scrambled >> 40))
    }
    let clock = ContinuousClock()
    var bytes: [UInt8] = []
    let writing = try clock.measure {
      bytes = try NPZArchive.bytes(of: [NPZMember("x", Tensor(values), as: .int8)], path: "")
    }
    var read: [Int64] = []
    let reading = try clock.measure {
      read = try NPZArchive(bytes: bytes, path: "").tensor("x").values
    }
    #expect(read == values)
    // Generous, for loaded machines without optimisation.
    #expect(reading < .seconds(20) && writing < .seconds(60))
    #expect(bytes.count > count)
  }
}
