import Foundation
import Signals
import Vectors

/// A file of reference values, `vectors/oracles/<name>.npz`.
struct Oracle {
  let archive: NPZArchive

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../vectors/oracles").standardizedFileURL

  init(_ name: String) throws {
    archive = try NPZArchive(path: Oracle.folder.appending(path: "\(name).npz").path)
  }

  /// An array of integers, flat.
  func integers(_ name: String) throws -> [Int64] { try archive.tensor(name).values }

  /// An array of real numbers, flat.
  func reals(_ name: String) throws -> [Double] { try archive.reals(name) }

  /// The rows of a flat array with one value for each element.
  func rows(_ name: String) throws -> [[Int64]] {
    let values = try integers(name)
    let pointers = try integers("row_ptr").map { Int($0) }
    return zip(pointers, pointers.dropFirst()).map { Array(values[$0..<$1]) }
  }
}

/// A comparison that counts, and so cannot pass without having compared anything.
struct Comparison {
  private(set) var compared = 0
  private(set) var differences: [String] = []

  /// Compares two lists element by element; a difference in length is a difference.
  mutating func compare(_ observed: [Int64], _ expected: [Int64], _ what: String) {
    compared += expected.count
    if observed.count != expected.count {
      differences.append("\(what): \(observed.count) values instead of \(expected.count)")
    }
    for (index, (found, wanted)) in zip(observed, expected).enumerated() where found != wanted {
      differences.append("\(what)[\(index)] is \(found) instead of \(wanted)")
    }
  }
}

extension Array where Element == Int64 {
  /// The same list with the element in the middle changed by one: a planted fault.
  var withOneFault: [Int64] {
    var copy = self
    copy[count / 2] += 1
    return copy
  }
}

extension RaggedTensor {
  init(_ rows: [[Int64]]) {
    self.init(rows: rows.map(\.count), values: rows.flatMap { $0 })
  }
}
