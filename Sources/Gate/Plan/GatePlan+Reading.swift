import Devices
import Foundation
import Lockstep
import Yams

extension GatePlan {
  /// Name of the plan in the project's folder.
  public static let fileName = "gate.yaml"

  /// Reads a plan.
  ///
  /// - Parameters:
  ///   - text: YAML.
  ///   - file: where it stands, for complaints.
  ///   - blocks: names that the plan may use.
  /// - Throws: ``GateError/plan(file:line:reason:)`` with the line; a key that is not known is an error.
  public init(text: String, file: String, blocks known: [String]) throws(GateError) {
    self.init()
    self.file = file
    let root: PlanNode
    do {
      guard let node = try Yams.compose(yaml: text) else { return }
      root = PlanNode(node: node, key: "the plan", file: file)
    } catch {
      throw .plan(file: file, line: nil, reason: "it is no YAML: \(error)")
    }
    let levelNames = GateLevel.allCases.map(\.rawValue)
    let keys = ["required", "fingerprints", "timeout", "times", "history", "blocks"] + levelNames
    let entries = try root.mapping("a mapping", allowed: keys)
    for (key, value) in entries {
      switch key {
      case "required": required = try value.required()
      case "fingerprints":
        guard try value.text("required or optional").isOneOf("required", "optional") else {
          throw value.wrong("required or optional")
        }
        needsFingerprints = try value.text("") == "required"
      case "timeout": timeout = try value.integer(from: 1)
      case "times": times = try value.text("a file")
      case "history": history = value.isOff ? .off : .file(try value.text("a file, or false"))
      default: break
      }
    }
    for (key, value) in entries {
      guard let level = GateLevel(rawValue: key) else { continue }
      levels[level] = try value.checks(over: Checks(defaultsOf: level))
    }
    for (key, value) in entries where key == "blocks" {
      for (name, node) in try value.mapping("a mapping of blocks", allowed: known) {
        for (level, checks) in try node.mapping("a mapping of levels", allowed: levelNames) {
          guard let level = GateLevel(rawValue: level), let base = levels[level] else { continue }
          blocks[name, default: [:]][level] = try checks.checks(over: base)
        }
      }
    }
  }

  /// Reads the plan at `path`; without, that of the project's folder, or the default.
  ///
  /// - Throws: ``GateError``.
  public static func load(
    _ path: String?, root: String, blocks: [String]
  ) throws(GateError) -> GatePlan {
    let file = path ?? "\(root)/\(fileName)"
    if path == nil && !FileManager.default.fileExists(atPath: file) { return GatePlan() }
    let text: String
    do {
      text = try String(contentsOfFile: file, encoding: .utf8)
    } catch {
      throw .plan(file: file, line: nil, reason: "it cannot be read: \(error.localizedDescription)")
    }
    return try GatePlan(text: text, file: file, blocks: blocks)
  }
}

extension PlanNode {
  /// A block that is not there is a failure of the gate, not of its plan.
  fileprivate func required() throws(GateError) -> GatePlan.Required {
    if node.string == "all" { return .all }
    var names: [String] = []
    for entry in try list("'all' or a list of blocks") {
      names.append(try entry.text("a block"))
    }
    return .named(names)
  }

  fileprivate func checks(over base: GatePlan.Checks) throws(GateError) -> GatePlan.Checks {
    var checks = base
    let keys = [
      "verify", "configurations", "vectors", "regressions", "cycles", "accuracy", "sweep",
      "relations", "fuzz", "mutation", "coverage",
    ]
    for (key, value) in try mapping("a mapping of checks", allowed: keys) {
      switch key {
      case "verify": checks.verify = value.isOff ? nil : try value.verify(over: base.verify)
      case "configurations":
        var names: [String] = []
        for entry in try value.list("a list of configurations") {
          names.append(try entry.text("a configuration"))
        }
        checks.configurations = names
      case "vectors": checks.vectors = try value.isOn()
      case "regressions": checks.regressions = try value.isOn()
      case "accuracy": checks.accuracy = try value.isOn()
      case "cycles":
        let expected = "budgeted, required or false"
        let word = value.isOff ? "off" : try value.text(expected)
        guard let cycles = GatePlan.Checks.Cycles(rawValue: word) else {
          throw value.wrong(expected)
        }
        checks.cycles = cycles
      case "sweep": checks.sweep = value.isOff ? nil : try value.sweep(over: base.sweep)
      case "relations": checks.relations = value.isOff ? nil : try value.integer(from: 1)
      case "fuzz": checks.fuzz = value.isOff ? nil : try value.integer(from: 1)
      case "mutation":
        checks.mutation = value.isOff ? nil : try value.mutation(over: base.mutation)
      default: checks.coverage = value.isOff ? nil : try value.coverage(over: base.coverage)
      }
    }
    return checks
  }

  private func verify(
    over base: GatePlan.Checks.Verify?
  ) throws(GateError) -> GatePlan.Checks.Verify {
    var verify = base ?? GatePlan.Checks.Verify(count: 1024, seeds: [1], stalls: [.none, .random])
    for (key, value) in try mapping("a mapping", allowed: ["count", "seeds", "stalls"]) {
      switch key {
      case "count": verify.count = try value.integer(from: 0)
      case "seeds":
        verify.seeds = []
        for seed in try value.list("a list of seeds") {
          verify.seeds.append(UInt64(try seed.integer(from: 0)))
        }
      default: verify.stalls = try value.profiles()
      }
    }
    return verify
  }

  private func profiles() throws(GateError) -> [StallProfile] {
    if node.string == "all" { return StallProfile.allCases }
    let known = StallProfile.allCases.map(\.rawValue)
    var profiles: [StallProfile] = []
    for entry in try list("'all' or a list of stall profiles") {
      let name = try entry.text("a stall profile")
      guard let profile = StallProfile(rawValue: name) else {
        let hint = Nearest.hint(for: name, among: known, otherwise: "; there are")
        throw entry.problem("there is no stall profile '\(name)'\(hint)")
      }
      profiles.append(profile)
    }
    return profiles
  }

  private func sweep(
    over base: GatePlan.Checks.Sweep?
  ) throws(GateError) -> GatePlan.Checks.Sweep {
    var sweep = base ?? GatePlan.Checks.Sweep(constants: 2, limit: 20)
    for (key, value) in try mapping("a mapping", allowed: ["constants", "limit"]) {
      if key == "limit" { sweep.limit = min(40, try value.integer(from: 1)) }
      if key == "constants" { sweep.constants = try value.integer(from: 1) }
    }
    return sweep
  }

  private func mutation(
    over base: GatePlan.Checks.Mutation?
  ) throws(GateError) -> GatePlan.Checks.Mutation {
    var mutation = base ?? GatePlan.Checks.Mutation(limit: 100, count: 512, score: 0.8)
    for (key, value) in try mapping("a mapping", allowed: ["limit", "count", "score"]) {
      switch key {
      case "limit": mutation.limit = value.isOff ? nil : try value.integer(from: 1)
      case "count": mutation.count = try value.integer(from: 0)
      default: mutation.score = try value.share()
      }
    }
    return mutation
  }

  private func coverage(
    over base: GatePlan.Checks.Coverage?
  ) throws(GateError) -> GatePlan.Checks.Coverage {
    var coverage = base ?? GatePlan.Checks.Coverage(count: 256, lines: 0.9)
    for (key, value) in try mapping("a mapping", allowed: ["count", "lines"]) {
      if key == "lines" { coverage.lines = try value.share() }
      if key == "count" { coverage.count = try value.integer(from: 0) }
    }
    return coverage
  }
}

extension String {
  fileprivate func isOneOf(_ words: String...) -> Bool { words.contains(self) }
}
