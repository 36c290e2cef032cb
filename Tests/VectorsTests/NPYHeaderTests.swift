import Signals
import Testing
import Vectors

@Suite struct NPYHeaderTests {
  private static let good = "{'descr': '<i4', 'fortran_order': False, 'shape': (), }"

  @Test func `spacing, quotes, order of keys and a missing last comma do not matter`() throws {
    let texts = [
      Self.good, #"{"shape":(),"descr":"<i4","fortran_order":False}"#,
      "  { 'descr' :'<i4' ,'fortran_order':\tFalse, 'shape' : ( ) }   \n ",
    ]
    for text in texts {
      #expect(try NPYFixture(header: text, [5, 0, 0, 0]).array().tensor().scalar == 5)
    }
  }

  @Test(arguments: [
    ("", "'{' is expected at character 1"),
    ("{", "a value is expected at character 2"),
    ("{}", "the keys are , but must be descr, fortran_order, shape"),
    ("[]", "'{' is expected at character 0"),
    ("{'descr' '<i4'}", "':' is expected at character 9"),
    ("{'descr': '<i4", "a string has no end"),
    ("{'descr': '<i4\\", "a string has no end"),
    ("{'descr': '<i4' 'shape': ()}", "'}' is expected at character 16"),
    ("{1: 2}", "a key is not a string"),
    ("{'descr': -1}", "a value is expected at character 10"),
    ("{'descr': '<i4', 'descr': '<i4'}", "the key 'descr' stands twice"),
    ("\(good) x", "the end is expected at character 56"),
    (
      "{'descr': '<i4', 'fortran_order': False, 'shape': (), 'x': 1}",
      "the keys are descr, fortran_order, shape, x, but must be descr, fortran_order, shape"
    ),
    ("{'descr': '<i4', 'fortran_order': 0, 'shape': ()}", "fortran_order is 0"),
    ("{'descr': '<i4', 'fortran_order': False, 'shape': 3}", "shape is 3, which is not a tuple"),
    (
      "{'descr': '<i4', 'fortran_order': False, 'shape': [3]}",
      "shape is [3], which is not a tuple"
    ),
    (
      "{'descr': '<i4', 'fortran_order': False, 'shape': (3)}",
      "parentheses around one value without a comma are not a tuple"
    ),
    (
      "{'descr': '<i4', 'fortran_order': False, 'shape': (True,)}",
      "shape is (True,), which is not a tuple of sizes"
    ),
    (
      "{'descr': '<i4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
      "a number is too large"
    ),
    (
      "{'descr': '<i4', 'fortran_order': False, 'shape': (-1,)}",
      "a value is expected at character 51"
    ),
    (
      "{'descr': \(String(repeating: "[", count: 500)), 'shape': ()}",
      "it is nested too deeply"
    ),
  ])
  func `a header that is not the dictionary is refused`(text: String, reason: String) {
    let fixture = NPYFixture(header: text, [0, 0, 0, 0])
    let prefix = "cannot read 'a.npy': its header is not NumPy's: "
    #expect(message { try fixture.array() } == prefix + reason)
  }

  @Test func `a shape that the payload does not have is refused before memory is taken`() {
    func text(_ shape: String, _ payload: [UInt8]) -> String? {
      message { try NPYFixture("<i4", shape: shape, payload).array() }
    }
    let prefix = "cannot read 'a.npy': its shape and type need "
    #expect(text("(2,)", [0, 0, 0, 0]) == prefix + "8 bytes of elements, but there are 4")
    #expect(text("()", [0, 0, 0, 0, 0]) == prefix + "4 bytes of elements, but there are 5")
    #expect(
      text("(4611686018427387904,)", [0])
        == prefix + "more than 9223372036854775807 bytes of elements, but there are 1")
    #expect(
      text("(1099511627776, 1099511627776, 0)", [])
        == prefix + "more than 9223372036854775807 bytes of elements, but there are 0")
    #expect(
      text("(1000000000000,)", [0]) == prefix + "4000000000000 bytes of elements, but there are 1")
    let axes = "(\(String(repeating: "1, ", count: 65)))"
    #expect(text(axes, [0]) == "cannot read 'a.npy': its header is not NumPy's: shape has 65 axes")
  }

  @Test func `another file, another version and a header cut short are refused`() throws {
    func text(_ bytes: [UInt8]) -> String? {
      message { try NPYArray(bytes: bytes, place: .init(path: "a.npy")) }
    }
    let no = "cannot read 'a.npy': it is not an array in NumPy's format: "
    #expect(text([]) == no + "it is empty")
    #expect(
      text(Array("hello, world".utf8)) == no + "it begins with the bytes 68 65 6c 6c 6f 2c 20 77")
    #expect(
      text(Array("version https://git-lfs".utf8))
        == no + "it begins as text, like a Git LFS pointer that was not fetched")
    var fixture = NPYFixture(header: Self.good, [0, 0, 0, 0])
    fixture.version = (4, 0)
    #expect(
      text(fixture.bytes)
        == "cannot read 'a.npy': it is version 4.0 of NumPy's format; 1.0, 2.0 and 3.0 are read")
    fixture.version = (1, 1)
    #expect(text(fixture.bytes)?.contains("version 1.1") == true)
    fixture.version = (2, 0)
    #expect(
      text(Array(fixture.bytes.prefix(20)))
        == "cannot read 'a.npy': its header ends at byte 68, but there are only 20")
    #expect(text(Array(fixture.bytes.prefix(11)))?.contains("ends at byte 12") == true)
    for length in 0..<fixture.bytes.count {
      #expect(text(Array(fixture.bytes.prefix(length))) != nil, "\(length)")
    }
  }

  @Test(arguments: [
    ("<U12", "strings ('<U12')"), ("|S3", "strings ('|S3')"), ("|O", "Python objects ('|O')"),
    ("<c16", "complex numbers ('<c16')"), ("<f16", "reals ('<f16')"),
    ("<M8[ns]", "dates or times ('<M8[ns]')"), ("|V2", "records ('|V2')"),
    ("|i4", "of a kind that is not read ('|i4')"), ("=i4", "of a kind that is not read ('=i4')"),
    ("i4", "of a kind that is not read ('i4')"), ("", "of a kind that is not read ('')"),
    ("<i3", "of a kind that is not read ('<i3')"), ("<b1x", "of a kind that is not read ('<b1x')"),
  ])
  func `other element types are refused when elements are asked for`(
    descriptor: String, kind: String
  ) throws {
    let array = try NPYFixture(descriptor, shape: "(1,)", [1, 2, 3]).array()
    #expect(array.type == nil && array.descriptor == descriptor)
    #expect(
      message { try array.tensor() }
        == "cannot read 'a.npy': its elements are \(kind), but integers are expected; "
        + "convert it, for example with .astype(numpy.int32)")
    #expect(
      message { try array.reals() }
        == "cannot read 'a.npy': its elements are \(kind), but numbers are expected; "
        + "convert it, for example with .astype(numpy.float64)")
  }

  @Test func `records and reals are not integers`() throws {
    let record = try NPYFixture(
      header: "{'descr': [('a', '<i4'), ('b', '<f8', (2,))], 'fortran_order': False, 'shape': (1,)}"
    ).array()
    #expect(record.descriptor == "[('a', '<i4'), ('b', '<f8', (2,))]")
    #expect(message { try record.tensor() }?.contains("are records ('[('a'") == true)
    let real = try NPYFixture("<f4", shape: "()", [0, 0, 128, 63]).array()
    #expect(message { try real.tensor() }?.contains("are reals ('<f4')") == true)
    #expect(try real.reals() == [1])
  }
}
