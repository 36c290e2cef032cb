import Sparsity
import Testing

/// Dense to sparse and back, and what pruning leaves.
@Suite struct RoundTripTests {
  @Test(
    "groups of every pattern come back",
    arguments: ["1:1", "1:2", "2:4", "1:4", "4:8", "3:5", "16:16", "1:16", "7:16"])
  func groupsOfEveryPatternComeBack(text: String) throws {
    let pattern = try #require(NMPattern(text))
    for columns in [1, 3, 16, 33] {
      let dense = sample(rows: 9, columns: columns, oneIn: 2).pruned(to: pattern)
      let matrix = try NMMatrix(dense, pattern: pattern)
      #expect(matrix.values.count == 9 * pattern.stored(columns: columns))
      #expect(matrix.dense == dense)
      let read = try NMMatrix(
        pattern: pattern, rows: 9, columns: columns, values: matrix.values,
        indices: matrix.indices)
      #expect(read.dense == dense)
    }
  }

  @Test("two of four fills its groups as CUTLASS does") func twoOfFourFillsItsGroupsAsCUTLASSDoes()
    throws
  {
    for mask in 0..<16 where mask.nonzeroBitCount <= 2 {
      let dense = DenseMatrix(
        rows: 1, columns: 4, values: (0..<4).map { Int64(mask >> $0 & 1) })
      let matrix = try NMMatrix(dense, pattern: NMPattern(kept: 2, size: 4))
      #expect(try matrix.nibbles() == [NMMatrix.nibble(mask: mask)])
    }
  }

  @Test("sixteen bit words hold four groups") func sixteenBitWordsHoldFourGroups() throws {
    let dense = sample(rows: 32, columns: 32, oneIn: 1).pruned(to: NMPattern(kept: 2, size: 4))
    let matrix = try NMMatrix(dense, pattern: NMPattern(kept: 2, size: 4))
    let words = try matrix.metadata(.bits16)
    #expect(words.count == 32 * 2)
    #expect(words.allSatisfy { $0 <= 0xFFFF })
    let nibbles = try matrix.nibbles()
    #expect(words[1] == nibbles[4...7].reversed().reduce(0) { $0 << 4 | UInt32($1) })
    let read = try NMMatrix(
      rows: 32, columns: 32, values: matrix.values, metadata: words, .bits16)
    #expect(read == matrix)
    #expect(Set(try NMMatrix.cutlassPlaces(rows: 64, words: 4, .bits16)) == Set(0..<256))
  }

  @Test("patterns are read only in range") func patternsAreReadOnlyInRange() {
    #expect(NMPattern("2:4") == NMPattern(kept: 2, size: 4))
    for text in ["", "2", "0:4", "5:4", "2:17", "2:4:8", "a:b", "2:"] {
      #expect(NMPattern(text) == nil, "\(text)")
    }
  }

  @Test("pruning keeps the largest and the first of equals")
  func pruningKeepsTheLargestAndTheFirstOfEquals() {
    let row = DenseMatrix(rows: 1, columns: 6, values: [1, -3, 3, 2, -5, 5])
    #expect(row.pruned(to: NMPattern(kept: 2, size: 4)).values == [0, -3, 3, 0, -5, 5])
    #expect(row.pruned(to: NMPattern(kept: 1, size: 2)).values == [0, -3, 3, 0, -5, 0])
    #expect(row.pruned(zeros: 0.5).values == [0, -3, 0, 0, -5, 5])
    #expect(row.pruned(zeros: 1).nonZeroCount == 0)
    #expect(row.pruned(zeros: 0) == row)
  }

  @Test("pruning blocks keeps the heaviest") func pruningBlocksKeepsTheHeaviest() throws {
    let dense = DenseMatrix(
      rows: 2, columns: 6, values: [1, 1, 9, 0, 2, 2, 1, 1, 0, 0, 2, 2])
    let pruned = dense.pruned(blockRows: 2, blockColumns: 2, zeros: 1.0 / 3)
    #expect(pruned.values == [0, 0, 9, 0, 2, 2, 0, 0, 0, 0, 2, 2])
    let matrix = try BlockMatrix(pruned, blockRows: 2, blockColumns: 2)
    #expect(matrix.indices == [1, 2])
    #expect(matrix.data == [9, 0, 0, 0, 2, 2, 2, 2])
  }

  @Test("every format holds matrices of all shapes") func everyFormatHoldsMatricesOfAllShapes()
    throws
  {
    for (rows, columns) in [(0, 5), (4, 0), (1, 1), (4, 7), (8, 40)] {
      for period in [1, 3, 40] {
        let dense = sample(rows: rows, columns: columns, oneIn: period)
        #expect(CompressedMatrix(dense, by: .row).dense == dense)
        #expect(CompressedMatrix(dense, by: .column).dense == dense)
        #expect(BitmapMatrix(dense).dense == dense)
        #expect(RelativeIndexMatrix(dense, by: .column).dense == dense)
        #expect(RelativeIndexMatrix(dense, by: .row, longestRun: 3).dense == dense)
        if rows % 4 == 0 {
          #expect(try BlockMatrix(dense, blockRows: 4, blockColumns: 3).dense == dense)
        }
      }
    }
  }
}
