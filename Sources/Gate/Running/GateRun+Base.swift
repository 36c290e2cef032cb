import Devices
import Signals

extension GateRun {
  /// Puts the budgets of the base beside cycles, and says which budgets the change moves: a budget that is
  /// raised passes, and people should know.
  func compareWithBase(_ result: inout GateResult) async {
    guard let base = changes?.base else { return }
    let git = Git(root: project.root)
    for block in project.manifests.keys.sorted() {
      guard let manifest = project.manifests[block],
        result.results.contains(where: { $0.task.block == block && $0.cycles != nil })
          || changes?.files.contains(where: { $0.path == manifest.file }) == true
      else { continue }
      let name = "\(project.folder(of: block))/device.yaml"
      guard
        let text = try? await git.ask("for a manifest of the base", ["show", "\(base):./\(name)"]),
        let old = try? Manifest(text: text, file: manifest.file)
      else { continue }
      for index in result.results.indices where result.results[index].task.block == block {
        guard let configuration = result.results[index].task.configuration?.name else { continue }
        result.results[index].cycles?.base = old.cycleBudgets[configuration]
      }
      let names = Set(manifest.configurations.map(\.name))
      for configuration in old.configurations where !names.contains(configuration.name) {
        result.remarks.append(
          "\(name): the configuration '\(configuration.name)' is gone, and nothing verifies it any more"
        )
      }
      for (configuration, budget) in old.cycleBudgets.sorted(by: { $0.key < $1.key }) {
        let now = manifest.cycleBudgets[configuration]
        guard now != budget else { continue }
        let sentence = now.map { "is now \(GateRun.words($0))" } ?? "is gone"
        result.remarks.append(
          "\(name): the budget of '\(configuration)' was \(GateRun.words(budget)) and \(sentence)")
      }
    }
  }

  private static func words(_ range: ClosedRange<Int>) -> String {
    range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)..\(range.upperBound)"
  }
}
