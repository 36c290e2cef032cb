/// What the command line itself can get wrong.
enum CommandError: Error, CustomStringConvertible {
  case unknownBlock(String, known: [String])
  case noProject(from: String)
  case noManifest(block: String, path: String)
  case badAssignment(String)
  case badVectors(path: String, block: String, reason: String)
  case cannotWrite(path: String, reason: String)
  case noYosys(path: String)
  case noSingleMatrix(path: String, matrices: [String])
  case notSparse(String, known: [String])
  case cannotRead(path: String)
  case noCosim(path: String)
  case exists(paths: [String])

  var description: String {
    switch self {
    case .unknownBlock(let name, let known):
      "there is no block '\(name)'; the blocks are \(known.joined(separator: ", "))"
    case .noProject(let path):
      "no folder 'rtl' in \(path) or above it; give the project's folder with --root"
    case .noYosys(let path):
      "there is no program \(path) to prove survivors with; --no-prove does without"
    case .noManifest(let block, let path):
      "block '\(block)' has no RTL here: \(path) does not exist"
    case .badAssignment(let text):
      "'\(text)' is not of the form NAME=VALUE with a number as value"
    case .badVectors(let path, let block, let reason):
      "\(path) is no input of \(block): \(reason). `cosim describe \(block)` lists the arrays."
    case .noSingleMatrix(let path, let matrices):
      "\(path) has \(matrices.isEmpty ? "no matrix" : "several matrices: " + matrices.joined(separator: ", "))"
        + "; choose an array with --array"
    case .notSparse(let name, let known):
      "block '\(name)' leaves no zeros out, so its cycles do not depend on density; "
        + "\(known.joined(separator: ", ")) do"
    case .cannotRead(let path):
      "there is no file \(path)"
    case .noCosim(let path):
      "the folder from which this program was built, \(path), is there no more; say with --cosim where "
        + "the package finds cosim: a folder or a URL"
    case .exists(let paths):
      "\(paths.joined(separator: ", ")) \(paths.count == 1 ? "exists" : "exist") already; --force "
        + "replaces, --out DIR writes elsewhere"
    case .cannotWrite(let path, let reason):
      "cannot write \(path): \(reason)"
    }
  }
}
