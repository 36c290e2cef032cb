import ArgumentParser
import Foundation
import Signals
import Sparsity
import Vectors

struct PruneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune",
    abstract: "Prune a dense weight by magnitude and store it in a sparse format.",
    discussion: """
      Reads one integer matrix, keeps its largest elements (of each group, or its heaviest blocks), and \
      writes the arrays of the format, named as the blocks name them. An array 'a' of the file is \
      copied, so that the result can go to `cosim golden` and `cosim verify --vectors`.

      Formats: N:M with N <= M <= 16 (nm_spmm), block RxC (block_spmm), unstructured (bitmap_spmm), \
      csr, csc, eie.

      Examples:
        cosim prune --to 2:4 --in W.npz --out S.npz
        cosim prune --to block 4x4 --zeros 0.75 --in W.npz --out S.npz
      """)

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("N:M, block RxC, unstructured, csr, csc or eie.", valueName: "FORMAT"))
  var to: [String]

  @Option(name: .customLong("in"), help: ArgumentHelp("File of the matrix.", valueName: "NPZ"))
  var input: String

  @Option(name: .customLong("out"), help: ArgumentHelp("Sparse arrays.", valueName: "NPZ"))
  var output: String

  @Option(help: "The matrix (default: w, or the only one of two axes).")
  var array: String?

  @Option(
    help:
      "Share of elements, or of blocks, that become 0 (default: 0.75 of elements, 0.5 of blocks).")
  var zeros: Double?

  func validate() throws {
    guard let target = SparseTarget(to) else {
      throw ValidationError("there is no format '\(to.joined(separator: " "))'; see --help")
    }
    guard zeros.map({ $0 >= 0 && $0 <= 1 }) ?? true else {
      throw ValidationError("--zeros must be 0 to 1")
    }
    guard zeros == nil || target.usualZeros != nil else {
      throw ValidationError("N:M says how many elements become 0; --zeros does not go with it")
    }
  }

  func run() throws {
    guard let target = SparseTarget(to) else { return }
    let archive = try NPZArchive(path: input)
    let name = try array ?? matrixName(in: archive)
    let dense = try DenseMatrix(archive.tensor(name), named: name)
    let pruned = target.pruned(dense, zeros: zeros ?? target.usualZeros ?? 0)
    var members: [NPZMember] = []
    if name != "a", archive.contains("a") {
      members.append(NPZMember("a", try archive.array("a")))
    }
    for array in try target.arrays(of: pruned) {
      members.append(try NPZMember(array.name, array.tensor, as: type(of: array)))
    }
    try NPZArchive.write(members, to: output)
    print(report(dense, pruned))
  }

  /// The narrowest type of the format's signedness that holds the values.
  private func type(of array: SparseArray) -> NPYType {
    let usual = NPYType(array.format)
    let wider: [NPYType] = [usual, .int16, .int32, .int64]
    return wider.first { type in
      array.tensor.values.allSatisfy { type.range?.contains($0) ?? false }
    } ?? usual
  }

  private func matrixName(in archive: NPZArchive) throws -> String {
    if archive.contains("w") { return "w" }
    let matrices = archive.names.filter { name in
      name != "a" && (try? archive.tensor(name).shape.count == 2) ?? false
    }
    guard matrices.count == 1 else {
      throw CommandError.noSingleMatrix(path: input, matrices: matrices)
    }
    return matrices[0]
  }

  private func report(_ dense: DenseMatrix, _ pruned: DenseMatrix) -> String {
    func percent(_ part: Double, of whole: Double) -> String {
      whole == 0 ? "-" : "\((part / whole * 1000).rounded() / 10) %"
    }
    func magnitude(_ matrix: DenseMatrix) -> Double {
      matrix.values.reduce(0) { $0 + Double($1.magnitude) }
    }
    let kept = percent(Double(pruned.nonZeroCount), of: Double(dense.values.count))
    let share = percent(magnitude(pruned), of: magnitude(dense))
    return "\(output): \(pruned.rows) x \(pruned.columns), \(to.joined(separator: " ")); "
      + "\(kept) of the elements are not 0 and hold \(share) of the magnitude"
  }
}
