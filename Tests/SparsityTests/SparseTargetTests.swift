import Signals
import Sparsity
import Testing

/// What people type to name a format, and the arrays that they get.
@Suite struct SparseTargetTests {
  @Test("formats are read from their words") func words() {
    #expect(SparseTarget(["2:4"]) == .groups(NMPattern(kept: 2, size: 4)))
    #expect(SparseTarget(["block", "4x8"]) == .blocks(rows: 4, columns: 8))
    #expect(SparseTarget(["block 4x8"]) == .blocks(rows: 4, columns: 8))
    #expect(SparseTarget(["unstructured"]) == .bitmap)
    #expect(SparseTarget(["csr"]) == .compressed(.row))
    #expect(SparseTarget(["eie"]) == .relativeIndex)
    for words in [
      [], ["block"], ["block", "4"], ["block", "0x4"], ["4:2"], ["dense"], ["2:4", "x"],
    ] {
      #expect(SparseTarget(words) == nil, "\(words)")
    }
  }

  @Test("each format prunes as it can and stores all that is left") func arrays() throws {
    let dense = sample(rows: 16, columns: 24, oneIn: 1)
    let names = [
      "2:4": ["values", "indices"], "block 4x4": ["data", "indices", "indptr"],
      "unstructured": ["bitmap", "values"], "csr": ["data", "indices", "indptr"],
      "csc": ["data", "indices", "indptr"], "eie": ["v", "z", "p"],
    ]
    for (words, arrays) in names {
      let target = try #require(SparseTarget([words]))
      let pruned = target.pruned(dense, zeros: 0.5)
      let share = Double(pruned.nonZeroCount) / Double(dense.nonZeroCount)
      #expect(abs(share - 0.5) < 0.02, "\(words) keeps \(share)")
      let sparse = try target.arrays(of: pruned)
      #expect(sparse.map(\.name) == arrays)
      let weights = sparse.first { $0.format == .signed(8) }?.tensor.values ?? []
      #expect(weights.filter { $0 != 0 }.sorted() == pruned.values.filter { $0 != 0 }.sorted())
    }
  }
}
