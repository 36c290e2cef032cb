public import Blocks
import Devices
import Foundation
import Lockstep
import Logging
import Reports
import Signals
import Verilation

/// Fails unless RTL and golden model agree, in every configuration of the manifest or in one of them.
///
///     @Test func adder() async throws {
///       try await expectAgreement(of: Adder(), device: "rtl/adder")
///     }
///
/// - Parameters:
///   - block: the golden model.
///   - device: folder of the manifest `device.yaml`, or the manifest itself.
///   - configuration: a configuration of the manifest; all of them if nil.
///   - seed: of everything random.
///   - count: random transactions, after the corner cases.
/// - Throws: ``Disagreement`` with the whole report where they differ; other errors where that could not
///   be found out.
public func expectAgreement(
  of block: any Block, device: String, configuration: String? = nil, seed: UInt64 = 1,
  count: Int = 1024
) async throws {
  let isFolder = !device.hasSuffix(".yaml")
  let manifest = try Manifest(contentsOf: isFolder ? device + "/device.yaml" : device)
  let chosen =
    try configuration.map { [try manifest.configuration(named: $0)] } ?? manifest.configurations
  let verilation = try await Verilation.standard(log: Logger(label: "cosim"))
  var outcomes: [Outcome] = []
  for values in chosen {
    var complete = try block.configuration(named: values.name, values.values)
    complete.texts = values.texts
    let built = try await verilation.library(for: manifest, configuration: complete)
    let workload = Workload.directedAndRandom(block, in: complete, seed: seed, count: count)
    var verification = Verification(
      block, in: complete, library: try built.open(), manifest: manifest, workload: workload,
      seed: seed, jobs: ProcessInfo.processInfo.activeProcessorCount,
      command: "expectAgreement(of: \(block.name), configuration: \(values.name), seed: \(seed))")
    verification.explainer = ExplainerOptions(limits: MinimisingLimits(seconds: 5), tool: "")
    outcomes.append(try verification.run())
  }
  guard !outcomes.isEmpty, outcomes.allSatisfy(\.agrees) else {
    throw Disagreement(report: outcomes.map(TerminalReport().render).joined(separator: "\n"))
  }
}

/// The device disagreed with the golden model.
public struct Disagreement: Error, CustomStringConvertible {
  /// What `cosim verify` would print.
  public let report: String
  public var description: String { "the device disagrees:\n" + report }
}
