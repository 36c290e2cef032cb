import Sparsity
import Testing

/// Arrays that are no sparse matrix are refused with the place and the reason.
@Suite struct RefusalTests {
  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "accepted"
    } catch {
      return "\(error)"
    }
  }

  private func groups(_ values: [Int64], _ indices: [Int64], columns: Int = 8) -> String {
    message {
      _ = try NMMatrix(
        pattern: NMPattern(kept: 2, size: 4), rows: 1, columns: columns, values: values,
        indices: indices)
    }
  }

  @Test("groups: indices, counts and values in the padding") func groups() {
    #expect(groups([1, 2, 3, 4], [0, 3, 1, 2]) == "accepted")
    #expect(groups([1, 2, 3, 4], [0, 3, 1, 4]) == "indices[3] is 4, but must be in 0..<4")
    #expect(groups([1, 2, 3, 4], [-1, 3, 1, 2]) == "indices[0] is -1, but must be in 0..<4")
    #expect(
      groups([1, 2, 3, 4], [0, 3, 2, 2])
        == "indices[3] is 2 after 2, but indices must strictly increase")
    #expect(
      groups([1, 2, 3], [0, 3, 2])
        == "'values' has 3 elements, but 4 are expected: 1 rows of 2 groups that keep 2")
    #expect(groups([1, 2, 3, 0], [0, 3, 0, 1], columns: 5) == "accepted")
    #expect(
      groups([1, 2, 3, 4], [0, 3, 0, 1], columns: 5)
        == "values[3] is 4 at column 5 of a matrix of 5 columns; padding must be 0")
  }

  @Test("a group that is too full for its pattern") func aGroupThatIsTooFull() {
    let dense = DenseMatrix(rows: 1, columns: 8, values: [1, 1, 0, 0, 1, 1, 1, 0])
    #expect(
      message { _ = try NMMatrix(dense, pattern: NMPattern(kept: 2, size: 4)) }
        == "row 0 has 3 non-zeros in group 1, but the pattern keeps 2; prune first")
  }

  private func rows(_ indices: [Int64], _ indptr: [Int64]) -> String {
    message {
      _ = try CompressedMatrix(
        .row, rows: 3, columns: 4, data: indices.map { _ in 1 }, indices: indices,
        indptr: indptr)
    }
  }

  @Test("compressed rows: indices and pointers") func compressedRows() {
    #expect(rows([0, 3, 1], [0, 2, 2, 3]) == "accepted")
    #expect(rows([0, 4, 1], [0, 2, 2, 3]) == "indices[1] is 4, but must be in 0..<4")
    #expect(
      rows([3, 0, 1], [0, 2, 2, 3])
        == "indices[1] is 0 after 3, but indices must strictly increase")
    #expect(
      rows([0, 3, 1], [0, 2, 1, 3])
        == "indptr[2] is 1 after 2, but pointers must not decrease")
    #expect(
      rows([0, 3, 1], [1, 2, 2, 3])
        == "indptr[0] is 1, but must be 0: pointers run from 0 to the number of stored elements")
    #expect(
      rows([0, 3, 1], [0, 2, 2, 2])
        == "indptr[3] is 2, but must be 3: pointers run from 0 to the number of stored elements")
    #expect(
      rows([0, 3, 1], [0, 2, 3])
        == "'indptr' has 3 elements, but 4 are expected: one more than there are lines")
  }

  private func blocks(
    _ data: [Int64], _ indices: [Int64], _ indptr: [Int64], columns: Int = 6
  ) -> String {
    message {
      _ = try BlockMatrix(
        blockRows: 1, blockColumns: 2, columns: columns, data: data, indices: indices,
        indptr: indptr)
    }
  }

  @Test("blocks: indices, counts and values in the padding") func blocks() {
    #expect(blocks([1, 2, 3, 4], [0, 2], [0, 2]) == "accepted")
    #expect(blocks([1, 2, 3, 4], [0, 3], [0, 2]) == "indices[1] is 3, but must be in 0..<3")
    #expect(
      blocks([1, 2, 3], [0, 2], [0, 2])
        == "'data' has 3 elements, but 4 are expected: 2 blocks of 1 x 2")
    #expect(
      blocks([1, 2, 3, 4], [0, 2], [0, 2], columns: 5)
        == "data[3] is 4 at column 5 of a matrix of 5 columns; padding must be 0")
    #expect(
      message {
        _ = try BlockMatrix(sample(rows: 3, columns: 4, oneIn: 1), blockRows: 2, blockColumns: 2)
      } == "3 rows are no whole number of blocks of 2")
  }

  @Test("bitmaps: counts and padding") func bitmaps() {
    func bitmap(_ bytes: [Int64], _ values: [Int64], columns: Int = 12) -> String {
      message {
        _ = try BitmapMatrix(rows: 1, columns: columns, bitmap: bytes, values: values)
      }
    }
    #expect(bitmap([0x81, 0x08], [1, 2, 3]) == "accepted")
    #expect(
      bitmap([0x81, 0x08], [1, 2]) == "the bitmap has 3 set bits, but there are 2 values")
    #expect(
      bitmap([0x81, 0x08], [1, 2, 3, 4]) == "the bitmap has 3 set bits, but there are 4 values")
    #expect(
      bitmap([0x81, 0x18], [1, 2, 3, 4])
        == "the bitmap of row 0 has a bit for column 12 of a matrix of 12 columns; "
        + "padding must be 0")
    #expect(
      bitmap([0x81], [1, 2])
        == "'bitmap' has 1 elements, but 2 are expected: 1 rows of 12 columns, 8 a byte")
  }

  @Test("relative indices: runs, zeros and pointers") func relativeIndices() {
    func runs(_ v: [Int64], _ z: [Int64], _ p: [Int64]) -> String {
      message { _ = try RelativeIndexMatrix(rows: 20, columns: 1, v: v, z: z, p: p) }
    }
    #expect(runs([0, 5], [15, 3], [0, 2]) == "accepted")
    #expect(runs([0, 5], [15, 4], [0, 2]) == "z[1] is 20, but must be in 0..<20")
    #expect(runs([4, 5], [16, 0], [0, 2]) == "z[0] is 16, but must be in 0..<16")
    #expect(
      runs([0, 5], [3, 1], [0, 2])
        == "v[0] is 0 after a run of 3 zeros; only padding after 15 may store a 0")
    #expect(
      runs([4, 5], [1, 1], [0, 1])
        == "p[1] is 1, but must be 2: pointers run from 0 to the number of stored elements")
  }

  @Test("metadata of another pattern or number") func metadata() throws {
    let pattern = NMPattern(kept: 1, size: 4)
    let matrix = try NMMatrix(DenseMatrix(rows: 1, columns: 4), pattern: pattern)
    #expect(
      message { _ = try matrix.nibbles() }
        == "metadata of this kind describe 2:4 sparsity, not 1:4")
    #expect(
      message { _ = try NMMatrix.cutlassPlaces(rows: 20, words: 2, .bits32) }
        == "20 rows are no whole number of blocks of 16")
    #expect(
      message {
        _ = try NMMatrix(rows: 1, columns: 4, values: [0, 0], metadata: [0xE, 0], .bits32)
      } == "'metadata' has 2 elements, but 1 are expected: 1 rows of 1 groups, 8 a word")
    // Nibble 0101 names column 1 twice.
    #expect(
      message {
        _ = try NMMatrix(rows: 1, columns: 4, values: [1, 2], metadata: [0x5], .bits32)
      } == "indices[1] is 1 after 1, but indices must strictly increase")
  }
}
