/// How far the integer answer may be from the real one.
public struct Tolerance: Sendable, Hashable, Codable {
  /// The output array that is compared.
  public var array: String
  /// Real value of one unit of that array, given the scales of a batch.
  public var unit: Double
  /// When set, the unit is `unit * batch.scales[scaleKey]`.
  public var scaleKey: String?
  /// The code that stands for 0.
  public var zeroPoint: Int64
  /// Largest absolute error of an element, in the real unit.
  public var element: Double
  /// For a softmax, the range of the sum of a row's probabilities; otherwise nil.
  public var rowSum: ClosedRange<Double>?
  /// How much each element of a row may take from the lower end of ``rowSum``.
  public var rowLoss: Double
  /// The inputs for which the bound is claimed.
  public var domain: Domain
  /// The command that measured it.
  public var command: String

  public init(
    array: String, unit: Double, scaleKey: String? = nil, zeroPoint: Int64 = 0, element: Double,
    rowSum: ClosedRange<Double>? = nil, rowLoss: Double = 0,
    domain: Domain, command: String
  ) {
    self.array = array
    self.unit = unit
    self.scaleKey = scaleKey
    self.zeroPoint = zeroPoint
    self.element = element
    self.rowSum = rowSum
    self.rowLoss = rowLoss
    self.domain = domain
    self.command = command
  }

  /// The real value of one unit of ``array``, given the scales of its batch.
  ///
  /// - Returns: NaN where ``scaleKey`` names a scale that is not given.
  public func realUnit(scales: [String: Double]) -> Double {
    unit * (scaleKey.map { scales[$0] ?? .nan } ?? 1)
  }

  /// The real value of a code of ``array``, given the scales of its batch.
  ///
  /// - Returns: NaN where ``scaleKey`` names a scale that is not given.
  public func real(_ code: Int64, scales: [String: Double]) -> Double {
    Double(code - zeroPoint) * realUnit(scales: scales)
  }

  /// What a row of `length` elements may sum to; nil where sums are not bounded.
  public func rowSum(length: Int) -> ClosedRange<Double>? {
    guard let rowSum else { return nil }
    return max(0, rowSum.lowerBound - Double(length) * rowLoss)...rowSum.upperBound
  }
}

/// The inputs for which a tolerance is claimed: what holds of the values of a block's main input, the
/// first of its input arrays.
public struct Domain: Sendable, Hashable, Codable {
  /// The real value of one code; nil where it does not matter. A single value where the algorithm has
  /// its scale built in.
  public var scale: ClosedRange<Double>?
  /// The largest absolute real value; nil where every code will do.
  public var magnitude: Double?
  /// Elements of a row; nil where the block knows no rows, or any will do.
  public var length: ClosedRange<Int>?
  /// Whether a row's length must be a power of two.
  public var isPowerOfTwoLong: Bool
  /// The standard deviation of the normally distributed values of a row, real where ``scale`` is given,
  /// otherwise in codes; nil where the distribution does not matter.
  public var deviation: ClosedRange<Double>?
  /// What else must hold, in words; empty for nothing.
  public var conditions: String

  /// Every input, unless said otherwise.
  public init(
    scale: ClosedRange<Double>? = nil, magnitude: Double? = nil, length: ClosedRange<Int>? = nil,
    isPowerOfTwoLong: Bool = false, deviation: ClosedRange<Double>? = nil, conditions: String = ""
  ) {
    self.scale = scale
    self.magnitude = magnitude
    self.length = length
    self.isPowerOfTwoLong = isPowerOfTwoLong
    self.deviation = deviation
    self.conditions = conditions
  }

  /// The scale that the algorithm has built in; nil where its settings follow the scale.
  public var builtInScale: Double? {
    guard let scale, scale.lowerBound == scale.upperBound else { return nil }
    return scale.lowerBound
  }

  /// Whether a row of `length` elements is in the domain.
  public func contains(length: Int) -> Bool {
    (self.length?.contains(length) ?? true)
      && (!isPowerOfTwoLong || length > 0 && length & (length - 1) == 0)
  }

  /// Whether a scale is in the domain, to within a rounding to single precision.
  public func contains(scale: Double) -> Bool {
    guard let range = self.scale else { return true }
    return scale >= range.lowerBound * (1 - 0x1p-22) && scale <= range.upperBound * (1 + 0x1p-22)
  }

  /// The domain in words, for people.
  public var words: String {
    var parts: [String] = []
    if let builtInScale {
      parts.append("a scale of \(Domain.short(builtInScale))")
    } else if let scale {
      parts.append(
        "scales from \(Domain.short(scale.lowerBound)) to \(Domain.short(scale.upperBound))")
    }
    if let magnitude { parts.append("values up to \(Domain.short(magnitude))") }
    if let length {
      let kind = isPowerOfTwoLong ? " elements, a power of two" : " elements"
      parts.append("rows of \(length.lowerBound) to \(length.upperBound)\(kind)")
    }
    if let deviation {
      let unit = scale == nil ? " codes" : ""
      parts.append(
        "normal values with a standard deviation of \(Domain.short(deviation.lowerBound)) to "
          + "\(Domain.short(deviation.upperBound))\(unit)")
    }
    if !conditions.isEmpty { parts.append(conditions) }
    return parts.isEmpty ? "every input" : parts.joined(separator: "; ")
  }

  /// A power of two as such, other numbers with four significant digits.
  private static func short(_ value: Double) -> String {
    if value.significand == 1, abs(value.exponent) > 4 { return "2^\(value.exponent)" }
    if value == value.rounded(), abs(value) < 1e6 { return "\(Int(value))" }
    var unit = 1.0
    while abs(value) * unit < 1000 { unit *= 10 }
    return "\((value * unit).rounded() / unit)"
  }
}
