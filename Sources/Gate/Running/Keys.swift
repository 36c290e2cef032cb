import Devices
import Foundation
public import Verilation

extension GateProject {
  /// The hash of all that a task's verdict follows from, and the parts of it that people ask about.
  ///
  /// The golden models are in the executable: with another one, nothing that passed before is trusted.
  ///
  /// - Returns: evidence without an entry for the device where the sources cannot be read; such a task is
  ///   run and says why it fails.
  public func evidence(
    for task: GateTask, harness: Harness, verilation: Verilation?
  ) -> Evidence {
    var evidence = Evidence()
    evidence.harness = harness.digest
    guard !task.check.isStatic else { return evidence }
    var key = KeyBuilder()
    key.add("form", String(GateResult.current))
    key.add("harness", harness.digest)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    key.add("task", String(decoding: (try? encoder.encode(task)) ?? Data(), as: UTF8.self))
    if task.check.needsDevice {
      guard let configuration = task.configuration, var manifest = manifests[task.block],
        let verilation
      else { return evidence }
      if case .coverage = task.check { manifest = GateProject.covering(manifest) }
      evidence.simulator = verilation.toolchain.verilator.name
      evidence.compiler = verilation.toolchain.compiler.identity
      guard
        let device = try? verilation.key(for: manifest, configuration: configuration).hexadecimal,
        let text = FileManager.default.contents(atPath: manifest.file)
      else { return evidence }
      evidence.device = device
      key.add("device", device)
      if manifest.golden != nil {
        guard let digest = ForeignGolden(manifest)?.digest else { return evidence }
        key.add("golden", digest)
      }
      // Clock, reset, taps and budgets are no part of a device.
      key.add("manifest", KeyBuilder.digest(Array(text)))
    }
    switch task.check {
    case .vectors(let path), .regression(let path):
      let whole = path.hasPrefix("/") ? path : "\(root)/\(path)"
      guard let data = FileManager.default.contents(atPath: whole) else { return evidence }
      key.add("file", KeyBuilder.digest(Array(data)))
    case .mutation:
      for path in waiverFiles(of: task.block) {
        let text = FileManager.default.contents(atPath: path)
        key.add("waivers", KeyBuilder.digest(Array(text ?? Data())))
      }
    case .coverage:
      // A waiver counts until its day has passed.
      guard let waivers = try? CoverageWaivers(root: root, folder: folder(of: task.block)) else {
        return evidence
      }
      key.add("waivers", waivers.valid.map { "\($0.file):\($0.line) \($0.expires)" })
    default: break
    }
    evidence.key = key.key().hexadecimal
    return evidence
  }

  /// The name of a list of changes of RTL that may go unnoticed.
  static let waivers = "mutants.yaml"

  /// Where changes of RTL that may go unnoticed are listed: beside the manifest and beside every source.
  func waiverFiles(of block: String) -> [String] {
    let beside = manifests[block].map { manifest in
      manifest.sources.map {
        URL(fileURLWithPath: manifest.path(of: $0)).deletingLastPathComponent().path
      }
    }
    return Set((beside ?? []) + ["\(root)/\(folder(of: block))"]).sorted()
      .map { "\($0)/\(GateProject.waivers)" }
  }

  /// Folders where the sources of each block stand, or are looked for.
  func searched() -> [String: Set<String>] {
    manifests.mapValues { manifest in
      let included = manifest.includeDirectories.map(manifest.path)
      let listed = manifest.sources.map {
        URL(fileURLWithPath: manifest.path(of: $0)).deletingLastPathComponent().path
      }
      return Set((included + listed).map(Affected.realPath))
    }
  }

  /// Absolute paths, without links, of all that the devices of a block are made of.
  public func sources(of block: String) -> Set<String> {
    guard let manifest = manifests[block] else {
      return ["\(root)/\(folder(of: block))/device.yaml"]
    }
    let names = (try? Verilation.sources(of: manifest)) ?? manifest.sources.map(manifest.path)
    let golden = manifest.golden == nil ? [] : ForeignGolden(manifest)?.files ?? []
    return Set((names + golden + [manifest.file]).map(Affected.realPath))
  }
}
