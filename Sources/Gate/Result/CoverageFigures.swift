package import Devices
import Foundation

/// Which lines of RTL ran, by file and instance.
public struct CoverageFigures: Sendable, Codable, Hashable {
  /// One file in one instance of a module.
  public struct Instance: Sendable, Codable, Hashable {
    /// Below the project's folder.
    public var file: String
    /// `.top.u_guard`.
    public var name: String
    /// How often each line ran.
    public var lines: [Int: Int]
  }

  /// A line that need not run.
  public struct Waiver: Sendable, Codable, Hashable {
    public var file: String
    public var line: Int
    public var reason: String
    /// The last day on which it counts, `2026-12-31`.
    public var expires: String

    public init(file: String, line: Int, reason: String, expires: String) {
      self.file = file
      self.line = line
      self.reason = reason
      self.expires = expires
    }
  }

  /// In the order of files and instances.
  public var instances: [Instance]
  /// Those that were needed.
  public var waived: [Waiver]

  /// How often each line of each file ran, in all instances together.
  public var files: [String: [Int: Int]] {
    var files: [String: [Int: Int]] = [:]
    for instance in instances {
      files[instance.file, default: [:]].merge(instance.lines) { $0 + $1 }
    }
    return files
  }

  /// Lines that never ran and are not waived, by file.
  public var missed: [String: [Int]] {
    let waived = Set(waived.map { "\($0.file):\($0.line)" })
    return files.mapValues { lines in lines.filter { $0.value == 0 }.keys.sorted() }
      .reduce(into: [:]) { result, entry in
        let lines = entry.value.filter { !waived.contains("\(entry.key):\($0)") }
        if !lines.isEmpty { result[entry.key] = lines }
      }
  }

  /// Lines that could run, waived ones left out.
  public var countable: Int { files.values.reduce(0) { $0 + $1.count } - waived.count }
  /// Those that did.
  public var covered: Int { countable - missed.values.reduce(0) { $0 + $1.count } }
  /// The share of lines that ran; nil where there is none.
  public var share: Double? { countable > 0 ? Double(covered) / Double(countable) : nil }

  /// - Parameters:
  ///   - points: from a device.
  ///   - root: the project's folder, which is taken off paths.
  ///   - folder: of the manifest, where relative paths begin.
  ///   - waivers: what need not run.
  package init(_ points: [CoveragePoint], root: String, folder: String, waivers: [Waiver]) {
    var found: [String: [String: [Int: Int]]] = [:]
    for point in points {
      var file = Failure.path(point.file, in: folder)
      if file.hasPrefix(root + "/") { file = String(file.dropFirst(root.count + 1)) }
      for line in point.lines {
        found[file, default: [:]][point.instance, default: [:]][line, default: 0] += point.count
      }
    }
    instances = found.sorted { $0.key < $1.key }.flatMap { file, instances in
      instances.sorted { $0.key < $1.key }.map { Instance(file: file, name: $0, lines: $1) }
    }
    waived = []
    let counts = files
    waived = waivers.filter { counts[$0.file]?[$0.line] == 0 }
  }
}
