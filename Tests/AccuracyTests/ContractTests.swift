import Accuracy
import Blocks
import Signals
import Testing

/// Stated bounds against what they are measured to be.
@Suite struct ContractTests {
  static let blocks = Catalogue.standard.blocks.map(\.name)

  private func variants(_ name: String) throws -> [Variant] {
    try Variant.all(of: try #require(Catalogue.standard[name]))
  }

  private func tampered(
    _ block: any Block, fault: @escaping @Sendable (inout Batch) -> Void = { _ in },
    claim: @escaping @Sendable (inout Tolerance) -> Void = { _ in }
  ) throws -> Contract {
    let tampered = Tampered(base: block, fault: fault, claim: claim)
    return Contract(Variant(tampered, try block.configuration()), batches: 20)
  }

  @Test(arguments: blocks) func `every stated bound holds and says something`(name: String) throws {
    for variant in try variants(name) {
      let contract = Contract(variant, batches: 60)
      #expect(contract.findings == [], "\(contract.variant)")
      #expect(contract.elements > 1000)
      // A bound that is far too wide says nothing.
      #expect(contract.worstError >= contract.tolerance.element / 4, "\(contract.variant)")
      #expect((contract.rowSum != nil) == (contract.tolerance.rowSum != nil))
    }
  }

  @Test(arguments: blocks) func `a bound just below the worst error is broken`(name: String) throws
  {
    let block = try #require(Catalogue.standard[name])
    let worst = try tampered(block).worstError
    let array = block.tolerance(in: try block.configuration()).array
    // What is exact leaves no room below: the least wrong answer breaks its bound.
    let contract =
      worst > 0
      ? try tampered(block, claim: { $0.element = worst * 0.99 })
      : try tampered(block, fault: { $0.items[array]?.values[0] += 1 })
    #expect(contract.findings == [.element])
    #expect(contract.margin < 0)
    #expect(contract.worst != nil && !contract.worstStimulus.isEmpty)
  }

  @Test func `an answer that is off by more than the bound is found where it is`() throws {
    let contract = try tampered(IBERTSoftmax()) { answer in
      guard answer.count > 3, let row = answer.items["probs"]?.range(of: 3), row.count > 5 else {
        return
      }
      answer.items["probs"]?.values[row.lowerBound + 5] += 100
    }
    #expect(contract.findings.contains(.element))
    #expect(contract.worst?.row == 3 && contract.worst?.index == 5)
    #expect(contract.worstError > 100.0 / 256 - 0.03)
  }

  @Test func `a row that loses its mass is found by its sum alone`() throws {
    // One unit off each element of long rows: within the bound of an element, not of the sum.
    let contract = try tampered(GemmlowpSoftmax()) { answer in
      guard let probs = answer.items["probs"] else { return }
      for index in probs.values.indices where probs.values[index] > -128 {
        answer.items["probs"]?.values[index] -= 1
      }
    } claim: {
      $0.element = 1
    }
    #expect(contract.findings.count == 1)
    guard case .rowSum(let sum) = contract.findings[0] else {
      Issue.record("\(contract.findings)")
      return
    }
    #expect(sum.margin < 0 && sum.sum < sum.least)
  }

  @Test func `a domain that no input is in is no pass`() throws {
    let contract = try tampered(Shiftmax(), claim: { $0.domain = Domain(length: 5000...6000) })
    #expect(contract.findings == [.nothingCompared])
  }

  @Test func `a domain that reaches beyond what the block takes is a finding`() throws {
    // c has 33 bits and -2^-20 asks for more.
    let contract = try tampered(IBERTSoftmax(), claim: { $0.domain.scale = 0x1p-20...0x1p-6 })
    #expect(
      contract.findings.contains {
        if case .refused = $0 { true } else { false }
      })
  }

  @Test func `NaN is no pass`() throws {
    let contract = try tampered(IBERTGELU(), claim: { $0.scaleKey = "no such scale" })
    #expect(contract.findings == [.element])
    #expect(contract.worstError == .infinity)
  }

  @Test func `lengths take from the least row sum`() {
    let tolerance = Tolerance(
      array: "probs", unit: 1, element: 1, rowSum: 0.5...1.5, rowLoss: 0.125, domain: Domain(),
      command: "")
    #expect(tolerance.rowSum(length: 2) == 0.25...1.5)
    #expect(tolerance.rowSum(length: 100) == 0...1.5)
  }

  @Test func `a domain in words says all that it holds`() {
    #expect(Domain().words == "every input")
    let domain = Domain(
      scale: 0x1p-12...0.5, magnitude: 8, length: 16...2048, isPowerOfTwoLong: true,
      deviation: 1...4, conditions: "no saturation")
    #expect(
      domain.words == """
        scales from 2^-12 to 0.5; values up to 8; rows of 16 to 2048 elements, a power of two; \
        normal values with a standard deviation of 1 to 4; no saturation
        """)
    #expect(domain.contains(length: 64) && !domain.contains(length: 65))
    #expect(domain.contains(scale: 0.25) && !domain.contains(scale: 0.51))
    #expect(Domain(scale: 0.1...0.1).builtInScale == 0.1 && domain.builtInScale == nil)
  }
}
