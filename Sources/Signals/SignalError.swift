/// Why data could not become what crosses the pins.
public enum SignalError: Error, Sendable, Equatable {
  case unknownParameter(String, known: [String])
  case parameterOutOfRange(Parameter, value: Int)
  case missingArray(String, known: [String])
  case unknownArray(String, known: [String])
  case wrongRank(array: String, expected: [String], found: [Int])
  case wrongExtent(array: String, axis: String, expected: Int, found: Int)
  case valueOutOfRange(array: String, index: [Int], value: Int64, range: ClosedRange<Int64>)
  case empty(array: String)
  case unequalLengths(array: String)
}

extension SignalError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownParameter(let name, let known):
      "there is no parameter '\(name)'; the parameters are \(known.joined(separator: ", "))"
    case .parameterOutOfRange(let parameter, let value):
      "parameter \(parameter.name) is \(value), but must be "
        + (parameter.choices.map { "one of \($0.map(String.init).joined(separator: ", "))" }
          ?? "in \(parameter.range.lowerBound)...\(parameter.range.upperBound)")
    case .missingArray(let name, let known):
      "array '\(name)' is missing; the input arrays are \(known.joined(separator: ", "))"
    case .unknownArray(let name, let known):
      "array '\(name)' is not one of this block's; they are \(known.joined(separator: ", "))"
    case .wrongRank(let array, let expected, let found):
      "array '\(array)' has shape \(shape(found)), but [\(expected.joined(separator: ", "))] is expected"
    case .wrongExtent(let array, let axis, let expected, let found):
      "array '\(array)' has \(found) elements along \(axis), but the other arrays have \(expected)"
    case .valueOutOfRange(let array, let index, let value, let range):
      "\(array)\(shape(index)) is \(value), but must be in \(range.lowerBound)...\(range.upperBound)"
    case .empty(let array):
      "array '\(array)' has no elements"
    case .unequalLengths(let array):
      "the transactions of '\(array)' have different shapes and do not fit one array"
    }
  }

  private func shape(_ extents: [Int]) -> String {
    extents.isEmpty ? "" : "[\(extents.map(String.init).joined(separator: ", "))]"
  }
}
