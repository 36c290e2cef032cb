package import Devices
import Foundation

/// Which lines of RTL ran, by file and instance.
public struct CoverageFigures: Sendable, Codable, Hashable {
  /// One file in one instance of a module.
  public struct Instance: Sendable, Codable, Hashable {
    /// Below the project's folder.
    public var file: String
    /// `top.u_guard`.
    public var name: String
    /// How often each line ran: of a line with several branches, the one that ran least.
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

  /// How many lines ran, and of how many.
  public struct Count: Sendable, Codable, Hashable {
    public var covered: Int
    public var countable: Int

    public init(covered: Int, countable: Int) {
      (self.covered, self.countable) = (covered, countable)
    }

    /// 0 to 1; nil where there is no line.
    public var share: Double? { countable > 0 ? Double(covered) / Double(countable) : nil }
  }

  /// In the order of files and instances.
  public var instances: [Instance]
  /// Those that were needed.
  public var waived: [Waiver]
  /// Waivers of lines that ran, or that are no code.
  public var needless: [Waiver]
  /// What it was at the base, where that is known.
  public var base: Count?

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
  public var share: Double? { count.share }
  public var count: Count { Count(covered: covered, countable: countable) }

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
      let name = CoverageFigures.name(of: point)
      for line in point.lines {
        let known = found[file]?[name]?[line] ?? .max
        found[file, default: [:]][name, default: [:]][line] = min(known, point.count)
      }
    }
    instances = found.sorted { $0.key < $1.key }.flatMap { file, instances in
      instances.sorted { $0.key < $1.key }.map { Instance(file: file, name: $0, lines: $1) }
    }
    (waived, needless) = ([], [])
    let counts = files
    waived = waivers.filter { counts[$0.file]?[$0.line] == 0 }
    needless = waivers.filter { counts[$0.file]?[$0.line] != 0 }
  }

  /// The name without the simulator's own top.
  private static func name(of point: CoveragePoint) -> String {
    let name = point.instance.drop { $0 == "." }
    return String(name.hasPrefix("TOP.") ? name.dropFirst(4) : name)
  }

  /// A sentence about each waiver that nothing needs, with its place.
  var needlessSentences: [String] {
    needless.map { waiver in
      let why = files[waiver.file]?[waiver.line] == nil ? "holds no code that counts" : "runs"
      return
        "the waiver of \(waiver.file):\(waiver.line) is needless, since the line \(why): \(waiver.reason)"
    }
  }
}
