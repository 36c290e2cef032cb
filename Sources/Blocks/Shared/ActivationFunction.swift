import Foundation

/// The real functions that activation blocks approximate.
public enum ActivationFunction: Int, CaseIterable, Sendable, Codable {
  /// v (1 + erf(v / sqrt 2)) / 2.
  case gelu
  /// The form of GELU with tanh: v (1 + tanh(sqrt(2 / pi) (v + 0.044715 v^3))) / 2.
  case geluTanh
  /// 1 / (1 + e^-v).
  case logistic
  /// The hyperbolic tangent.
  case tanh
  /// e^v.
  case exponential

  /// The function's value.
  public func value(at value: Double) -> Double {
    switch self {
    case .gelu: value * 0.5 * (1 + erf(value / 2.0.squareRoot()))
    case .geluTanh:
      0.5 * value
        * (1
          + Foundation.tanh(
            (2 / Double.pi).squareRoot() * (value + 0.044715 * value * value * value)))
    case .logistic: 1 / (1 + exp(-value))
    case .tanh: Foundation.tanh(value)
    case .exponential: exp(value)
    }
  }
}
