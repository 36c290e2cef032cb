import Blocks
import CZlib
import Foundation
import Signals
import Vectors

/// A failure in one file: what to drive, with which stalls, from which state, and what came of it.
///
/// The file is a ZIP archive that NumPy opens as `.npz`: `bundle.json` (``BundleRecord``) and the arrays of
/// two cases, `minimal.PART.ARRAY` and `original.PART.ARRAY`, integers in C order; `…expected.ARRAY` and
/// `…observed.ARRAY` hold the outputs. It refers to no other file.
public struct CaseBundle: Sendable {
  public var record: BundleRecord
  public var minimal: Case
  /// The failing shard up to the failing transaction, as it was found.
  public var original: Case
  /// Outputs of the minimal case, for readers of the file.
  var answers: [Answer] = []

  /// The outputs of one part of the minimal case.
  struct Answer {
    var expected: [String: RaggedTensor]
    var observed: [String: RaggedTensor]
  }

  /// Name of the text member.
  static let member = "bundle.json"

  /// `ibert_softmax-default-3f2a91cc.npz`: the same for the same minimal case.
  public var fileName: String {
    let safe = record.configuration.name.map { $0.isLetter || $0.isNumber || $0 == "_" ? $0 : "_" }
    let identity = (try? CaseBundle.encoder().encode(record.minimal)).map(Array.init) ?? []
    let values = minimal.parts.flatMap { part in
      part.batch.items.sorted { $0.key < $1.key }.flatMap(\.value.values)
    }
    let digest = values.reduce(Digest.of(identity)) { Digest.combine($0, UInt64(bitPattern: $1)) }
    return "\(record.block)-\(String(safe))-\(Fingerprints.text(digest)).npz"
  }

  static func encoder() -> JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return encoder
  }
}

extension Fingerprints {
  static func text(_ digest: UInt32) -> String {
    let digits = String(digest, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }

  /// Checksum of the pins and arrays of a block.
  static func of(_ interface: Interface) -> String {
    text(Digest.of((try? CaseBundle.encoder().encode(interface)).map(Array.init) ?? []))
  }

  /// Checksum of what outputs are expected to be, beat by beat.
  static func of(_ chunks: [Chunk]) -> String {
    text(
      chunks.reduce(0) { digest, chunk in
        chunk.digests.reduce(digest) { Digest.combine($0, UInt64($1)) }
      })
  }
}

// MARK: - Writing

extension CaseBundle {
  /// Writes the bundle; the file appears whole or not at all.
  ///
  /// - Throws: ``BundleError/cannotWrite(path:reason:)``.
  public func write(to path: String) throws(BundleError) {
    do {
      var writer = ZipWriter()
      try writer.append(CaseBundle.member, Array(try CaseBundle.encoder().encode(record)))
      for (name, tensor) in arrays() {
        try writer.append(name + ".npy", NPYArray(tensor, as: .int64, name: name).bytes)
      }
      try File.publish(writer.finished(), to: path)
    } catch {
      throw .cannotWrite(path: path, reason: "\(error)")
    }
  }

  private func arrays() -> [(String, Tensor)] {
    var result: [(String, Tensor)] = []
    func add(_ prefix: String, shared: [String: Tensor], items: [String: RaggedTensor]) {
      result += shared.sorted { $0.key < $1.key }.map { (prefix + $0.key, $0.value) }
      result += items.sorted { $0.key < $1.key }.map { (prefix + $0.key, $0.value.stacked) }
    }
    for (name, subject) in [("minimal", minimal), ("original", original)] {
      for (index, part) in subject.parts.enumerated() {
        add("\(name).\(index).", shared: part.batch.shared, items: part.batch.items)
        if let expected = part.expected {
          add("\(name).\(index).wanted.", shared: expected.shared, items: expected.items)
        }
      }
    }
    for (index, answer) in answers.enumerated() {
      add("minimal.\(index).expected.", shared: [:], items: answer.expected)
      add("minimal.\(index).observed.", shared: [:], items: answer.observed)
    }
    return result
  }
}

extension RaggedTensor {
  /// All items along a new first axis where they have one shape; else the values one after the other.
  var stacked: Tensor {
    let shapes = (0..<count).map { shape(of: $0) }
    guard let first = shapes.first, shapes.allSatisfy({ $0 == first }) else {
      return Tensor(values)
    }
    return Tensor(shape: [count] + first, values: values)
  }

  init(shapes: [[Int]], values: [Int64]) {
    self.init(rank: shapes.first?.count ?? 0)
    var start = 0
    for shape in shapes {
      let size = shape.reduce(1, *)
      append(shape: shape, values: values[start..<start + size])
      start += size
    }
  }
}

extension CaseRecord {
  init(_ subject: Case, size: CaseSize, findings: [Finding]) {
    func shapes(_ item: RaggedTensor) -> [[Int]] { (0..<item.count).map { item.shape(of: $0) } }
    parts = subject.parts.map { part in
      Part(
        count: part.batch.count, labels: part.batch.labels, origins: part.origins,
        filler: part.filler, scales: part.batch.scales,
        shared: part.batch.shared.mapValues(\.shape), items: part.batch.items.mapValues(shapes),
        expectedShared: part.expected?.shared.mapValues(\.shape),
        expectedItems: part.expected?.items.mapValues(shapes))
    }
    stalls = subject.stalls
    initialState = subject.initialState
    rehearsedBeats = subject.rehearsedBeats
    hangLimit = subject.hangLimit
    shard = subject.shard
    self.size = size
    self.findings = findings
  }
}
