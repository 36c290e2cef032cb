public import Signals

/// The arrays of an `.npz` file, as NumPy's `savez` and `savez_compressed` write them.
///
/// Opening reads the file and its directory; an array is unpacked and checked (CRC-32, header,
/// size) when it is asked for, each time anew. Arrays of strings or objects are no obstacle to
/// reading the others.
public struct NPZArchive: Sendable {
  /// The file, as it was given.
  public let path: String
  /// Names of the arrays, without `.npy`, in the order of the file. Members that are not `.npy` are
  /// not arrays and are left out.
  public let names: [String]
  private let zip: ZipReader
  private let positions: [String: Int]

  /// Opens an archive.
  ///
  /// - Throws: ``VectorError/cannotRead(path:reason:)``; ``VectorError/archive(_:path:member:)``
  ///   for a file that is not a ZIP archive, is cut short, encrypted, split or larger than 4 GiB.
  public init(path: String) throws(VectorError) {
    try self.init(bytes: File.contents(path), path: path)
  }

  /// Opens an archive that is in memory; `path` stands for it in messages.
  public init(bytes: [UInt8], path: String) throws(VectorError) {
    zip = try ZipReader(bytes: bytes, path: path)
    self.path = path
    var names: [String] = []
    var positions: [String: Int] = [:]
    for (position, entry) in zip.entries.enumerated() where entry.name.hasSuffix(".npy") {
      let name = String(entry.name.dropLast(4))
      names.append(name)
      positions[name] = position
    }
    self.names = names
    self.positions = positions
  }

  /// Whether there is an array of this name.
  public func contains(_ name: String) -> Bool { positions[name] != nil }

  /// One array, its elements not yet converted.
  ///
  /// - Throws: ``VectorError/missingArray(_:path:known:)``; ``VectorError/archive(_:path:member:)``
  ///   and ``VectorError/array(_:_:)`` if the member is damaged.
  public func array(_ name: String) throws(VectorError) -> NPYArray {
    guard let position = positions[name] else {
      throw .missingArray(name, path: path, known: names)
    }
    let bytes = try zip.contents(of: zip.entries[position])
    return try NPYArray(bytes: bytes, place: VectorError.Place(path: path, member: name))
  }

  /// One array of integers or Booleans.
  ///
  /// - Throws: as ``array(_:)`` and ``NPYArray/tensor()``.
  public func tensor(_ name: String) throws(VectorError) -> Tensor { try array(name).tensor() }

  /// The elements of one array of real numbers (or of integers that `Double` represents), in C
  /// order.
  ///
  /// - Throws: as ``array(_:)`` and ``NPYArray/reals()``.
  public func reals(_ name: String) throws(VectorError) -> [Double] { try array(name).reals() }
}
