public import Signals

/// Why a golden model outside this program has no answer.
public enum ExternalError: Error, Sendable, Hashable {
  /// The program does not start.
  case cannotStart(command: [String], reason: String)
  /// No answer in time. `errors` is the end of what it wrote to its standard error.
  case timedOut(command: [String], seconds: Double, errors: String)
  /// It ended before it answered; `status` says how.
  case ended(command: [String], status: String, errors: String)
  /// Its standard output does not begin with the length of a frame; `found` is what it begins with.
  case notAFrame(command: [String], found: String, errors: String)
  /// The frame is no `.npz` archive of integers.
  case unreadable(command: [String], reason: String)
  /// The program speaks another protocol.
  case otherProtocol(command: [String], found: Int, expected: Int)
  /// The program says that it has no answer.
  case refused(command: [String], message: String)
  /// The answer lacks an output.
  case missingOutput(String, found: [String], from: String)
  /// The answer has an array that the block does not have.
  case unknownArray(String, known: [String], from: String)
  /// Answers for another number of transactions.
  case wrongCount(array: String, expected: Int, found: Int, from: String)
  /// An array whose first axis, or `<array>.shape`, does not go with its values.
  case wrongShape(array: String, reason: String, from: String)
  /// A value that the output cannot hold.
  case outOfRange(
    array: String, transaction: Int, element: Int, value: Int64, format: IntegerFormat, from: String
  )
  /// Real numbers where integers are expected.
  case reals(array: String, type: String, from: String)
  /// No file has this transaction.
  case unknownTransaction(Int, paths: [String])
  /// Two transactions with the same inputs and other outputs.
  case contradiction(path: String, transaction: Int, other: String, otherTransaction: Int)
  /// The manifest names neither a program nor vectors.
  case noGolden
}
