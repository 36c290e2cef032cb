public import Signals

/// What a hunt makes as large as it can.
public enum HuntAim: String, Sendable, Codable, CaseIterable {
  /// The absolute error of an element, in the real unit.
  case element
  /// How far the sum of a row's probabilities is from 1.
  case rowSum
}

/// An input, and what golden and the real function make of it.
public struct HuntCase: Sendable, Codable, Equatable {
  /// What the hunt was after: an error or a distance of a sum from 1.
  public var badness: Double
  /// Real value of one code.
  public var scale: Double
  /// The row, or the code alone for a scalar unit.
  public var row: [Int64]
  /// The element, its answer and the real one; for a sum the sum and 1.
  public var index: Int
  public var got: Double
  public var exact: Double
}

/// The largest badness over one quantity: a landscape's outline.
public struct HuntCurve: Sendable, Codable, Equatable {
  public var label: String
  public var isLogarithmic: Bool
  public var x: [Double]
  public var y: [Double]
}

/// The worst that a hunt found.
public struct HuntOutcome: Sendable, Codable {
  public var block: String
  public var configuration: Configuration
  public var command: String
  public var aim: HuntAim
  /// The inputs that were looked at, in words.
  public var domain: String
  /// Whether every input of the domain's scales was tried.
  public var isExhaustive: Bool
  /// What the block states, where the domain is the stated one.
  public var bound: Double?
  public var worst: HuntCase?
  /// Rows, or codes, that were tried, and those that the block refused.
  public var tried = 0
  public var refused = 0
  public var landscape: [HuntCurve] = []
  public var wasInterrupted = false
  public var seconds = 0.0

  /// Nothing is beyond the stated bound.
  public var holds: Bool { bound.map { (worst?.badness ?? 0) <= $0 } ?? true }
}
