import Blocks
import Foundation
import Signals
import Vectors

extension CaseBundle {
  /// Whether a file is a bundle, as far as its members say.
  public static func isBundle(_ path: String) -> Bool {
    guard let bytes = try? File.contents(path),
      let zip = try? ZipReader(bytes: bytes, path: path)
    else { return false }
    return zip.entries.contains { $0.name == member }
  }

  /// Reads a bundle.
  ///
  /// - Throws: ``BundleError`` for a file that is no bundle, is damaged, or of another version.
  public init(contentsOf path: String) throws(BundleError) {
    do {
      let bytes = try File.contents(path)
      let zip = try ZipReader(bytes: bytes, path: path)
      guard let entry = zip.entries.first(where: { $0.name == CaseBundle.member }) else {
        throw BundleError.notABundle(path: path)
      }
      let text = Data(try zip.contents(of: entry))
      let version = try JSONDecoder().decode(Version.self, from: text).version
      guard version == BundleRecord.current else {
        throw BundleError.version(path: path, found: version, known: BundleRecord.current)
      }
      record = try JSONDecoder().decode(BundleRecord.self, from: text)
      let archive = try NPZArchive(bytes: bytes, path: path)
      minimal = try Case(record.minimal, archive, "minimal")
      original = try Case(record.original, archive, "original")
    } catch let error as BundleError {
      throw error
    } catch let error as DecodingError {
      throw .damaged(path: path, reason: "\(CaseBundle.member): \(BundleError.words(error))")
    } catch {
      throw .damaged(path: path, reason: "\(error)")
    }
  }

  private struct Version: Decodable {
    var version: Int
  }
}

extension Case {
  /// Puts a case together again.
  fileprivate init(_ record: CaseRecord, _ archive: NPZArchive, _ name: String) throws {
    func shared(_ shapes: [String: [Int]], _ prefix: String) throws -> [String: Tensor] {
      var result: [String: Tensor] = [:]
      for (array, shape) in shapes {
        let values = try archive.tensor(prefix + array).values
        try Case.check(values.count, shape.reduce(1, *), prefix + array, archive.path)
        result[array] = Tensor(shape: shape, values: values)
      }
      return result
    }
    func items(
      _ shapes: [String: [[Int]]], _ count: Int, _ prefix: String
    ) throws -> [String: RaggedTensor] {
      var result: [String: RaggedTensor] = [:]
      for (array, extents) in shapes {
        let values = try archive.tensor(prefix + array).values
        let size = extents.reduce(0) { $0 + $1.reduce(1, *) }
        try Case.check(values.count, size, prefix + array, archive.path)
        try Case.check(extents.count, count, prefix + array, archive.path)
        for shape in extents {
          try Case.check(shape.count, extents[0].count, prefix + array + ".shape", archive.path)
        }
        result[array] = RaggedTensor(shapes: extents, values: values)
      }
      return result
    }
    self.init(
      parts: [], stalls: record.stalls, initialState: record.initialState,
      rehearsedBeats: record.rehearsedBeats, hangLimit: record.hangLimit, shard: record.shard)
    for (index, part) in record.parts.enumerated() {
      let prefix = "\(name).\(index)."
      try Case.check(part.origins.count, part.count, prefix + "origins", archive.path)
      var expected: Batch?
      if let sharedShapes = part.expectedShared, let itemShapes = part.expectedItems {
        expected = Batch(
          count: part.count, shared: try shared(sharedShapes, prefix + "wanted."),
          items: try items(itemShapes, part.count, prefix + "wanted."))
      }
      parts.append(
        Part(
          batch: Batch(
            count: part.count, shared: try shared(part.shared, prefix),
            items: try items(part.items, part.count, prefix),
            labels: part.labels.count == part.count ? part.labels : [], scales: part.scales),
          expected: expected, filler: part.filler, origins: part.origins))
    }
  }

  private static func check(_ found: Int, _ stated: Int, _ name: String, _ path: String) throws {
    guard found == stated else {
      throw BundleError.damaged(
        path: path, reason: "\(name) has \(found) values, but \(CaseBundle.member) states \(stated)"
      )
    }
  }
}
