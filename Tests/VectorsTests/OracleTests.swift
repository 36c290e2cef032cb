import Foundation
import Signals
import Testing
import Vectors

/// The reference values that golden models are held against, as they lie in the repository.
@Suite struct OracleTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../vectors/oracles").standardizedFileURL

  static let files: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
    .filter { $0.hasSuffix(".npz") }.sorted()

  @Test func `there are reference values`() { #expect(Self.files.count > 10) }

  @Test(arguments: files)
  func `every array of integers or reals is read`(file: String) throws {
    let archive = try NPZArchive(path: Self.folder.appending(path: file).path)
    #expect(!archive.names.isEmpty)
    for name in archive.names {
      let array = try archive.array(name)
      guard let type = array.type else {
        #expect(throws: VectorError.self) { try array.tensor() }
        #expect(throws: VectorError.self) { try array.reals() }
        continue
      }
      let count = type.isReal ? try array.reals().count : try array.tensor().values.count
      #expect(count == array.shape.reduce(1, *), "\(file) \(name)")
    }
  }

  /// Row pointers say how long the flattened rows are, so that two arrays vouch for each other.
  @Test func `row pointers end where the rows end`() throws {
    let archive = try NPZArchive(path: Self.folder.appending(path: "ibert_softmax.npz").path)
    let pointers = try archive.tensor("row_ptr").values
    let logits = try archive.tensor("x")
    #expect(pointers.first == 0 && pointers.last == Int64(logits.values.count))
    #expect(zip(pointers, pointers.dropFirst()).allSatisfy { $0 < $1 })
    #expect(try archive.tensor("out").shape == logits.shape)
    #expect(try archive.tensor("out").values.allSatisfy { (-1...256).contains($0) })
    #expect(try archive.reals("cfg_S").count == 9)
  }
}
