import Blocks
import Signals
import Testing

/// What holds for the corners and the stimulus of every block of the catalogue.
@Suite struct StimulusTests {
  static let blocks = Catalogue.standard.blocks.map(\.name)

  /// Configurations at the ends of every parameter, and the default.
  private func configurations(_ block: any Block) throws -> [Configuration] {
    var result = [try block.configuration()]
    for parameter in block.parameters {
      for value in [parameter.range.lowerBound, parameter.range.upperBound] {
        guard parameter.choices?.contains(value) ?? true else { continue }
        let configuration = try block.configuration(
          named: "\(parameter.name) \(value)", [parameter.name: value])
        if (try? block.interface(in: configuration)) != nil { result.append(configuration) }
      }
    }
    return result
  }

  /// Whether every value is in the range of its array, in and out, and every array is there.
  private func faults(_ batch: Batch, _ interface: Interface, roles: Set<ArraySpecification.Role>)
    -> [String]
  {
    var faults: [String] = []
    for array in interface.arrays where roles.contains(array.role) {
      guard let values = batch.shared[array.name]?.values ?? batch.items[array.name]?.values else {
        faults.append("\(array.name) is missing")
        continue
      }
      if let bad = values.first(where: { !array.range.contains($0) }) {
        faults.append("\(array.name) has \(bad), outside \(array.range)")
      }
    }
    return faults
  }

  @Test(arguments: blocks)
  func `every corner and stimulus is in range and answered`(name: String) throws {
    let block = try #require(Catalogue.standard[name])
    for configuration in try configurations(block) {
      let interface = try block.interface(in: configuration)
      let corners = block.corners(in: configuration)
      #expect(!corners.isEmpty)
      let batches =
        corners + (0..<12).map { block.stimulus(seed: 3, index: $0, in: configuration) }
      for batch in batches {
        #expect(faults(batch, interface, roles: [.input]) == [], "\(configuration)")
        let golden = try block.golden(batch, in: configuration)
        #expect(golden.count == batch.count)
        #expect(
          faults(golden, interface, roles: [.output, .tap]) == [],
          "\(configuration) \(batch.labels.first ?? "stimulus")")
      }
      for corner in corners { #expect(corner.labels.count == corner.count) }
    }
  }

  @Test func `a value out of range is reported`() throws {
    let block = DyadicRequantizer()
    let configuration = try block.configuration()
    var batch = block.stimulus(seed: 1, index: 0, in: configuration)
    batch.items["x"]?.values[5] = 1 << 40
    batch.items["multiplier"] = nil
    let faults = faults(batch, block.interface(in: configuration), roles: [.input])
    #expect(faults.count == 2)
  }

  @Test(arguments: blocks) func `stimulus is a function of seed and index`(name: String) throws {
    let block = try #require(Catalogue.standard[name])
    let configuration = try block.configuration()
    let batches = (0..<8).map { block.stimulus(seed: 9, index: $0, in: configuration) }
    for (index, batch) in batches.enumerated() {
      #expect(block.stimulus(seed: 9, index: index, in: configuration) == batch)
      #expect(block.transactionCount(seed: 9, index: index, in: configuration) == batch.count)
      #expect(block.stimulus(seed: 10, index: index, in: configuration) != batch)
    }
    #expect(Set(batches).count == 8)
    #expect(Set(batches.map(\.count)).count > 1)
  }

  @Test(arguments: blocks) func `the answer of a transaction does not depend on its neighbours`(
    name: String
  ) throws {
    let block = try #require(Catalogue.standard[name])
    let configuration = try block.configuration()
    for index in 0..<6 {
      let batch = block.stimulus(seed: 5, index: index, in: configuration)
      let whole = try block.golden(batch, in: configuration)
      for range in [0..<1, 3..<9, (batch.count - 2)..<batch.count] {
        let part = try block.golden(batch.transactions(range), in: configuration)
        #expect(part.items == whole.transactions(range).items)
      }
    }
  }
}

/// The distance of golden from ideal over some batches.
struct Accuracy {
  private(set) var compared = 0
  private(set) var worst = 0.0

  init(_ block: any Block, _ batches: [Batch], in configuration: Configuration) throws {
    let tolerance = block.tolerance(in: configuration)
    for batch in batches {
      guard let ideal = block.ideal(batch, in: configuration) else { continue }
      let golden = try block.golden(batch, in: configuration).item(tolerance.array)
      for (code, real) in zip(golden.values, ideal) {
        compared += 1
        let error = abs(tolerance.real(code, scales: batch.scales) - real)
        // A comparison with NaN must not pass.
        worst = error.isNaN ? .infinity : max(worst, error)
      }
    }
  }
}
