import Signals

extension ExternalError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .cannotStart(let command, let reason):
      "the golden program `\(words(command))` does not start: \(reason)"
    case .timedOut(let command, let seconds, let errors):
      "the golden program `\(words(command))` did not answer within \(number(seconds)) s; "
        + "`timeout` under `golden` allows more" + last(errors)
    case .ended(let command, let status, let errors):
      "the golden program `\(words(command))` ended with \(status) before it answered"
        + last(errors)
    case .notAFrame(let command, let found, let errors):
      "the golden program `\(words(command))` wrote \(found) to its standard output, where "
        + "the length "
        + "of an answer is expected; what is meant for people belongs on its standard error"
        + last(errors)
    case .unreadable(let command, let reason):
      "the golden program `\(words(command))` answered with what is no .npz archive: \(reason)"
    case .otherProtocol(let command, let found, let expected):
      "the golden program `\(words(command))` answers in protocol \(found), where \(expected) is "
        + "spoken: replace its cosim_golden.py with the one that `cosim init` writes"
    case .refused(let command, let message):
      "the golden program `\(words(command))` has no answer: \(message)"
    case .missingOutput(let name, let found, let source):
      "\(source) has no output '\(name)'; it has \(list(found))"
    case .unknownArray(let name, let known, let source):
      "\(source) has an array '\(name)', but the arrays of the manifest are \(list(known))"
    case .wrongCount(let array, let expected, let found, let source):
      "\(source) has '\(array)' for \(found) transactions, where there are \(expected)"
    case .wrongShape(let array, let reason, let source):
      "\(source): the shape of '\(array)' is wrong: \(reason)"
    case .outOfRange(let array, let transaction, let element, let value, let format, let source):
      "\(source): element \(element) of '\(array)' in transaction \(transaction) is \(value), "
        + "which \(format) cannot hold"
    case .reals(let array, let type, let source):
      "\(source): '\(array)' is \(type), but the bits on pins are integers; convert it with "
        + "astype, or .view(numpy.uint32) for the bits of floating-point numbers"
    case .unknownTransaction(let transaction, let paths):
      "transaction \(transaction) is none of \(list(paths)), which alone say what is expected"
    case .contradiction(let path, let transaction, let other, let otherTransaction):
      "transaction \(transaction) of \(path) has the inputs of transaction \(otherTransaction) of "
        + "\(other), but other outputs: what is expected must follow from the inputs"
    case .noGolden:
      "it names no golden model: add `golden: {command: [python3, golden.py]}`, or give "
        + "vectors with expected outputs"
    }
  }

  private func words(_ command: [String]) -> String { command.joined(separator: " ") }

  private func list(_ names: [String]) -> String {
    names.isEmpty ? "nothing" : names.joined(separator: ", ")
  }

  private func number(_ seconds: Double) -> String {
    seconds == seconds.rounded() && seconds < 1e9 ? "\(Int(seconds))" : "\(seconds)"
  }

  private func last(_ errors: String) -> String {
    errors.isEmpty ? "" : ". Its standard error ends with:\n\(errors)"
  }
}
