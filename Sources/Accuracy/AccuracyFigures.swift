import Blocks
import Foundation
public import Signals

/// How far the golden answers of one variant are from the real ones, on the inputs of a scenario.
public struct AccuracyFigures: Sendable, Hashable, Codable {
  /// ``Variant/label``.
  public var variant: String
  public var block: String
  public var configuration: Configuration
  /// Rows and elements that were compared.
  public var rows = 0
  public var elements = 0
  /// Rows that the block refused, and why it refused the first; all of them where it has no settings.
  public var refusedRows = 0
  public var refusal: String?
  /// Largest and mean absolute error, in the real unit of the family.
  public var maxError = 0.0
  public var meanError = 0.0
  /// Distance between neighbouring codes of the answer; nil where they are not evenly spaced.
  public var unit: Double?
  /// Smallest, mean and largest sum of a row's probabilities.
  public var rowSum: Spread?
  /// Mean and largest Kullback-Leibler divergence of a row's answer from its real probabilities, bits.
  public var divergence: Spread?
  /// Where the largest error is.
  public var worst: WorstCase?
  /// Whether scale, lengths, magnitudes and deviation are those for which the block states its bound.
  public var isInDomain = false

  /// Largest and mean error in codes of the answer.
  public var maxErrorInCodes: Double? { unit.map { maxError / $0 } }
  public var meanErrorInCodes: Double? { unit.map { meanError / $0 } }

  init(_ variant: Variant) {
    self.variant = variant.label
    block = variant.block.name
    configuration = variant.configuration
  }
}

/// The least, the mean and the largest of some numbers.
public struct Spread: Sendable, Hashable, Codable {
  public private(set) var least = Double.infinity
  public private(set) var largest = -Double.infinity
  public private(set) var mean = 0.0
  private var count = 0

  init() {}

  mutating func add(_ value: Double) {
    least = min(least, value)
    largest = max(largest, value)
    count += 1
    mean += (value - mean) / Double(count)
  }
}

/// One element, with its input and both answers.
public struct WorstCase: Sendable, Hashable, Codable {
  /// Of the batch, from 0.
  public var row: Int
  /// In the row, from 0.
  public var index: Int
  /// Code of the main input; nil where an element does not come from a single one.
  public var input: Int64?
  public var exact: Double
  public var got: Double

  public init(row: Int, index: Int, input: Int64?, exact: Double, got: Double) {
    self.row = row
    self.index = index
    self.input = input
    self.exact = exact
    self.got = got
  }
}

/// One compared element, for curves.
struct Sample {
  /// Real value of the input.
  var input: Double
  var exact: Double
  var got: Double
}

extension Variant {
  /// Compares golden with ideal on rows of codes that stand for themselves times `scale`.
  ///
  /// Never throws: what the block refuses is counted and its reason kept.
  ///
  /// - Parameters:
  ///   - isWidened: shifts the codes of a softmax up, and its scale down, where its scores are wider
  ///     than the codes: the real logits remain the same.
  ///   - visit: sees each row's samples.
  func measure(
    _ codes: RaggedTensor, scale: Double, family: Family?, visit: ([Sample]) -> Void = { _ in }
  ) -> AccuracyFigures {
    let longest = (0..<codes.count).map { codes.range(of: $0).count }.max() ?? 0
    let variant = holding(length: longest)
    var result = AccuracyFigures(variant)
    let domain = block.tolerance(in: configuration).domain
    if let builtIn = domain.builtInScale, abs(scale / builtIn - 1) > 0x1p-10 {
      result.refusedRows = codes.count
      let digits = (builtIn * 1e6).rounded() / 1e6
      result.refusal = "the scale is built in: \(digits)"
      return result
    }
    do {
      let (codes, scale) = try variant.widened(codes, scale, family: family)
      let batch = try variant.block.batch(of: codes, scale: scale, in: variant.configuration)
      result.isInDomain = domain.holds(codes, scale: scale)
      variant.compare(batch, codes, scale: scale, family: family, into: &result, visit: visit)
    } catch {
      result.refusedRows = codes.count
      result.refusal = "\(error)"
    }
    return result
  }

  private func compare(
    _ batch: Batch, _ codes: RaggedTensor, scale: Double, family: Family?,
    into result: inout AccuracyFigures, visit: ([Sample]) -> Void
  ) {
    var meter = Meter(family: family)
    func add(_ part: Batch, _ answer: Batch, firstRow: Int) {
      guard let readings = block.readings(of: answer, to: part, in: configuration) else { return }
      let rows = codes.items(firstRow..<(firstRow + part.count))
      result.unit = readings.unit
      meter.add(readings, rows, firstRow: firstRow)
      for row in 0..<rows.count {
        visit(
          rows.range(of: row).map {
            Sample(
              input: Double(rows.values[$0]) * scale, exact: readings.exact[$0],
              got: readings.got[$0])
          })
      }
    }
    if let answer = try? block.golden(batch, in: configuration) {
      add(batch, answer, firstRow: 0)
    } else {
      // Some row is outside the domain of the block: the others still count.
      for row in 0..<batch.count {
        let part = batch.transactions(row..<(row + 1))
        do {
          add(part, try block.golden(part, in: configuration), firstRow: row)
        } catch {
          result.refusedRows += 1
          result.refusal = result.refusal ?? "\(error)"
        }
      }
    }
    meter.finish(&result)
  }

  /// The codes as the block takes them.
  ///
  /// A softmax whose scores are wider than the codes gets the same real logits in its finer steps: it is
  /// meant to fill its format.
  ///
  /// - Throws: ``AccuracyError/doesNotFit(block:array:value:range:)``.
  private func widened(
    _ codes: RaggedTensor, _ scale: Double, family: Family?
  ) throws -> (RaggedTensor, Double) {
    let main = try block.mainInput(in: configuration)
    guard let array = try block.interface(in: configuration).array(main) else {
      return (codes, scale)
    }
    let spare = array.format.width - 8
    if family == .softmax, spare > 0, codes.values.allSatisfy({ (-128...127).contains($0) }) {
      var wide = codes
      let factor = Int64(1) << Int64(spare)
      for index in wide.values.indices { wide.values[index] *= factor }
      return (wide, scale / Double(factor))
    }
    if let bad = codes.values.first(where: { !array.range.contains($0) }) {
      throw AccuracyError.doesNotFit(
        block: block.name, array: main, value: bad, range: array.range)
    }
    return (codes, scale)
  }
}

extension Domain {
  /// Whether rows of codes are in the domain, their deviation to within a quarter: that of a sample
  /// varies.
  fileprivate func holds(_ codes: RaggedTensor, scale: Double) -> Bool {
    let unit = self.scale == nil && magnitude == nil ? 1 : scale
    let largest = codes.values.lazy.map(\.magnitude).max() ?? 0
    if let magnitude, Double(largest) * unit > magnitude { return false }
    if let deviation {
      let found = Domain.deviation(of: codes) * unit
      if found < 0.75 * deviation.lowerBound || found > 1.25 * deviation.upperBound { return false }
    }
    return contains(scale: scale)
      && (0..<codes.count).allSatisfy { contains(length: codes.range(of: $0).count) }
  }

  /// The root of the mean variance of the rows.
  private static func deviation(of codes: RaggedTensor) -> Double {
    var total = 0.0
    for row in 0..<codes.count {
      let values = codes.values[codes.range(of: row)]
      let mean = values.reduce(0.0) { $0 + Double($1) } / Double(values.count)
      total += values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    }
    return (total / Double(max(1, codes.values.count))).squareRoot()
  }
}

/// Accumulates the errors of rows.
struct Meter {
  let family: Family?
  private var rows = 0
  private var elements = 0
  private var total = 0.0
  private var largest = -1.0
  private var worst: WorstCase?
  private var sums = Spread()
  private var divergence = Spread()

  init(family: Family?) { self.family = family }

  /// - Parameter firstRow: the number of the first row of `codes`.
  mutating func add(_ readings: Readings, _ codes: RaggedTensor, firstRow: Int) {
    for row in 0..<codes.count {
      let range = codes.range(of: row)
      for index in range {
        var error = abs(readings.got[index] - readings.exact[index])
        // A NaN compares with nothing and would pass for no error.
        if error.isNaN { error = .infinity }
        total += error
        if error > largest {
          largest = error
          worst = WorstCase(
            row: firstRow + row, index: index - range.lowerBound, input: codes.values[index],
            exact: readings.exact[index], got: readings.got[index])
        }
      }
      rows += 1
      elements += range.count
      if family == .softmax {
        sums.add(readings.got[range].reduce(0, +))
        let half = (readings.unit ?? 0x1p-16) / 2
        divergence.add(
          Meter.divergence(
            of: readings.got[range], from: readings.exact[range], half: half))
      }
    }
  }

  func finish(_ result: inout AccuracyFigures) {
    result.rows = rows
    result.elements = elements
    guard elements > 0 else { return }
    result.maxError = largest
    result.meanError = total / Double(elements)
    result.worst = worst
    if family == .softmax {
      result.rowSum = sums
      result.divergence = divergence
    }
  }

  /// The Kullback-Leibler divergence of an answer, divided by its sum, from the real probabilities.
  ///
  /// Bits. A probability that reads 0 is taken as `half` a unit: otherwise every row with a small
  /// probability would be infinitely far.
  static func divergence(
    of got: ArraySlice<Double>, from exact: ArraySlice<Double>, half: Double
  ) -> Double {
    let sum = got.reduce(0) { $0 + max($1, half) }
    var bits = 0.0
    for (got, exact) in zip(got, exact) where exact > 0 {
      bits += exact * log2(exact * sum / max(got, half))
    }
    // Rounding may leave a trace below 0.
    return max(0, bits)
  }
}
