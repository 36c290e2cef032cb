public import Blocks
public import Devices
import Foundation
import Lockstep
import Signals
import Verilation

/// The blocks, manifests and vectors of a project's folder.
public struct GateProject: Sendable {
  /// Absolute, without links.
  public let root: String
  public let catalogue: Catalogue
  /// Manifests that can be read, by block.
  public private(set) var manifests: [String: Manifest] = [:]
  /// What is wrong with those that cannot.
  public private(set) var unreadable: [String: Failure] = [:]
  /// Folders with a manifest that no block is called after.
  public private(set) var orphans: [String] = []

  /// Reads every manifest below `rtl`.
  public init(root: String, catalogue: Catalogue) {
    self.root = Affected.realPath(root)
    self.catalogue = catalogue
    for name in GateProject.entries(of: self.root + "/rtl") {
      let file = "\(self.root)/rtl/\(name)/device.yaml"
      guard FileManager.default.fileExists(atPath: file) else { continue }
      guard catalogue[name] != nil else {
        orphans.append(name)
        continue
      }
      do throws(DeviceError) {
        manifests[name] = try Manifest(contentsOf: file)
      } catch {
        var line: Int?
        if case .manifest(_, let number, _) = error { line = number }
        unreadable[name] = Failure(
          "manifest", "\(error)", file: "rtl/\(name)/device.yaml", line: line ?? 1)
      }
    }
  }

  /// Folder of a block's manifest, below the project's folder.
  public func folder(of block: String) -> String { "rtl/\(block)" }

  /// Entries of a folder, in order; none if there is no such folder.
  static func entries(of folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }

  /// Every task of a level, in the order of the catalogue.
  ///
  /// - Parameter required: blocks that must have RTL, besides those of the plan.
  /// - Throws: ``GateError/plan(file:line:reason:)`` for a configuration that is not there, and
  ///   ``GateError/nothingPlanned(level:root:)``.
  public func tasks(
    _ plan: GatePlan, at level: GateLevel, requiring required: Set<String> = []
  ) throws(GateError) -> [GateTask] {
    var tasks: [GateTask] = []
    for name in orphans {
      tasks.append(GateTask(block: name, configuration: nil, check: .presence))
    }
    for block in catalogue.blocks {
      let isRequired =
        switch plan.required {
        case .all: true
        case .named(let names): names.contains(block.name)
        }
      let traces = ["rtl", "vectors"].contains {
        FileManager.default.fileExists(atPath: "\(root)/\($0)/\(block.name)")
      }
      guard
        isRequired || traces || required.contains(block.name)
          || plan.blocks[block.name] != nil
      else { continue }
      tasks.append(GateTask(block: block.name, configuration: nil, check: .presence))
      if !GateProject.entries(of: "\(root)/vectors/\(block.name)").isEmpty {
        tasks.append(GateTask(block: block.name, configuration: nil, check: .fingerprints))
      }
      guard let manifest = manifests[block.name] else { continue }
      let checks = plan.checks(of: block.name, at: level)
      tasks += try self.tasks(of: block, manifest, checks)
    }
    guard !tasks.isEmpty else { throw .nothingPlanned(level: level.rawValue, root: root) }
    return tasks
  }

  private func tasks(
    of block: any Block, _ manifest: Manifest, _ checks: GatePlan.Checks
  ) throws(GateError) -> [GateTask] {
    var tasks: [GateTask] = []
    func add(_ configuration: Configuration?, _ check: Check) {
      tasks.append(GateTask(block: block.name, configuration: configuration, check: check))
    }
    if checks.accuracy { add(nil, .accuracy) }
    var chosen = manifest.configurations
    if let names = checks.configurations {
      chosen = []
      for name in names {
        guard let found = manifest.configurations.first(where: { $0.name == name }) else {
          throw .plan(
            file: root + "/" + GatePlan.fileName, line: nil,
            reason: "\(manifest.file) has no configuration '\(name)'")
        }
        chosen.append(found)
      }
    }
    for configuration in chosen {
      for seed in checks.verify?.seeds ?? [] {
        guard let verify = checks.verify else { continue }
        add(configuration, .verify(seed: seed, count: verify.count, profiles: verify.stalls))
      }
    }
    let folder = "vectors/\(block.name)"
    for name in GateProject.entries(of: "\(root)/\(folder)")
    where checks.vectors && name.hasSuffix(".npz") {
      add(chosen.first, .vectors(path: "\(folder)/\(name)"))
    }
    for name in GateProject.entries(of: "\(root)/\(folder)/regressions")
    where checks.regressions && name.hasSuffix(".npz") {
      let path = "\(folder)/regressions/\(name)"
      // One that cannot be read has no configuration of its own; running it says why.
      let own = (try? CaseBundle(contentsOf: "\(root)/\(path)"))?.record.configuration
      add(own ?? chosen.first, .regression(path: path))
    }
    for configuration in chosen {
      let hasBudget = manifest.cycleBudgets[configuration.name] != nil
      if checks.cycles == .required || checks.cycles == .budgeted && hasBudget {
        add(configuration, .cycles)
      }
      if let sweep = checks.sweep, isScalar(block, configuration) {
        add(configuration, .sweep(sets: sweep.constants, limit: sweep.limit))
      }
    }
    if let first = chosen.first {
      if let count = checks.relations, !block.relations(in: first).isEmpty {
        add(first, .relations(count: count))
      }
      if let count = checks.fuzz { add(first, .fuzz(seed: 1, count: count)) }
      if let mutation = checks.mutation {
        add(first, .mutation(limit: mutation.limit, count: mutation.count, score: mutation.score))
      }
      if let coverage = checks.coverage {
        add(first, .coverage(count: coverage.count, lines: coverage.lines))
      }
    }
    return tasks
  }

  private func isScalar(_ block: any Block, _ configuration: Configuration) -> Bool {
    guard let interface = try? block.interface(in: configuration) else { return false }
    if case .chunks = interface.batching { return true }
    return false
  }
}
