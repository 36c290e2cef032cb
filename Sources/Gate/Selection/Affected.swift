import Blocks
import Foundation

/// What a change can have an effect on.
public struct Affected: Sendable {
  /// Why everything is; nil if it is not.
  public private(set) var everything: String?
  /// Why a block's device is, by block.
  private var devices: [String: String] = [:]
  private var goldens: [String: String] = [:]
  /// Why the share of changes to a block's RTL that are noticed is, by block.
  private var waivers: [String: String] = [:]
  /// Changed files of vectors, below the project's folder.
  private var vectors: Set<String> = []
  /// What the change is, in sentences.
  public private(set) var remarks: [String] = []
  private let base: String

  /// - Parameters:
  ///   - changes: from git.
  ///   - project: as it is after the change.
  ///   - golden: the sources of golden models; nil where they are not in the project.
  ///   - plan: absolute path of the plan.
  public init(
    _ changes: Changes, project: GateProject, goldens golden: GoldenSources?, plan: String? = nil
  ) {
    let root = project.root
    let names = project.catalogue.blocks.map(\.name)
    let sources = names.map { ($0, project.sources(of: $0)) }
    let owners = Dictionary(names.map { (project.folder(of: $0), $0) }) { first, _ in first }
    let searched = project.searched()
    let planPath = plan.map(Affected.realPath)
    var touched: [String: [String]] = [:]
    base = String(changes.base.prefix(12))
    for file in changes.files {
      let path = Affected.realPath(file.path)
      let name = path.hasPrefix(root + "/") ? String(path.dropFirst(root.count + 1)) : file.path
      if file.isCosmetic {
        remarks.append("\(name): comments and white space alone have changed")
        continue
      }
      let parts = name.split(separator: "/").map(String.init)
      if parts.last == GateProject.waivers {
        let blocks = names.filter {
          project.waiverFiles(of: $0).contains { Affected.realPath($0) == path }
        }
        for block in blocks { waivers[block] = waivers[block] ?? name }
        touched[name] = blocks
        continue
      }
      var isKnown = false
      for (block, files) in sources where files.contains(path) {
        devices[block] = devices[block] ?? name
        touched[name, default: []].append(block)
        isKnown = true
      }
      if file.isRemoved {
        // Nothing says any more who included it.
        let place = URL(fileURLWithPath: path).deletingLastPathComponent().path
        for (block, places) in searched where places.contains(place) {
          devices[block] = devices[block] ?? name
          touched[name, default: []].append(block)
          isKnown = true
        }
      }
      if isKnown { continue }
      if path == planPath {
        everything = everything ?? name
        continue
      }
      // What lies beside a manifest may be what its tools read.
      let places = parts.indices.map { parts[..<$0].joined(separator: "/") }
      if !name.hasSuffix(".md"), let block = places.lazy.compactMap({ owners[$0] }).first {
        devices[block] = devices[block] ?? name
        touched[name] = [block]
        continue
      }
      switch (parts.first ?? "", parts.count) {
      case ("rtl", 3...) where parts[2] == "device.yaml":
        devices[parts[1]] = devices[parts[1]] ?? name
      case ("vectors", 3...):
        vectors.insert(name)
        if file.isRemoved {
          remarks.append("\(name): it is gone, and nothing is held against it any more")
        }
      case ("Sources", 3...) where parts[1] == "Blocks" && golden != nil && !file.isRemoved:
        let inside = parts.dropFirst(2).joined(separator: "/")
        guard let blocks = golden?.blocks(of: inside) else { fallthrough }
        for block in blocks { goldens[block] = goldens[block] ?? name }
        touched[name] = Array(blocks)
      case _ where Affected.isHarness(name):
        everything = everything ?? name
      default:
        remarks.append("\(name): no device, golden model or vector is made of it")
      }
    }
    for (name, blocks) in touched {
      let list = GateText.list(Set(blocks).sorted(), most: 12)
      remarks.append("\(name): a part of \(list.isEmpty ? "no block" : list)")
    }
    if let everything {
      remarks.append("\(everything): the harness has changed, so everything runs")
    }
  }

  /// Swift outside of tests, packages and plans.
  private static func isHarness(_ name: String) -> Bool {
    if name == GatePlan.fileName || name.hasSuffix("Package.swift") { return true }
    if name.hasSuffix("Package.resolved") { return true }
    let isTest = name.hasPrefix("Tests/") || name.contains("/Tests/")
    return !isTest && (name.hasPrefix("Sources/") || name.hasSuffix(".swift"))
  }

  /// Why a task runs; nil if the change cannot have an effect on it.
  public func reason(for task: GateTask) -> String? {
    if let everything { return "\(everything) has changed" }
    if let file = goldens[task.block] { return "\(file) has changed" }
    if task.check.needsDevice, let file = devices[task.block] { return "\(file) has changed" }
    switch task.check {
    case .mutation:
      if let file = waivers[task.block] { return "\(file) has changed" }
      return nil
    case .presence, .fingerprints: return "it takes no time"
    case .vectors(let path) where vectors.contains(path): return "\(path) has changed"
    case .regression(let path) where vectors.contains(path): return "\(path) has changed"
    default: return nil
    }
  }

  /// Why a task is left out.
  public func reasonAgainst(_ task: GateTask) -> String {
    task.check == .accuracy
      ? "its golden model is that of \(base)"
      : "its device, golden model and vectors are those of \(base)"
  }

  static func realPath(_ path: String) -> String {
    // A file that is gone has no real path; its folder may have.
    let url = URL(fileURLWithPath: path)
    let folder = url.deletingLastPathComponent().resolvingSymlinksInPath().path
    return FileManager.default.fileExists(atPath: path)
      ? url.resolvingSymlinksInPath().path : "\(folder)/\(url.lastPathComponent)"
  }
}
