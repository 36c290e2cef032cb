public import Signals
public import Sparsity

/// Why a golden model has no answer.
public enum BlockError: Error, Sendable, Equatable {
  /// Parameters that are each in range but exclude each other.
  case inconsistentParameters(block: String, reason: String)
  /// A value for which the algorithm or its widths are not defined. `limit` names the limit.
  case outsideDomain(block: String, transaction: Int, limit: String, found: String)
  /// Arrays of a transaction that are no sparse matrix, or weights that do not fit the block's format.
  case notSparse(block: String, transaction: Int, error: SparsityError)
  /// Arrays that do not make a batch.
  case signals(SignalError)
  /// The block's settings are not derived from a scale.
  case noSettings(block: String)
  /// A scale that the settings are derived from was not given.
  case missingScale(block: String, name: String)
  /// A scale from which no settings follow that fit their formats. `limit` names the limit.
  case scaleOutOfRange(block: String, limit: String, found: String)
  /// A golden model outside this program has no answer.
  case external(block: String, reason: String)
}

extension BlockError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .inconsistentParameters(let block, let reason):
      "\(block): \(reason)"
    case .outsideDomain(let block, let transaction, let limit, let found):
      "\(block): transaction \(transaction) is outside the domain: \(limit), but found \(found)"
    case .notSparse(let block, let transaction, let error):
      "\(block): transaction \(transaction) holds no sparse matrix: \(error)"
    case .signals(let error):
      error.description
    case .noSettings(let block):
      "\(block) has no settings that are derived from a scale"
    case .missingScale(let block, let name):
      "\(block): its settings are derived from the scale of '\(name)', which was not given"
    case .scaleOutOfRange(let block, let limit, let found):
      "\(block): no settings follow from the given scales: \(limit), but found \(found)"
    case .external(let block, let reason):
      "\(block): \(reason)"
    }
  }
}
