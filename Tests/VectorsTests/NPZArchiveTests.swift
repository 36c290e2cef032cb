import Signals
import Testing
import Vectors

@Suite struct NPZArchiveTests {
  static let three = NPYFixture("<i2", shape: "(3,)", [1, 0, 2, 0, 0xFF, 0xFF]).bytes
  static let expected = Tensor([1, 2, -1])

  private func x(_ change: (inout ZipFixture.Member) -> Void = { _ in }) -> ZipFixture.Member {
    var member = ZipFixture.Member("x.npy", Self.three)
    change(&member)
    return member
  }

  /// What reading `x` says, without the beginning that is the same for all.
  private func fault(_ fixture: ZipFixture) -> String? {
    message { try fixture.archive().tensor("x") }.map {
      $0.replacing("cannot read member 'x.npy' of 'a.npz': ", with: "")
        .replacing("cannot read 'a.npz': ", with: "")
    }
  }

  @Test func `stored and deflated members are read, in the order of the file`() throws {
    let other = ZipFixture.Member("b.npy", NPYFixture("|u1", shape: "()", [9]).bytes)
    let fixture = ZipFixture([x().deflated(), other, ZipFixture.Member("note.txt", [1, 2])])
    let archive = try fixture.archive()
    #expect(archive.names == ["x", "b"] && archive.path == "a.npz")
    #expect(archive.contains("b") && !archive.contains("note.txt") && !archive.contains("c"))
    #expect(try archive.tensor("x") == Self.expected)
    #expect(try archive.tensor("b") == Tensor(9))
    #expect(try archive.reals("x") == [1, 2, -1])
    #expect(message { try archive.tensor("c") } == "'a.npz' has no array 'c'; it has x, b")
  }

  /// Packed by zlib at level 9 with back references; the other fixtures only have stored blocks.
  @Test func `compressed blocks unpack`() throws {
    let packed: [UInt8] = [99, 96, 100, 98, 102, 97, 101, 99, 24, 165, 8, 83, 0]
    let data = (0..<300).map { UInt8($0 % 7) }
    var member = ZipFixture.Member("d.bin", data)
    member.packed = packed
    member.method = 8
    let zip = try ZipReader(bytes: ZipFixture([member]).bytes, path: "a.npz")
    #expect(try zip.contents(of: zip.entries[0]) == data)
  }

  @Test func `an archive without members has no arrays`() throws {
    let archive = try ZipFixture([]).archive()
    #expect(archive.names.isEmpty)
    #expect(message { try archive.array("x") } == "'a.npz' has no array 'x'; it has none at all")
  }

  @Test func `the directory is the authority where the local header says nothing`() throws {
    let zip64 = [1, 0, 16, 0] + [UInt8](repeating: 0, count: 16)
    let numpy = x {
      $0.hidesLocalSizes = true
      $0.localExtra = zip64
    }
    let commented = x {
      $0.centralExtra = [9, 9, 0, 0]
      $0.comment = [1, 2, 3]
    }
    let streamed = x { $0.hasDescriptor = true }
    let variants = [numpy, commented, streamed, x().deflated(), x { $0.flags = 1 << 11 }]
    for member in variants {
      var fixture = ZipFixture([member, member])
      fixture.members[1].name = Array("y.npy".utf8)
      fixture.comment = Array("a comment".utf8)
      let archive = try fixture.archive()
      #expect(try archive.tensor("x") == Self.expected)
      #expect(try archive.tensor("y") == Self.expected)
    }
  }

  @Test func `names may be any UTF-8, if marked`() throws {
    var fixture = ZipFixture([x()])
    fixture.members[0].name = Array("größe.npy".utf8)
    fixture.members[0].flags = 1 << 11
    #expect(try fixture.archive().tensor("größe") == Self.expected)
    fixture.members[0].flags = 0
    let sentence = "it has a member whose name is neither ASCII nor marked as UTF-8; rename it"
    #expect(fault(fixture) == sentence)
    fixture.members[0].flags = 1 << 11
    fixture.members[0].name = [0xFF]
    #expect(fault(fixture) == sentence)
  }

  @Test func `a wrong checksum is found`() {
    var fixture = ZipFixture([x()])
    fixture.members[0].packed[fixture.members[0].packed.count - 1] ^= 1
    let stated = crc32(Self.three)
    let found = crc32(fixture.members[0].packed)
    func hex(_ value: UInt32) -> String {
      "0x" + String(UInt64(value) | 1 << 32, radix: 16).dropFirst()
    }
    #expect(
      fault(fixture)
        == "it is damaged: its CRC-32 is \(hex(found)), but the directory states \(hex(stated))")
    fixture = ZipFixture([x().deflated()])
    fixture.members[0].checksum ^= 0x100
    #expect(fault(fixture)?.contains("CRC-32") == true)
  }

  @Test func `encrypted members and other methods do not keep the rest from being read`() throws {
    let sound = ZipFixture.Member("y.npy", Self.three)
    for flag in [0, 6, 13] {
      let fixture = ZipFixture([x { $0.flags = 1 << flag }, sound])
      #expect(fault(fixture) == "it is encrypted; write it without a password")
      #expect(try fixture.archive().tensor("y") == Self.expected)
    }
    let fixture = ZipFixture([x { $0.method = 14 }, sound])
    #expect(
      fault(fixture)
        == "it is compressed by ZIP method 14; only stored (0) and deflated (8) are read")
    #expect(try fixture.archive().tensor("y") == Self.expected)
  }

  @Test func `the 64-bit extension and split archives are named as such`() {
    let zip64 =
      "it uses the 64-bit extension of ZIP (more than 4 GiB or 65534 members), which is not read; "
      + "split it into smaller archives"
    #expect(fault(ZipFixture([x { $0.statedSize = .max }])) == zip64)
    #expect(fault(ZipFixture([x { $0.statedPacked = .max }])) == zip64)
    var fixture = ZipFixture([x()])
    fixture.statedCount = .max
    #expect(fault(fixture) == zip64)
    fixture.statedCount = nil
    fixture.statedDirectorySize = .max
    #expect(fault(fixture) == zip64)
    fixture.statedDirectorySize = nil
    fixture.beforeEnd = [0x50, 0x4B, 6, 7] + [UInt8](repeating: 0, count: 16)
    #expect(fault(fixture) == zip64)
    fixture.beforeEnd = []
    fixture.disk = 1
    #expect(fault(fixture) == "it is one part of a split ZIP archive; join the parts")
  }

  @Test func `other files are named for what they are`() {
    func text(_ bytes: [UInt8]) -> String? {
      message { try NPZArchive(bytes: bytes, path: "a.npz") }
    }
    let no = "cannot read 'a.npz': it is not a ZIP archive: "
    let remedy = "; write it with numpy.savez_compressed"
    #expect(text([]) == no + "it is empty" + remedy)
    #expect(text(Self.three) == no + "it is a single array (.npy)" + remedy)
    #expect(text([1, 0xAB]) == no + "it begins with the bytes 01 ab" + remedy)
    #expect(
      text(ZipFixture([x()]).bytes.dropLast())
        == "cannot read 'a.npz': it begins as a ZIP archive but has no end record, so it was cut "
        + "short; write or copy it again")
  }

  @Test func `records that contradict each other are refused`() {
    var fixture = ZipFixture([x()])
    for (offset, sentence) in [
      (0, "the local header does not begin with its signature"),
      (30, "the local header bears another name than the directory"),
      (26, "the local header bears another name than the directory"),
      (27, "the name in the local header ends outside the place for it"),
      (29, "the data ends outside the place for it"),
      (30 + 5 + Self.three.count, "line 1 of the directory does not begin with its signature"),
      (30 + 5 + Self.three.count + 31, "line 1 of the directory ends outside the place for it"),
      (30 + 5 + Self.three.count + 45, "the local header ends outside the place for it"),
    ] {
      var bytes = fixture.bytes
      bytes[offset] ^= 1
      let text = message { try NPZArchive(bytes: bytes, path: "a.npz").tensor("x") } ?? ""
      #expect(text.hasSuffix("'a.npz': it is damaged: \(sentence)"), "\(offset): \(text)")
    }
    fixture = ZipFixture([x(), x()])
    #expect(fault(fixture) == "the archive has two members of this name")
    fixture.members.removeLast()
    fixture.statedCount = 2
    #expect(fault(fixture) == "it is damaged: 2 members are stated, 1 are listed")
    fixture.statedCount = nil
    fixture.statedDirectorySize = 7
    #expect(fault(fixture)?.contains("the directory is said to end at byte") == true)
    fixture.statedDirectorySize = nil
    fixture.beforeEnd = [0]
    #expect(fault(fixture)?.contains("the directory is said to end at byte") == true)
  }

  @Test func `sizes that the data cannot have are refused before memory is taken`() {
    #expect(
      fault(ZipFixture([x { $0.statedSize = 0xFFFF_FF00 }.deflated()]))
        == "it is damaged: the directory states 4294967040 bytes, but the data is "
        + "\(Self.three.count + 5)")
    #expect(fault(ZipFixture([x { $0.statedSize = 0xFFFF_FF00 }]))?.contains("states 429") == true)
    #expect(
      fault(ZipFixture([x { $0.statedPacked = 0x7FFF_FFFF }]))
        == "it is damaged: the data ends outside the place for it")
  }

  @Test func `a deflated stream must end where the directory says`() {
    let count = Self.three.count
    let invalid = "it is damaged: the deflated data is not valid "
    #expect(
      fault(ZipFixture([x { $0.statedSize -= 1 }.deflated()]))
        == "it is damaged: the directory states \(count - 1) bytes, but the data is \(count)")
    #expect(
      fault(ZipFixture([x { $0.statedSize -= 2 }.deflated()]))
        == invalid + "(it unpacks to more than the \(count - 2) bytes stated)")
    #expect(
      fault(ZipFixture([x { $0.statedSize += 1 }.deflated()]))
        == "it is damaged: the directory states \(count + 1) bytes, but the data is \(count)")
    var member = x().deflated()
    member.packed.append(0)
    #expect(fault(ZipFixture([member])) == invalid + "(1 bytes follow its end)")
    member.packed.removeLast(2)
    #expect(
      fault(ZipFixture([member])) == invalid + "(it ends after \(count - 1) of \(count) bytes)")
    member.packed[0] = 7
    #expect(fault(ZipFixture([member])) == invalid + "(invalid block type)")
  }
}
