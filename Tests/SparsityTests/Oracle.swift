import Foundation
import Signals
import Sparsity
import Vectors

/// A file of reference values, `vectors/oracles/<name>.npz`.
struct Oracle {
  private let archive: NPZArchive

  init(_ name: String) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../vectors/oracles").standardizedFileURL
    archive = try NPZArchive(path: folder.appending(path: "\(name).npz").path)
  }

  var names: [String] { archive.names }

  func integers(_ name: String) throws -> [Int64] { try archive.tensor(name).values }

  func matrix(_ name: String) throws -> DenseMatrix {
    try DenseMatrix(archive.tensor(name), named: name)
  }

  /// Words of metadata, which the file holds as signed integers.
  func words(_ name: String, _ width: NMMatrix.WordWidth) throws -> [UInt32] {
    let mask = UInt32.max >> UInt32(32 - width.rawValue)
    return try integers(name).map { UInt32(truncatingIfNeeded: $0) & mask }
  }
}

/// Real weights of a pattern that repeats: small, but with ties, runs and empty rows.
func sample(rows: Int, columns: Int, oneIn period: Int, seed: UInt64 = 1) -> DenseMatrix {
  var generator = CounterGenerator(seed: seed, stream: 0, index: 0)
  return DenseMatrix(
    rows: rows, columns: columns,
    values: (0..<rows * columns).map { _ in
      generator.oneIn(period) ? generator.value(in: -128...127) : 0
    })
}
