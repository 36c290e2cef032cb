import Sparsity
import Testing

/// Every array of the reference files, bit for bit.
@Suite struct OracleTests {
  @Test("nibbles of all patterns of four are those of CUTLASS")
  func nibblesOfAllPatternsOfFourAreThoseOfCUTLASS() throws {
    let oracle = try Oracle("sparse_2to4")
    let masks = try oracle.integers("truth_pattern").map { Int($0) }
    #expect(masks.count == 16)
    #expect(
      masks.map { Int64(NMMatrix.nibble(mask: $0)) } == (try oracle.integers("truth_nibble")))
    // Column c of a pattern holds c + 1.
    let dense = DenseMatrix(
      rows: 16, columns: 4,
      values: masks.flatMap { mask in (0..<4).map { mask >> $0 & 1 == 1 ? Int64($0) + 1 : 0 } })
    #expect(NMMatrix(cutlass: dense).values == (try oracle.integers("truth_values")))
  }

  @Test("compression and metadata are those of torch") func compressionAndMetadataAreThoseOfTorch()
    throws
  {
    let oracle = try Oracle("sparse_2to4")
    let prefix = "i8_0"
    let dense = try oracle.matrix("\(prefix)_dense")
    let compressed = NMMatrix(cutlass: dense)
    #expect(compressed.values == (try oracle.integers("\(prefix)_values")))
    #expect(
      try compressed.nibbles().map { Int64($0) } == oracle.integers("\(prefix)_nibbles"))
    let words = try compressed.metadata(.bits32)
    #expect(words == (try oracle.words("\(prefix)_meta_plain", .bits32)))
    #expect(compressed.dense == (try oracle.matrix("\(prefix)_restored")))
    let places = try NMMatrix.cutlassPlaces(rows: dense.rows, words: 2, .bits32)
    var stored = [UInt32](repeating: 0, count: words.count)
    for (word, place) in zip(words, places) { stored[place] = word }
    #expect(stored == (try oracle.words("\(prefix)_meta_cutlass", .bits32)))
    #expect(stored != words, "the order of CUTLASS is not the plain one")
    let unpacked = try NMMatrix(
      rows: dense.rows, columns: dense.columns, values: compressed.values, metadata: words,
      .bits32)
    #expect(unpacked == compressed)
  }

  @Test("compressed lines are those of scipy", arguments: ["empty", "identity", "runs"])
  func compressedLinesAreThoseOfScipy(name: String) throws {
    let oracle = try Oracle("sparse_formats")
    let dense = try oracle.matrix("\(name)_dense")
    for (line, label) in [(CompressedMatrix.Line.row, "csr"), (.column, "csc")] {
      let matrix = CompressedMatrix(dense, by: line)
      #expect(matrix.data == (try oracle.integers("\(name)_\(label)_data")))
      #expect(matrix.indices == (try oracle.integers("\(name)_\(label)_indices")))
      #expect(matrix.indptr == (try oracle.integers("\(name)_\(label)_indptr")))
      let read = try CompressedMatrix(
        line, rows: dense.rows, columns: dense.columns, data: matrix.data,
        indices: matrix.indices, indptr: matrix.indptr)
      #expect(read.dense == dense)
    }
  }

  @Test("blocks are those of scipy", arguments: ["empty", "identity", "runs"])
  func blocksAreThoseOfScipy(name: String) throws {
    let oracle = try Oracle("sparse_formats")
    let dense = try oracle.matrix("\(name)_dense")
    var compared = 0
    for (r, c) in [(2, 2), (4, 4), (1, 8)] {
      let prefix = "\(name)_bsr\(r)x\(c)"
      guard oracle.names.contains("\(prefix)_data") else { continue }
      compared += 1
      let matrix = try BlockMatrix(dense, blockRows: r, blockColumns: c)
      #expect(matrix.data == (try oracle.integers("\(prefix)_data")))
      #expect(matrix.indices == (try oracle.integers("\(prefix)_indices")))
      #expect(matrix.indptr == (try oracle.integers("\(prefix)_indptr")))
      #expect(matrix.dense == dense)
    }
    #expect(compared >= 2)
  }

  @Test(
    "bitmaps and relative indices are the references", arguments: ["empty", "identity", "runs"])
  func bitmapsAndRelativeIndicesAreTheReferences(name: String) throws {
    let oracle = try Oracle("sparse_formats")
    let dense = try oracle.matrix("\(name)_dense")
    let bitmap = BitmapMatrix(dense)
    #expect(bitmap.bitmap == (try oracle.integers("\(name)_bitmap")))
    #expect(bitmap.values == (try oracle.integers("\(name)_bitmap_vals")))
    #expect(bitmap.dense == dense)
    for (line, label) in [(CompressedMatrix.Line.column, "eie"), (.row, "eierow")] {
      let runs = RelativeIndexMatrix(dense, by: line)
      #expect(runs.v == (try oracle.integers("\(name)_\(label)_v")))
      #expect(runs.z == (try oracle.integers("\(name)_\(label)_z")))
      #expect(runs.p == (try oracle.integers("\(name)_\(label)_p")))
      let read = try RelativeIndexMatrix(
        by: line, rows: dense.rows, columns: dense.columns, v: runs.v, z: runs.z, p: runs.p)
      #expect(read.dense == dense)
    }
  }

  @Test("a run of eighteen zeros takes one padding") func aRunOfEighteenZerosTakesOnePadding() {
    let column = DenseMatrix(
      rows: 23, columns: 1, values: [0, 0, 1, 2] + [Int64](repeating: 0, count: 18) + [3])
    let matrix = RelativeIndexMatrix(column)
    #expect(matrix.v == [1, 2, 0, 3])
    #expect(matrix.z == [2, 0, 15, 2])
    #expect(matrix.dense == column)
  }

  @Test("an exact run of sixteen zeros is padding and a run of none")
  func anExactRunOfSixteenZerosIsPaddingAndARunOfNone() {
    let column = DenseMatrix(
      rows: 17, columns: 1, values: [Int64](repeating: 0, count: 16) + [7])
    let matrix = RelativeIndexMatrix(column)
    #expect(matrix.v == [0, 7])
    #expect(matrix.z == [15, 0])
    #expect(matrix.dense == column)
  }
}
