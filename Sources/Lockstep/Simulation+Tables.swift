import Signals

/// Tables, and data around them.
extension Simulation {
  /// Sends the configuration streams, with data held back.
  ///
  /// - Parameter isTurned: from the second entry on, and the first one last.
  func loadTables(_ chunk: Chunk, isTurned: Bool = false) throws {
    guard !tables.isEmpty else { return }
    openChannels = 0
    openTables(chunk)
    let turned = tables.filter { isTurned && drivers[$0].left > 1 }
    for index in turned { drivers[index].skip() }
    try sendTables(of: chunk)
    for index in turned { drivers[index].open(chunk, beats: 1) }
    openChannels += turned.count
    try sendTables(of: chunk)
  }

  private func sendTables(of chunk: Chunk) throws {
    groupEnd = chunk.index + 1
    loop.expectMove()
    while openChannels > 0 && !result.isFinal {
      advanceCycles()
      try attend()
    }
  }

  /// Whether data is offered before its tables are whole, and tables while data is on its way: never
  /// without stalls, where cycles are compared.
  var mixesTables: Bool {
    interface.tablesWait == true && !tables.isEmpty && stalls.profile != .none
  }

  func openTables(_ chunk: Chunk) {
    for index in tables { drivers[index].open(chunk) }
    openChannels += tables.count
  }

  /// Offers the tables of the next group as soon as all data of this one has crossed, if nothing else
  /// changes between them.
  func loadAhead(of chunk: Chunk) throws {
    guard groupEnd < chunkRange.upperBound, loadedChunk != groupEnd,
      (0..<tables.upperBound).allSatisfy({ drivers[$0].isClosed }),
      let next = try queue.chunk(groupEnd), next.stimulus.settings == chunk.stimulus.settings
    else { return }
    held[groupEnd] = next
    loadedChunk = groupEnd
    openTables(next)
  }
}
