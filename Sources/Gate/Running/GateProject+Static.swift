import Blocks
import Foundation
import Verilation

extension GateProject {
  /// Whether a block and its manifest are there, and a task that runs its device.
  func presence(of block: String, _ plan: GatePlan, at level: GateLevel) -> [Failure] {
    let file = "\(folder(of: block))/device.yaml"
    if orphans.contains(block) {
      return [
        Failure(
          "no golden model",
          "\(file) describes a device, but there is no block '\(block)', and the manifest does not say "
            + "both what its streams are and who answers (streams, golden): nothing verifies it",
          file: file, line: 1)
      ]
    }
    if let failure = unreadable[block] { return [failure] }
    if let manifest = manifests[block], let found = catalogue[block] {
      let checks = plan.checks(of: block, at: level)
      let tasks = (try? tasks(of: found, manifest, checks, plan: plan.file)) ?? []
      guard !tasks.contains(where: { $0.check.needsDevice }) else { return [] }
      return [
        Failure(
          "compares nothing",
          "at the level '\(level.rawValue)', the plan has no check of '\(block)' that runs its RTL; "
            + "verify: {count: 0} drives corner cases alone", file: file, line: 1)
      ]
    }
    if manifests[block] == nil {
      return [
        Failure(
          "no manifest",
          "the block '\(block)' has no \(file): nothing of it is verified; bring it back, or take the "
            + "block out of the plan and remove what is left of it",
          file: file, line: 1)
      ]
    }
    return []
  }

  /// Whether the vectors of a block are those whose fingerprints are committed.
  func fingerprintFailures(of block: String, _ plan: GatePlan) -> [Failure] {
    let folder = "vectors/\(block)"
    let names = (FileManager.default.subpaths(atPath: "\(root)/\(folder)") ?? [])
      .filter { $0.hasSuffix(".npz") }.sorted()
    let list = "\(folder)/SHA256SUMS"
    guard let data = FileManager.default.contents(atPath: "\(root)/\(list)") else {
      guard plan.needsFingerprints, !names.isEmpty else { return [] }
      return [
        Failure(
          "no fingerprints",
          "\(folder) has vectors but no SHA256SUMS; if they are right: cd \(folder) && sha256sum "
            + names.joined(separator: " ") + " > SHA256SUMS", file: list, line: 1)
      ]
    }
    var failures: [Failure] = []
    var listed: Set<String> = []
    for (index, line) in String(decoding: data, as: UTF8.self).split(separator: "\n").enumerated() {
      // Digest, two signs, name: as sha256sum writes them.
      guard line.count > 66 else { continue }
      let name = String(line.dropFirst(66))
      listed.insert(name)
      let path = "\(folder)/\(name)"
      guard let bytes = FileManager.default.contents(atPath: "\(root)/\(path)") else {
        failures.append(
          Failure(
            "vectors are gone", place: path, "\(path) is listed in \(list), but it is not there",
            file: list, line: index + 1))
        continue
      }
      if KeyBuilder.digest(Array(bytes)) != line.prefix(64) {
        failures.append(
          Failure(
            "vectors were edited", place: path,
            "\(path) is not the file whose fingerprint is in \(list)", file: list, line: index + 1))
      }
    }
    for name in names where !listed.contains(name) {
      failures.append(
        Failure(
          "no fingerprints", place: "\(folder)/\(name)",
          "\(folder)/\(name) has no fingerprint in \(list)", file: list, line: 1))
    }
    return failures
  }

  /// The line of a key below another one in a text file, from 1; the other one's if it is not there.
  func line(of key: String, under parent: String, in file: String) -> Int {
    guard let text = try? String(contentsOfFile: "\(root)/\(file)", encoding: .utf8) else {
      return 1
    }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let start = lines.firstIndex(where: { $0.hasPrefix(parent) }) else { return 1 }
    let found = lines[(start + 1)...].prefix { $0.hasPrefix(" ") }.firstIndex {
      $0.drop { $0 == " " }.hasPrefix(key + ":")
    }
    return (found ?? start) + 1
  }
}
