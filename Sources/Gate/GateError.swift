/// Why a gate could not give a verdict. What it finds wrong is no error.
public enum GateError: Error, Sendable, Hashable {
  /// A plan that cannot be used; `line` from 1 where there is one.
  case plan(file: String, line: Int?, reason: String)
  /// A plan that asks for nothing.
  case nothingPlanned(level: String, root: String)
  /// git does not answer what it is asked.
  case git(attempt: String, reason: String)
  /// The executable was built before a source of it was changed.
  case staleExecutable(executable: String, source: String)
  /// A file of a report that cannot be read or is none.
  case report(path: String, reason: String)
  /// Reports that are not of one run.
  case otherRuns(first: String, second: String, difference: String)
  case cannotWrite(path: String, reason: String)
  /// A worker could not be started.
  case worker(reason: String)
}
