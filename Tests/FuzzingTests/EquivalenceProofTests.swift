import Foundation
import Fuzzing
import Testing
import Verilation

/// What Yosys itself says of mutants; skipped, with a message, where there is none that reads SystemVerilog.
@Suite struct EquivalenceProofTests {
  /// The Yosys that `cosim mutate` would take, if it starts and has slang.
  private static func yosys() async throws -> Yosys? {
    let cache = Cache()
    guard let found = Yosys.find(cache: cache), try await found.prepare() else { return nil }
    return found
  }

  private static let isThere: @Sendable () async throws -> Bool = { try await yosys() != nil }

  /// A suite that never saturates, so that mistakes in saturation survive it.
  private func campaign(in folder: String) async throws -> MutationCampaign {
    var campaign = Fixture.campaign(Scaler(reach: 40), in: folder)
    let yosys = try #require(try await EquivalenceProofTests.yosys())
    campaign.prove = { script, folder in
      switch try await yosys.run(script, in: folder, limit: .seconds(120)) {
      case .succeeded: return .finished
      case .tookTooLong: return .tookTooLong
      case .failed(let output): return .failed(output)
      }
    }
    return campaign
  }

  @Test(.enabled("no Yosys with read_slang: run ci/synth once", isThere))
  func whatIsEquivalentIsProvenAndNoMistakeIs() async throws {
    let scratch = try Scratch()
    let outcome = try await campaign(in: scratch.path).run()
    #expect(outcome.proofTrouble == nil)
    let proven = Set(outcome.results.filter { $0.fate == .equivalent }.map(\.mutant.change))
    let left = Set(outcome.results.filter { $0.fate == .survived }.map(\.mutant.change))
    func change(_ original: String, _ changed: String) -> String {
      "`\(original)` becomes `\(changed)`"
    }
    // At the limit the sum is the limit, and of nine bits the uppermost goes nowhere.
    let harmless: Set = [
      change("sum > 127", "sum >= 127"), change("sum < -128", "sum <= -128"),
      change("-9'sd128", "9'sd128"), change("9'sd127", "9'sh17f"),
    ]
    #expect(harmless.subtracting(proven).isEmpty)
    // Wrong limits and none at all: this suite does not notice them, and nothing makes them right.
    let mistakes: Set = [
      change("9'sd128", "9'sh7f"), change("9'sd128", "9'sh81"), change("sum > 127", "1'b0"),
      change("sum < -128", "1'b0"),
    ]
    #expect(mistakes.subtracting(left).isEmpty)
    #expect(mistakes.isDisjoint(with: proven))
  }
}
