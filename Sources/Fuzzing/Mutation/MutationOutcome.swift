import Foundation

/// What became of a mutant.
public enum MutantFate: Sendable, Codable, Equatable {
  /// The bench noticed.
  case killed(by: String, configuration: String)
  /// Every run agreed, in every configuration, in values and in cycles.
  case survived
  /// Survived, and Yosys proved of every configuration in which it did that from equal states the RTL
  /// with it and the RTL as it is give equal outputs and go on to equal states.
  case equivalent
  /// The compiled devices do not depend on it in any configuration: its part is not there, or has no
  /// effect on any output.
  case absent
  /// The RTL with it could not be compiled.
  case refused
  /// Not tried to the end before the run was interrupted.
  case untested
}

/// A mutant, its fate, and why it may survive.
public struct MutantResult: Sendable, Codable, Equatable {
  public var mutant: Mutant
  public var fate: MutantFate
  /// From a file of waivers.
  public var waiver: String?

  public init(mutant: Mutant, fate: MutantFate, waiver: String? = nil) {
    self.mutant = mutant
    self.fate = fate
    self.waiver = waiver
  }

  /// Survived without a waiver.
  public var isUnexplained: Bool { fate == .survived && waiver == nil }
}

/// One configuration in which mutants were tried.
public struct MutationStage: Sendable, Codable, Equatable {
  public var configuration: String
  /// Content key of the device that holds the mutants.
  public var device: String
  /// Mutants that were alive when it began.
  public var tried: Int
  public var killed: Int
  public var buildSeconds: Double
  public var runSeconds: Double
  /// Survivors proven to be equivalent in this configuration, and the seconds that all proofs took.
  public var proven = 0
  public var proofSeconds = 0.0
}

/// The mutants of one block.
public struct MutationOutcome: Sendable, Codable, Equatable {
  public var block: String
  /// The command that repeats it.
  public var command: String
  public var seed: UInt64
  /// The suite, in words.
  public var suite: String
  public var stages: [MutationStage]
  public var results: [MutantResult]
  /// What the bench made of wrong answers, in the first configuration.
  public var golden: [GoldenMutantResult] = []
  /// What the bench made of beats that were lost, doubled, exchanged, damaged or late, likewise.
  public var beats: [StreamMutantResult] = []
  /// What the bench made of a golden model with other constants, likewise.
  public var settings: [SettingMutantResult] = []
  /// Why a proof of equivalence could not be tried; nil if all could, or none was wanted.
  public var proofTrouble: String?
  /// Expressions of the sources that were not understood and stayed as they are.
  public var skippedExpressions: Int
  /// Entries of the block's waivers that no survivor needed: `file: line`.
  public var unusedWaivers: [String]
  /// Entries of waiver files that are about no mutant, since the source is another now.
  public var staleWaivers: [String] = []
  /// How many mutants there are, if those that were tried were drawn from them; nil if all were.
  public var drawnFrom: Int?
  public var wasInterrupted: Bool
  public var seconds: Double

  func count(_ matches: (MutantResult) -> Bool) -> Int { results.count(where: matches) }

  public var killed: Int { count { if case .killed = $0.fate { true } else { false } } }
  /// Those that are not proven to be equivalent.
  public var survived: Int { count { $0.fate == .survived } }
  public var equivalent: Int { count { $0.fate == .equivalent } }
  public var waived: Int { survived - unexplained }
  public var unexplained: Int { count(\.isUnexplained) }
  public var absent: Int { count { $0.fate == .absent } }
  public var refused: Int { count { $0.fate == .refused } }
  public var untested: Int { count { $0.fate == .untested } }

  /// The share of killed mutants among those that could be noticed: neither absent, equivalent nor
  /// waived.
  public var score: Double? {
    let all = killed + unexplained
    return all > 0 ? Double(killed) / Double(all) : nil
  }

  /// The share of killed mutants among all that survived or were killed, waivers or not; those that are
  /// proven to be equivalent are not counted.
  public var rawScore: Double? {
    let all = killed + survived
    return all > 0 ? Double(killed) / Double(all) : nil
  }

  /// Wrong answers that nothing noticed.
  public var unnoticed: Int {
    golden.count { $0.noticedBy == nil } + beats.count { $0.noticedBy == nil }
      + settings.count { $0.reachesOutput && $0.noticedBy == nil }
  }

  /// Every mutant was tried, something was killed, every survivor is explained, every waiver is about a
  /// mutant, and every wrong answer was noticed.
  public var passes: Bool {
    !wasInterrupted && untested == 0 && unexplained == 0 && killed > 0 && unnoticed == 0
      && staleWaivers.isEmpty
  }
}
