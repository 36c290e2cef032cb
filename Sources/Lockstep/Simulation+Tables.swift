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

  /// Sends the first entry of every table, with data held back. From there on a device makes data wait for
  /// the others, as it does behind a reset.
  func beginTables(_ chunk: Chunk) throws {
    for index in tables { drivers[index].open(chunk, beats: 1) }
    openChannels = tables.count
    try sendTables(of: chunk)
  }

  /// Offers what is left of tables that have begun.
  func continueTables(_ chunk: Chunk) {
    for index in tables {
      drivers[index].open(chunk)
      drivers[index].skip()
      drivers[index].isClosed = drivers[index].left == 0
      if !drivers[index].isClosed { openChannels += 1 }
    }
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
