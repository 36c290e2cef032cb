import Foundation
import Signals

/// A real function between two quantised numbers: code -> real -> function -> code.
struct ActivationQuantisation {
  let function: ActivationFunction
  let x: Double
  let y: Double
  let xZeroPoint: Double
  let yZeroPoint: Double

  /// What ``init(_:)`` asks of the scales, for an error.
  static let limit =
    "the scales of x and y must be positive and 'function' the number of a function"

  /// - Parameter scales: `x` and `y`; `x_zero_point`, `y_zero_point` and `function`, each 0 (the
  ///   function GELU) where left out.
  /// - Returns: nil where a scale is missing or not positive, or there is no such function.
  init?(_ scales: [String: Double]) {
    guard let x = scales["x"], let y = scales["y"], x > 0, y > 0, x.isFinite, y.isFinite,
      let number = Int(exactly: scales["function"] ?? 0),
      let function = ActivationFunction(rawValue: number)
    else { return nil }
    self.function = function
    (self.x, self.y) = (x, y)
    (xZeroPoint, yZeroPoint) = (scales["x_zero_point"] ?? 0, scales["y_zero_point"] ?? 0)
  }

  /// The function of the real value of a code, in units of `y`, without its zero point.
  func quotient(of code: Double) -> Double { function.value(at: x * (code - xZeroPoint)) / y }

  /// The same with the zero point of `y`.
  func code(of code: Double) -> Double { quotient(of: code) + yZeroPoint }

  /// ``code(of:)`` rounded half away from zero, before the zero point is added.
  func roundedCode(of code: Double) -> Int64 {
    let rounded = quotient(of: code).rounded(.toNearestOrAwayFromZero) + yZeroPoint.rounded()
    return Int64(min(max(rounded, -0x1p62), 0x1p62))
  }

  /// A function, scales that spread the codes over -16...16 at most, and often zero points.
  static func randomScales(
    codes: ClosedRange<Int64>, using generator: inout CounterGenerator
  ) -> [String: Double] {
    let half = Double(codes.upperBound) + 1
    let function = generator.choice(ActivationFunction.allCases)
    let reach = generator.scale(exponents: 0...3)
    let scales = [
      "function": Double(function.rawValue), "x": reach / half,
      "y": generator.scale(exponents: -1...2) / half,
    ]
    guard generator.oneIn(2) else { return scales }
    return scales.merging(
      [
        "x_zero_point": Double(generator.value(in: codes)),
        "y_zero_point": Double(generator.value(in: codes)),
      ], uniquingKeysWith: { $1 })
  }
}
