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
      guard let configuration = task.configuration, let manifest = manifests[task.block],
        let verilation
      else { return evidence }
      evidence.simulator = verilation.toolchain.verilator.name
      evidence.compiler = verilation.toolchain.compiler.identity
      guard
        let device = try? verilation.key(for: manifest, configuration: configuration).hexadecimal,
        let text = FileManager.default.contents(atPath: manifest.file)
      else { return evidence }
      evidence.device = device
      key.add("device", device)
      // Clock, reset, taps and budgets are no part of a device.
      key.add("manifest", KeyBuilder.digest(Array(text)))
    }
    switch task.check {
    case .vectors(let path), .regression(let path):
      guard let data = FileManager.default.contents(atPath: "\(root)/\(path)") else {
        return evidence
      }
      key.add("file", KeyBuilder.digest(Array(data)))
    case .mutation:
      let waivers = FileManager.default.contents(
        atPath: "\(root)/\(folder(of: task.block))/mutants.yaml")
      key.add("waivers", KeyBuilder.digest(Array(waivers ?? Data())))
    default: break
    }
    evidence.key = key.key().hexadecimal
    return evidence
  }

  /// Absolute paths, without links, of all that the devices of a block are made of.
  public func sources(of block: String) -> Set<String> {
    guard let manifest = manifests[block] else {
      return ["\(root)/\(folder(of: block))/device.yaml"]
    }
    let names = (try? Verilation.sources(of: manifest)) ?? manifest.sources.map(manifest.path)
    return Set((names + [manifest.file]).map(Affected.realPath))
  }
}
