public import Blocks
public import Devices
import External
import Foundation
import Lockstep
import Signals
import Verilation

/// The blocks, manifests and vectors of a project's folder.
public struct GateProject: Sendable {
  /// Absolute, without links.
  public let root: String
  /// The blocks of the program, and the designs that a manifest of the project describes in full.
  public private(set) var catalogue: Catalogue
  /// Manifests that can be read, by block.
  public private(set) var manifests: [String: Manifest] = [:]
  /// What is wrong with those that cannot.
  public private(set) var unreadable: [String: Failure] = [:]
  /// Folders with a manifest that no block is called after, by their last part.
  public private(set) var orphans: [String] = []
  /// Folders that had a manifest and still have something else.
  private var bereft: [String] = []
  /// Where manifests are of which the program has no block of that name, by name.
  private var folders: [String: String] = [:]

  /// Where manifests are looked for, below the project's folder.
  static let places = ["rtl", "cosim"]

  /// Reads every `rtl/NAME/device.yaml` and `cosim/NAME/device.yaml`.
  public init(root: String, catalogue: Catalogue) {
    self.root = Affected.realPath(root)
    self.catalogue = catalogue
    var foreign: [any Block] = []
    for place in GateProject.places {
      for name in GateProject.entries(of: "\(self.root)/\(place)") {
        let folder = "\(place)/\(name)"
        let file = "\(self.root)/\(folder)/device.yaml"
        guard FileManager.default.fileExists(atPath: file) else { continue }
        do throws(DeviceError) {
          let manifest = try Manifest(contentsOf: file)
          if place == "rtl", catalogue[name] != nil {
            manifests[name] = manifest
          } else if manifest.wiring == nil || manifest.golden == nil {
            orphans.append(named(folder))
          } else if manifests[manifest.top] == nil, catalogue[manifest.top] == nil {
            (manifests[manifest.top], folders[manifest.top]) = (manifest, folder)
            foreign.append(ManifestBlock(manifest))
          } else {
            unreadable[named(folder)] = Failure(
              "manifest",
              "\(folder)/device.yaml describes '\(manifest.top)', but there is another block of this name; "
                + "rename one of them", file: "\(folder)/device.yaml", line: 1)
          }
        } catch {
          var line: Int?
          if case .manifest(_, let number, _) = error { line = number }
          let isOwn = place == "rtl" && catalogue[name] != nil
          unreadable[isOwn ? name : named(folder)] = Failure(
            "manifest", "\(error)", file: "\(folder)/device.yaml", line: line ?? 1)
        }
      }
    }
    if !foreign.isEmpty { self.catalogue = Catalogue(catalogue.blocks + foreign) }
  }

  /// A name for a folder that no block stands for: its last part, unless that is taken.
  private mutating func named(_ folder: String) -> String {
    var name = folder.split(separator: "/").last.map(String.init) ?? folder
    if catalogue[name] != nil || folders[name] != nil { name = folder.replacing("/", with: ".") }
    folders[name] = folder
    return name
  }

  /// Notes that a folder had a manifest, which is missed as long as anything else is in that folder.
  ///
  /// - Parameter path: of the manifest, absolute.
  public mutating func miss(_ path: String) {
    let url = URL(fileURLWithPath: Affected.realPath(path)).deletingLastPathComponent()
    guard url.path.hasPrefix(root + "/"), !FileManager.default.fileExists(atPath: path),
      !GateProject.entries(of: url.path).isEmpty
    else { return }
    let folder = String(url.path.dropFirst(root.count + 1))
    guard catalogue[url.lastPathComponent] == nil else { return }
    bereft.append(named(folder))
  }

  /// What a plan may say something about: blocks, and manifests that are not usable.
  public var names: [String] {
    catalogue.blocks.map(\.name) + (orphans + unreadable.keys).filter { catalogue[$0] == nil }
  }

  /// Folder of a block's manifest, below the project's folder.
  public func folder(of block: String) -> String { folders[block] ?? "rtl/\(block)" }

  /// What commands call a block: its name, or the folder of one that the program does not have.
  func word(for block: String) -> String {
    catalogue[block] is ManifestBlock ? folder(of: block) : block
  }

  /// A configuration of a task, complete.
  func complete(_ configuration: Configuration, of block: any Block) throws -> Configuration {
    var complete = try block.configuration(named: configuration.name, configuration.values)
    complete.texts = configuration.texts
    return complete
  }

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
    var others = orphans + unreadable.keys.filter { catalogue[$0] == nil }.sorted() + bereft
    if case .named(let names) = plan.required {
      others += names.filter { catalogue[$0] == nil && !others.contains($0) }
    }
    for name in others {
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
        isRequired || traces || manifests[block.name] != nil || required.contains(block.name)
          || plan.blocks[block.name] != nil
      else { continue }
      tasks.append(GateTask(block: block.name, configuration: nil, check: .presence))
      if !GateProject.entries(of: "\(root)/vectors/\(block.name)").isEmpty {
        tasks.append(GateTask(block: block.name, configuration: nil, check: .fingerprints))
      }
      guard let manifest = manifests[block.name] else { continue }
      let checks = plan.checks(of: block.name, at: level)
      tasks += try self.tasks(of: block, manifest, checks, plan: plan.file)
    }
    guard !tasks.isEmpty else { throw .nothingPlanned(level: level.rawValue, root: root) }
    return tasks
  }

  func tasks(
    of block: any Block, _ manifest: Manifest, _ checks: GatePlan.Checks, plan: String
  ) throws(GateError) -> [GateTask] {
    var tasks: [GateTask] = []
    func add(_ configuration: Configuration?, _ check: Check) {
      tasks.append(GateTask(block: block.name, configuration: configuration, check: check))
    }
    // A design without golden model in Swift has no real-number answer to be close to.
    let foreign = block as? ManifestBlock
    if checks.accuracy && foreign == nil { add(nil, .accuracy) }
    var chosen = manifest.configurations
    if let names = checks.configurations {
      chosen = []
      for name in names {
        guard let found = manifest.configurations.first(where: { $0.name == name }) else {
          throw .plan(
            file: plan, line: nil,
            reason: "\(manifest.file) has no configuration '\(name)'")
        }
        chosen.append(found)
      }
    }
    // Recorded answers are all there is to be compared with.
    let recorded = foreign?.recordings(below: root) ?? []
    for configuration in chosen where checks.verify != nil {
      for path in recorded { add(configuration, .vectors(path: path)) }
    }
    for configuration in chosen where recorded.isEmpty {
      for seed in checks.verify?.seeds ?? [] {
        guard let verify = checks.verify else { continue }
        add(configuration, .verify(seed: seed, count: verify.count, profiles: verify.stalls))
      }
    }
    let folder = "vectors/\(block.name)"
    for name in GateProject.entries(of: "\(root)/\(folder)")
    where checks.vectors && name.hasSuffix(".npz") {
      // Files are made for it, whichever configurations the plan chooses.
      add(manifest.configurations.first, .vectors(path: "\(folder)/\(name)"))
    }
    for name in GateProject.entries(of: "\(root)/\(folder)/regressions")
    where checks.regressions && name.hasSuffix(".npz") {
      let path = "\(folder)/regressions/\(name)"
      // One that cannot be read has no configuration of its own; running it says why.
      let own = (try? CaseBundle(contentsOf: "\(root)/\(path)"))?.record.configuration
      add(own ?? chosen.first, .regression(path: path))
    }
    // What follows makes inputs of its own, which nobody has recorded answers to.
    for configuration in chosen where recorded.isEmpty {
      let hasBudget = manifest.cycleBudgets[configuration.name] != nil
      if checks.cycles == .required || checks.cycles == .budgeted && hasBudget {
        add(configuration, .cycles)
      }
      if let sweep = checks.sweep, isScalar(block, configuration) {
        add(configuration, .sweep(sets: sweep.constants, limit: sweep.limit))
      }
    }
    if let first = chosen.first, recorded.isEmpty {
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
