import Signals
import Testing
import Vectors

@Suite struct NPYArrayTests {
  /// Bit patterns at the limits, and one with four different bytes, so that a wrong order shows.
  static let patterns: [UInt64] = [0, 1, .max, 1 << 63, .max >> 1, 0x0123_4567_89AB_CDEF]

  private func check<Word: FixedWidthInteger>(_: Word.Type, _ code: String) throws {
    let words = Self.patterns.map { Word(truncatingIfNeeded: $0) }
      .filter { UInt64(clamping: $0) <= UInt64(Int64.max) }
    let expected = words.map { Int64($0) }
    let shape = "(\(words.count),)"
    let isOne = Word.bitWidth == 8
    for order in isOne ? ["|", "<", ">"] : ["<", ">"] {
      let payload = words.flatMap { order == ">" ? big($0) : little($0) }
      let array = try NPYFixture(order + code, shape: shape, payload).array()
      #expect(try array.tensor() == Tensor(expected), "\(order)\(code)")
      #expect(array.type?.rawValue == code)
    }
    #expect(Set(expected).count >= 4)
  }

  @Test func `integers of every width, sign and byte order are read`() throws {
    try check(Int8.self, "i1")
    try check(Int16.self, "i2")
    try check(Int32.self, "i4")
    try check(Int64.self, "i8")
    try check(UInt8.self, "u1")
    try check(UInt16.self, "u2")
    try check(UInt32.self, "u4")
    try check(UInt64.self, "u8")
  }

  @Test func `Booleans are 0 and 1 and nothing else`() throws {
    let array = try NPYFixture("|b1", shape: "(2, 2)", [0, 1, 1, 0]).array()
    #expect(try array.tensor() == Tensor(shape: [2, 2], values: [0, 1, 1, 0]))
    let bad = try NPYFixture("|b1", shape: "(2, 2)", [0, 1, 2, 0]).array()
    #expect(
      message { try bad.tensor() }
        == "cannot read 'a.npy': the Boolean at [1, 0] is 2, but must be 0 or 1")
  }

  @Test(arguments: [("<", false), (">", true)])
  func `reals of 16, 32 and 64 bits are read`(order: String, isBig: Bool) throws {
    func bytes<Word: FixedWidthInteger>(_ word: Word) -> [UInt8] {
      isBig ? big(word) : little(word)
    }
    let values: [Double] = [0, -1.5, 0.1, .infinity, 1e300, .leastNonzeroMagnitude]
    let double = NPYFixture(order + "f8", shape: "(6,)", values.flatMap { bytes($0.bitPattern) })
    #expect(try double.array().reals() == values)
    let singles: [Float] = [0.1, -3, .leastNonzeroMagnitude]
    let single = NPYFixture(order + "f4", shape: "(3,)", singles.flatMap { bytes($0.bitPattern) })
    #expect(try single.array().reals() == singles.map(Double.init))
    let halves: [UInt16] = [0x3C00, 0xC000, 0x0001, 0x0400, 0x7BFF, 0xFC00, 0x8000, 0x3555]
    let half = NPYFixture(order + "f2", shape: "(8,)", halves.flatMap { bytes($0) })
    #expect(
      try half.array().reals()
        == [1, -2, 0x1p-24, 0x1p-14, 65504, -.infinity, 0, 0x1.554p-2])
    #expect(Double(halfBits: 0x8000).sign == .minus)
    #expect(Double(halfBits: 0x7E01).isNaN)
  }

  @Test func `integers serve as reals where Double holds them`() throws {
    let words = little(Int64(1) << 53) + little(Int64(-7))
    let array = try NPYFixture("<i8", shape: "(2,)", words).array()
    #expect(try array.reals() == [0x1p53, -7])
    let bad = try NPYFixture("<i8", shape: "()", little((Int64(1) << 53) + 1)).array()
    #expect(
      message { try bad.reals() }
        == "cannot read 'a.npy': the integer 9007199254740993 cannot be represented as a float64")
  }

  @Test func `unsigned values above Int64 are refused with their index`() throws {
    let words: [UInt64] = [0, 1, 2, 3, 1 << 63, 5]
    let payload = words.flatMap { little($0) }
    let plain = try NPYFixture("<u8", shape: "(2, 3)", payload).array()
    let sentence =
      "the value 9223372036854775808 at [1, 1] is above the largest that is read, "
      + "9223372036854775807"
    #expect(message { try plain.tensor() } == "cannot read 'a.npy': \(sentence)")
    // Position 4 of a Fortran array of this shape is another element.
    let fortran = try NPYFixture("<u8", fortran: true, shape: "(2, 3)", payload).array()
    #expect(message { try fortran.tensor() }?.contains("at [0, 2]") == true)
  }

  @Test func `Fortran order becomes C order in any number of axes`() throws {
    let flat = try NPYFixture("|i1", fortran: true, shape: "(4,)", [1, 2, 3, 4]).array()
    #expect(try flat.tensor().values == [1, 2, 3, 4])
    let plane = try NPYFixture("|i1", fortran: true, shape: "(2, 3)", [0, 3, 1, 4, 2, 5]).array()
    #expect(try plane.tensor() == Tensor(shape: [2, 3], values: [0, 1, 2, 3, 4, 5]))
    let payload = (0..<24).map { position in
      let (i, j, k) = (position % 2, position / 2 % 3, position / 6)
      return UInt8(i * 12 + j * 4 + k)
    }
    let cube = try NPYFixture("|u1", fortran: true, shape: "(2, 3, 4)", payload).array()
    #expect(try cube.tensor() == Tensor(shape: [2, 3, 4], values: Array(0..<24)))
    let real = NPYFixture(
      "<f4", fortran: true, shape: "(2, 2)", [0, 2, 1, 3].flatMap { little(Float($0).bitPattern) })
    #expect(try real.array().reals() == [0, 1, 2, 3])
  }

  @Test func `scalars, empty arrays and every version of the header are read`() throws {
    #expect(try NPYFixture("<i2", shape: "()", [0xFE, 0xFF]).array().tensor() == Tensor(-2))
    #expect(try NPYFixture("<i4", shape: "(0,)", []).array().tensor() == Tensor([]))
    for isFortran in [false, true] {
      let empty = try NPYFixture("<f8", fortran: isFortran, shape: "(3, 0, 2)", []).array()
      #expect(try empty.reals() == [] && empty.shape == [3, 0, 2])
    }
    for major in UInt8(1)...3 {
      var fixture = NPYFixture("|u1", shape: "(3,)", [7, 8, 9])
      fixture.version = (major, 0)
      #expect(try fixture.array().tensor() == Tensor([7, 8, 9]))
    }
  }

  @Test func `every element type survives writing and reading`() throws {
    for type in NPYType.allCases {
      guard let range = type.range else { continue }
      for shape in [[], [0], [5], [2, 3], [2, 0], [1, 2, 3]] {
        let count = shape.reduce(1, *)
        let values = (0..<count).map { [range.lowerBound, range.upperBound, 0, 1][$0 % 4] }
        let tensor = Tensor(shape: shape, values: values)
        let written = try NPYArray(tensor, as: type)
        let read = try NPYArray(bytes: written.bytes, place: .init(path: ""))
        #expect(try read.tensor() == tensor && read.type == type, "\(type) \(shape)")
        #expect(written.start % 64 == 0)
      }
    }
    let reals = NPYArray(reals: [1.5, -0.1], shape: [2, 1])
    let read = try NPYArray(bytes: reals.bytes, place: .init(path: ""))
    #expect(try read.reals() == [1.5, -0.1] && read.shape == [2, 1] && read.descriptor == "<f8")
  }

  @Test func `a value outside the declared type is refused with its name and index`() {
    #expect(
      message { try NPZMember("x", Tensor(shape: [2, 2], values: [0, 1, 128, 3]), as: .int8) }
        == "cannot write array 'x' as int8: the value 128 at [1, 0] is outside its range "
        + "-128...127")
    #expect(
      message { try NPYArray(Tensor(-1), as: .uint64) }
        == "cannot write an array as uint64: the value -1 is outside its range "
        + "0...9223372036854775807")
  }

  @Test func `the element type of a format is its width rounded up`() {
    let widths = [1, 8, 9, 16, 17, 32, 33, 63]
    #expect(
      widths.map { NPYType(.unsigned($0)) }
        == [.uint8, .uint8, .uint16, .uint16, .uint32, .uint32, .uint64, .uint64])
    #expect(
      widths.map { NPYType(.signed($0)) }
        == [.int8, .int8, .int16, .int16, .int32, .int32, .int64, .int64])
    #expect(NPYType(.signed(64)) == .int64)
    for width in 1...63 {
      let format = IntegerFormat.unsigned(width)
      #expect(NPYType(format).range?.contains(format.range.upperBound) == true)
    }
  }
}
