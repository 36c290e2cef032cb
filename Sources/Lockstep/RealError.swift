/// How far the golden answer is from the real numbers that it approximates.
public struct RealError: Sendable, Codable, Equatable {
  /// The output or tap.
  public var array: String
  public var elements: Int
  /// Mean and largest absolute error, in the unit of the real numbers.
  public var mean: Double
  public var largest: Double
  /// Of the real numbers: their root mean square, to read the errors by.
  public var magnitude: Double

  /// - Parameters:
  ///   - codes: the golden answer.
  ///   - scale: real value of one code.
  ///   - real: what each code approximates; as many of them.
  public init(_ array: String, _ codes: [Int64], scale: Double, _ real: [Double]) {
    precondition(codes.count == real.count && !codes.isEmpty, "one real number for each code")
    self.array = array
    elements = codes.count
    var (sum, square) = (0.0, 0.0)
    largest = 0
    for (code, value) in zip(codes, real) {
      let error = (Double(code) * scale - value).magnitude
      sum += error
      square += value * value
      largest = max(largest, error)
    }
    mean = sum / Double(codes.count)
    magnitude = (square / Double(codes.count)).squareRoot()
  }
}
