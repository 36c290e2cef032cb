import Blocks

extension AccuracyError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownName(let name, let known):
      "there is no block or family '\(name)'; there are \(known.joined(separator: ", "))"
    case .noFamily(let block):
      "\(block) belongs to no family of approximations; --check measures its stated bound"
    case .noArray(let path, let array, let found):
      "\(path) has no array '\(array)'; it has \(found.joined(separator: ", ")). "
        + "Choose one with --array."
    case .noRows(let path, let array, let shape):
      "the array '\(array)' of \(path) has the shape \(shape): rows need at least one element"
    case .noScale(let path, let family):
      "the codes in \(path) need a scale to be compared with a real \(family.rawValue): "
        + "give it with --scale"
    case .doesNotFit(let block, let array, let value, let range):
      "\(block) takes \(range.lowerBound)...\(range.upperBound) in '\(array)', but the input has "
        + "\(value)"
    case .severalFamilies(let families):
      "one file cannot be the input of \(families.map(\.rawValue).joined(separator: " and ")): "
        + "name one family or blocks of one"
    }
  }
}
