import Blocks
import Signals
import Testing

/// What blocks claim of themselves: that it is so, and that a wrong answer would be seen.
@Suite struct RelationTests {
  private struct Pair {
    var relation: Relation
    var found: RelationCase
  }

  /// Pairs of batches with their golden answers, for each relation of a block some.
  private func pairs(_ block: any Block) throws -> [String: [Pair]] {
    let configuration = try block.configuration()
    var result: [String: [Pair]] = [:]
    let batches =
      block.corners(in: configuration)
      + (0..<4).map { block.stimulus(seed: 3, index: $0, in: configuration) }
    for (index, batch) in batches.enumerated() {
      for relation in block.allRelations(in: configuration)
      where result[relation.name]?.count ?? 0 < 6 {
        let base = relation.base(of: batch, in: configuration)
        guard
          let related = relation.related(to: base, in: configuration, seed: 1, index: index),
          let answer = try? block.golden(base, in: configuration),
          let relatedAnswer = try? block.golden(related, in: configuration)
        else { continue }
        result[relation.name, default: []].append(
          Pair(
            relation: relation,
            found: RelationCase(
              configuration, batch: base, related: related, answer: answer,
              relatedAnswer: relatedAnswer)))
      }
    }
    return result
  }

  @Test(arguments: Catalogue.standard.blocks.map(\.name))
  func everyRelationAppliesAndHoldsOfTheGoldenModel(_ name: String) throws {
    let block = try #require(Catalogue.standard[name])
    let pairs = try pairs(block)
    for relation in block.allRelations(in: try block.configuration()) {
      #expect(pairs[relation.name] != nil, "\(relation.name) never applies")
    }
    for pair in pairs.values.joined() {
      let violation = pair.relation.violation(in: pair.found)
      #expect(violation == nil, "\(pair.relation.name): \(violation?.text ?? "")")
    }
  }

  /// In half of the answers each element is wrong by itself; every relation sees some of that.
  @Test(arguments: Catalogue.standard.blocks.map(\.name))
  func everyRelationSeesPlantedViolations(_ name: String) throws {
    let block = try #require(Catalogue.standard[name])
    let configuration = try block.configuration()
    let outputs = try block.interface(in: configuration).arrays.filter { $0.role == .output }
    for (relation, pairs) in try pairs(block) {
      var isSeen = false
      for pair in pairs {
        for seed: UInt64 in 1...4 {
          var broken = pair.found
          var generator = CounterGenerator(seed: seed, stream: 1, index: 0)
          for output in outputs {
            let range = IntegerFormat.signed(40).range
            let values = broken.answer.items[output.name]?.values ?? []
            broken.answer.items[output.name]?.values = values.map {
              $0 + (generator.next() & 1 == 0 ? generator.value(in: range) : 0)
            }
          }
          isSeen = isSeen || pair.relation.violation(in: broken) != nil
        }
      }
      #expect(isSeen, "\(relation) of \(name) sees nothing")
    }
  }

  /// What looks as if it held, and does not.
  @Test func shiftsThatAreNotClaimedDoNotHold() throws {
    // Softermax rounds the maximum to whole octaves of four codes.
    let block = Softermax()
    let configuration = try block.configuration()
    let row: [Int64] = [
      51, 99, -85, -52, -71, -49, -38, -86, 79, -49, 84, 52, -66, 39, 54, -75, -75, -25, -87, -16,
      -5, 32, 14, -9,
    ]
    func answer(_ shift: Int64) throws -> [Int64] {
      let x = RaggedTensor(rows: [row.count], values: row.map { $0 + shift })
      return try block.golden(Batch(count: 1, items: ["scores": x]), in: configuration)
        .items["probs"]?.values ?? []
    }
    #expect(try answer(4) == answer(0))
    #expect(try answer(1) != answer(0))
  }
}
