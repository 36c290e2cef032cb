import Foundation
import Signals
import Yams

/// The keys `golden`, `compare` and `stimulus`.
extension ManifestNode {
  /// - Throws: for files that do not exist, and for a golden model that is neither or both of
  /// command and
  ///   vectors.
  func golden(of manifest: Manifest) throws(DeviceError) -> GoldenSpecification {
    let keys = try mapping(allowed: ["command", "vectors", "timeout", "files", "processes"])
    guard (keys["command"] == nil) != (keys["vectors"] == nil) else {
      throw wrong("either 'command' or 'vectors'")
    }
    var result = GoldenSpecification()
    if let node = keys["vectors"] {
      result.vectors = try node.strings("a list of .npz files")
      guard !result.vectors.isEmpty else { throw node.wrong("at least one .npz file") }
      try node.checkFiles(of: manifest, areDirectories: false)
      for key in ["timeout", "files", "processes"] {
        if let extra = keys[key] { throw extra.wrong("only beside 'command'") }
      }
      return result
    }
    if let node = keys["command"] {
      result.command = try node.strings("a program and its arguments, as a list")
      guard !result.command.isEmpty else { throw node.wrong("a program and its arguments") }
    }
    if let node = keys["timeout"] {
      result.timeout = try node.real("a number of seconds")
      guard result.timeout > 0 else { throw node.wrong("more than 0 seconds") }
    }
    if let node = keys["files"] {
      result.files = try node.strings("a list of file names")
      try node.checkFiles(of: manifest, areDirectories: false)
    }
    if let node = keys["processes"] {
      result.processes = try node.integer()
      guard result.processes >= 1 else { throw node.wrong("at least 1") }
    }
    return result
  }

  /// Comparisons by array: `y: exact`, `y: ignore`, or a mapping.
  func comparisons() throws(DeviceError) -> [String: Comparison] {
    var result: [String: Comparison] = [:]
    for entry in try pairs("a mapping of output arrays to comparisons") {
      result[entry.key] = try entry.value.comparison()
    }
    return result
  }

  private func comparison() throws(DeviceError) -> Comparison {
    if let word = node.string {
      switch word {
      case "exact": return Comparison()
      case "ignore": return .ignored
      default: throw wrong("'exact', 'ignore', or a mapping like {steps: 1}")
      }
    }
    let keys = try mapping(allowed: ["steps", "absolute", "relative", "encoding", "ignore_bits"])
    var result = Comparison()
    if let node = keys["steps"] {
      let steps = try node.integer()
      guard steps >= 0 else { throw node.wrong("0 or more steps") }
      result.steps = Int64(steps)
    }
    result.absolute = try keys["absolute"]?.distance()
    result.relative = try keys["relative"]?.distance()
    if let node = keys["encoding"] {
      let known = Comparison.Encoding.allCases.map(\.rawValue)
      let word = try node.string("one of \(known.joined(separator: ", "))")
      guard let encoding = Comparison.Encoding(rawValue: word) else {
        throw node.wrong("one of \(known.joined(separator: ", "))")
      }
      result.encoding = encoding
    }
    if let node = keys["ignore_bits"] {
      let bits = try node.integer()
      guard bits >= 0 else { throw node.wrong("a mask of bits, like 0x3") }
      result.ignoredBits = UInt64(bits)
    }
    return result
  }

  private func distance() throws(DeviceError) -> Double {
    let value = try real("a number")
    guard value >= 0, value.isFinite else { throw wrong("0 or more") }
    return value
  }

  /// `{lengths: {L: 1..64}, transactions: 16}`.
  func stimulus() throws(DeviceError) -> StimulusSpecification {
    let keys = try mapping(allowed: ["lengths", "transactions"])
    var result = StimulusSpecification()
    if let node = keys["lengths"] {
      for entry in try node.pairs("a mapping of axes to lengths") {
        let extent = try entry.value.extents()
        if let low = Int(extent.smallest.text), let high = Int(extent.largest.text) {
          guard low >= 1, low <= high else { throw entry.value.wrong(ManifestNode.extentWords) }
          result.lengths[entry.key] = low...high
        } else {
          result.formulas[entry.key] = extent
        }
      }
    }
    if let node = keys["transactions"] {
      result.transactions = try node.integer()
      guard result.transactions >= 1 else { throw node.wrong("at least 1") }
    }
    return result
  }

  private static let extentWords = "a length, or a range of lengths like 1..64"

  /// `16`, `1..64`, `LANES`, `1..4 * LANES`.
  private func extents() throws(DeviceError) -> StimulusSpecification.Extent {
    let ends = try string(ManifestNode.extentWords).components(separatedBy: "..").map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    guard let low = ends.first, let high = ends.last, ends.count <= 2,
      ends.allSatisfy({ $0.wholeMatch(of: /[\w\s()+*\/%,-]*\w[\w\s()+*\/%,-]*/) != nil }),
      !low.hasPrefix("-")
    else { throw wrong(ManifestNode.extentWords) }
    return StimulusSpecification.Extent(Quantity(low), Quantity(high))
  }

  private func real(_ expected: String) throws(DeviceError) -> Double {
    guard case .scalar = node, let value = node.float else { throw wrong(expected) }
    return value
  }
}
