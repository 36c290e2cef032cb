public import Blocks
import Foundation
import Signals

/// Inputs on which the blocks of a family are compared: the same for all of them.
public struct Scenario: Sendable, Hashable, Codable {
  /// Where the values come from.
  public enum Values: Sendable, Hashable, Codable {
    /// Normally distributed around 0.
    case normal
    /// One row of all codes of 8 bits.
    case everyCode
    /// An array of a file.
    case file(path: String, array: String)
  }

  public var family: Family
  public var values: Values
  /// Real value of one code. The ratio, for requantisation; without effect on normalisation.
  public var scale: Double
  /// Elements of a row.
  public var length: Int
  /// Standard deviation of normal values: real for softmax, in codes of the input for normalisation, in
  /// codes of the output for requantisation.
  public var deviation: Double
  public var rows: Int
  public var seed: UInt64

  public init(
    _ family: Family, _ values: Values = .normal, scale: Double = 1, length: Int = 64,
    deviation: Double = 1, rows: Int = 200, seed: UInt64 = 1
  ) {
    self.family = family
    self.values = values
    self.scale = scale
    self.length = length
    self.deviation = deviation
    self.rows = rows
    self.seed = seed
  }

  /// What is compared where nothing else is asked for: scales and lengths from easy to hard.
  public static func standard(
    _ family: Family, rows: Int = 200, seed: UInt64 = 1
  ) -> [Scenario] {
    func scenario(
      _ scale: Double, _ length: Int, _ deviation: Double, _ values: Values = .normal
    ) -> Scenario {
      Scenario(
        family, values, scale: scale, length: length, deviation: deviation,
        rows: values == .normal ? rows : 1, seed: seed)
    }
    let ln2 = log(2.0)
    return switch family {
    case .softmax:
      [
        scenario(ln2 / 32, 64, 1), scenario(ln2 / 32, 512, 1), scenario(ln2 / 4, 64, 3),
        scenario(ln2, 64, 4),
      ]
    case .activation: [0x1p-5, 0x1p-4, 0.02].map { scenario($0, 256, 0, .everyCode) }
    case .normalisation:
      [scenario(1, 256, 5), scenario(1, 1024, 40), scenario(1, 1024, 1000), scenario(1, 256, 8000)]
    case .requantisation:
      [scenario(0.00123, 256, 40), scenario(0x1p-10, 256, 40), scenario(0.37, 256, 40)]
    }
  }

  /// The codes of the main input, each standing for itself times ``scale``.
  ///
  /// Softmax rows have codes of 8 bits, normalisation 16, requantisation 26: what every block of the
  /// family takes. Values beyond are clamped.
  ///
  /// - Precondition: the values are not those of a file.
  func codes() -> RaggedTensor {
    switch values {
    case .everyCode:
      return RaggedTensor(rows: [256], values: Array(-128...127))
    case .file:
      preconditionFailure("the codes of a file are read from it")
    case .normal:
      let (unit, bits) =
        switch family {
        case .softmax, .activation: (deviation / scale, 8)
        case .normalisation: (deviation, 16)
        case .requantisation: (deviation / scale, 26)
        }
      let range = IntegerFormat.signed(bits).range
      return NormalRows(seed: seed, deviation: unit, range: range).rows(count: rows, length: length)
    }
  }
}

/// Rows of rounded normal values, a function of the seed and of each row's number alone.
struct NormalRows {
  var seed: UInt64
  /// In codes.
  var deviation: Double
  /// Values are clamped to it.
  var range: ClosedRange<Int64>

  func rows(count: Int, length: Int) -> RaggedTensor {
    var values: [Int64] = []
    values.reserveCapacity(count * length)
    for row in 0..<count {
      // Separates these draws from those of stimulus.
      var generator = CounterGenerator(seed: seed, stream: 0xACC, index: UInt64(row))
      while values.count < (row + 1) * length {
        for normal in NormalRows.pair(&generator) where values.count < (row + 1) * length {
          let code = (normal * deviation).rounded(.toNearestOrEven)
          values.append(
            Int64(min(max(code, Double(range.lowerBound)), Double(range.upperBound))))
        }
      }
    }
    return RaggedTensor(rows: [Int](repeating: length, count: count), values: values)
  }

  /// Two independent normal values (Box and Muller): with true tails, which decide maximum errors.
  private static func pair(_ generator: inout CounterGenerator) -> [Double] {
    let radius = (-2 * log(Double.random(in: 0x1p-53...1, using: &generator))).squareRoot()
    let angle = 2 * Double.pi * Double.random(in: 0..<1, using: &generator)
    return [radius * cos(angle), radius * sin(angle)]
  }
}
