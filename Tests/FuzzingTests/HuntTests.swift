import Blocks
import Fuzzing
import Reports
import Signals
import Testing

/// What is known to be wrong with the published algorithms, found without being told.
@Suite struct HuntTests {
  private func hunt(
    _ name: String, _ values: [String: Int] = [:], aim: HuntAim = .element, scale: Double? = nil,
    length: Int? = nil, sigma: Double? = nil, everywhere: Bool = true, count: Int = 4000,
    jobs: Int = 2
  ) throws -> HuntOutcome {
    let block = try #require(Catalogue.standard[name])
    var place = Hunt.Place()
    place.isEverywhere = everywhere
    place.scale = scale
    place.length = length
    place.sigma = sigma
    return try Hunt(
      block, in: block.configuration(values), aim: aim, place: place, count: count, jobs: jobs,
      command: "cosim hunt \(name)"
    ).run()
  }

  @Test func theGELUOfIBERTBreaksWithScalesOfEightBits() throws {
    let coded = try hunt("ibert_gelu", ["InputBits": 8], scale: 0x1p-5)
    #expect(coded.isExhaustive)
    #expect(coded.tried == 256)
    let worst = try #require(coded.worst)
    #expect(worst.badness > 2)
    // The published form, without the extra shift, does not.
    let published = try hunt("ibert_gelu", ["InputBits": 8, "ErfShift": 0], scale: 0x1p-5)
    #expect(try #require(published.worst).badness < 0.05)
  }

  @Test func shiftGELUCollapsesWhereTheMaximumOfARowIsBeyondItsOctaves() throws {
    let worst = try #require(try hunt("shift_gelu", scale: 0.1).worst)
    #expect(worst.badness > 6)
    #expect(Double(worst.row.max() ?? 0) * worst.scale > 9.4)
  }

  @Test func theSumOfITAOverflowsAndItsRowsLoseTheirMass() throws {
    let outcome = try hunt(
      "ita_softmax", ["MaxLength": 4096, "EpsilonShift": 5], aim: .rowSum)
    let worst = try #require(outcome.worst)
    #expect(worst.badness >= 1)
    #expect(worst.row.count >= 2048)
  }

  @Test func longRowsOfIBERTLoseMostOfTheirMassAndFlatOnesAllOfIt() throws {
    // Of 512 equal scores each probability is floor(32767 * 256 / 2^24) = 0.
    let flat = try #require(try hunt("ibert_softmax", aim: .rowSum, length: 512).worst)
    #expect(flat.got == 0)
    // Normal scores of deviation 1 keep a third, as the published form is known to.
    let scale = 0.6931 / 32
    let normal = try #require(
      try hunt(
        "ibert_softmax", aim: .rowSum, scale: scale, length: 512, sigma: 1, count: 800
      ).worst)
    #expect((0.25...0.35).contains(normal.got), "\(normal.got)")
  }

  @Test func tenStepsOfNewtonFailForSmallVariances() throws {
    let worst = try #require(try hunt("ivit_layernorm", scale: 1, length: 256).worst)
    #expect(worst.badness > 0.7)
  }

  @Test func resultsDependOnTheSeedAndNotOnTheNumberOfJobs() throws {
    let one = try hunt("ita_softmax", count: 800, jobs: 1)
    let two = try hunt("ita_softmax", count: 800, jobs: 2)
    #expect(one.worst == two.worst)
    #expect(one.landscape == two.landscape)
    #expect(one.worst != nil)
  }

  @Test func statedBoundsAreHeldAgainstWhatIsFound() throws {
    let outcome = try hunt("lut_activation", everywhere: false)
    #expect(outcome.bound != nil)
    #expect(outcome.holds)
    var broken = outcome
    broken.bound = (outcome.worst?.badness ?? 0) / 2
    #expect(!broken.holds)
    #expect(HuntReport().render(broken).contains("beyond the stated"))
    #expect(HuntReport().page([outcome]).contains("<svg"))
  }

  @Test func blocksWithoutARealFunctionAreRefused() {
    #expect(throws: FuzzingError.self) {
      _ = try Hunt(Scaler(), in: Fixture.configuration, command: "").run()
    }
    #expect(throws: FuzzingError.self) { _ = try hunt("lut_activation", aim: .rowSum) }
    #expect(throws: FuzzingError.self) { _ = try hunt("lut_activation", sigma: 1) }
  }
}
