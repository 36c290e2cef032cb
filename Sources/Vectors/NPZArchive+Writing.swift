extension NPZArchive {
  /// Writes an archive that NumPy reads with `numpy.load(path, allow_pickle=False)`.
  ///
  /// Members stand in the order given, deflated, dated 1980-01-01: equal arrays make equal bytes
  /// (with one version of zlib). The file is published whole or not at all: it is written beside
  /// `path`, forced to the medium and renamed.
  ///
  /// - Throws: ``VectorError/duplicateName(_:)``, ``VectorError/unusableName(_:)``,
  ///   ``VectorError/archive(_:path:member:)`` above 4 GiB or 65534 members, and
  ///   ``VectorError/cannotWrite(path:reason:)``; then `path` is as it was.
  public static func write(_ members: [NPZMember], to path: String) throws(VectorError) {
    try File.publish(bytes(of: members, path: path), to: path)
  }

  /// The bytes that ``write(_:to:)`` writes; `path` stands for them in messages.
  ///
  /// - Parameter isDeflated: false stores members as they are, for what is read at once.
  public static func bytes(
    of members: [NPZMember], path: String, isDeflated: Bool = true
  ) throws(VectorError) -> [UInt8] {
    var writer = ZipWriter(isDeflated: isDeflated)
    var seen: Set<String> = []
    for member in members {
      let name = member.name
      guard !name.isEmpty, !name.hasPrefix("."),
        name.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0 != "/" && $0 != "\\" })
      else { throw .unusableName(name) }
      guard seen.insert(name).inserted else { throw .duplicateName(name) }
      do throws(VectorError.ArchiveFault) {
        try writer.append(name + ".npy", member.array.bytes)
      } catch {
        throw .archive(error, path: path, member: name)
      }
    }
    return writer.finished()
  }
}
