import Signals
import Testing
import Vectors

/// Damage anywhere in an archive is an error or changes nothing; it never traps and never gives
/// wrong data.
@Suite struct CorruptionTests {
  /// A small archive with stored and deflated members, a data descriptor, a comment and reals.
  static let mixed: [UInt8] = {
    var stored = ZipFixture.Member("x.npy", NPZArchiveTests.three)
    stored.hasDescriptor = true
    let reals = NPYFixture("<f4", fortran: true, shape: "(1, 2)", [0, 0, 128, 63, 0, 0, 0, 64])
    var fixture = ZipFixture([stored, ZipFixture.Member("y.npy", reals.bytes).deflated()])
    fixture.comment = [1, 2, 3]
    return fixture.bytes
  }()

  /// What the writer makes, with back references in the deflated data.
  static let written: [UInt8] =
    (try? NPZArchive.bytes(
      of: [
        NPZMember("x", NPYArray(Tensor([1, 2, -1]), as: .int16)),
        NPZMember("y", reals: [1, 2], shape: [1, 2]),
      ], path: "")) ?? []

  /// An archive under a name, so that reports do not list its bytes.
  enum Sample: String, CaseIterable {
    case mixed, written

    var bytes: [UInt8] { self == .mixed ? CorruptionTests.mixed : CorruptionTests.written }
  }

  struct Contents: Equatable {
    var names: [String]
    var x: Tensor
    var y: [Double]

    init(_ bytes: [UInt8]) throws(VectorError) {
      let archive = try NPZArchive(bytes: bytes, path: "a.npz")
      names = archive.names
      x = try archive.tensor("x")
      y = try archive.reals("y")
    }
  }

  @Test(arguments: Sample.allCases)
  func `every value of every byte is harmless`(sample: Sample) throws {
    let archive = sample.bytes
    let sound = try Contents(archive)
    #expect(sound.x == Tensor([1, 2, -1]) && sound.y == [1, 2])
    var errors = 0
    var harmless = 0
    for position in archive.indices {
      for change in UInt8(1)...255 {
        var damaged = archive
        damaged[position] ^= change
        do throws(VectorError) {
          let contents = try Contents(damaged)
          harmless += 1
          if contents != sound {
            Issue.record("byte \(position) xor \(change) gives other arrays")
          }
        } catch {
          errors += 1
        }
      }
    }
    // Dates, versions and attributes do not matter; everything else must.
    #expect(errors > 2 * harmless && harmless > 0)
  }

  @Test(arguments: Sample.allCases)
  func `an archive cut short or with bytes behind it is refused`(sample: Sample) {
    let archive = sample.bytes
    for length in archive.indices {
      #expect(throws: VectorError.self, "\(length)") { try Contents(Array(archive.prefix(length))) }
    }
    #expect(throws: VectorError.self) { try Contents(archive + [0]) }
    #expect(throws: VectorError.self) { try Contents([0] + archive) }
  }

  @Test func `a missing or doubled byte is found`() throws {
    let sound = try Contents(Self.mixed)
    for position in Self.mixed.indices {
      var shorter = Self.mixed
      shorter.remove(at: position)
      var longer = Self.mixed
      longer.insert(longer[position], at: position)
      for damaged in [shorter, longer] {
        if let contents = try? Contents(damaged) { #expect(contents == sound, "\(position)") }
      }
    }
  }

  /// No checksum guards a bare array: its elements may change, but nothing may trap.
  @Test func `a damaged bare array never traps`() {
    let sound = NPYFixture("<u8", fortran: true, shape: "(2, 1)", little(1) + little(2)).bytes
    var errors = 0
    for position in sound.indices {
      for change in UInt8(1)...255 {
        var damaged = sound
        damaged[position] ^= change
        do throws(VectorError) {
          let array = try NPYArray(bytes: damaged, place: .init(path: ""))
          let tensor = try array.tensor()
          _ = try array.reals()
          #expect(tensor.values.count == tensor.shape.reduce(1, *))
        } catch {
          errors += 1
        }
      }
    }
    #expect(errors > 10_000)
  }
}
