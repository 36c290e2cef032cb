import Signals

/// The tiles of `Rows` queries by `Columns` keys that the array works on; those without a visible pair
/// are left out.
struct AttentionTiles: Sendable {
  private let rows: Int
  private let columns: Int
  private let depth: Int

  init(in configuration: Configuration) {
    rows = configuration["Rows"]
    columns = configuration["Columns"]
    depth = configuration["Depth"]
  }

  /// Queries that are worked on together, and the tiles of keys in which one of them sees a key.
  struct Block {
    let queries: Range<Int>
    /// Counted from key 0, ascending.
    let tiles: [Int]
  }

  /// The blocks of a head in order. A decoder's queries do not wait for each other.
  func blocks(_ head: AttentionHead) -> [Block] {
    let step = head.decodes ? 1 : rows
    return stride(from: 0, to: head.queries, by: step).map { first in
      let queries = first..<min(first + step, head.queries)
      let visible = queries.map { head.visible(to: $0) }
      let tiles = (0..<(head.tokens + columns - 1) / columns).filter { tile in
        let key = tile * columns
        return visible.contains { $0.containsAny(of: key..<key + columns) }
      }
      return Block(queries: queries, tiles: tiles)
    }
  }

  /// Both products of every tile: D / Depth cycles for its logits, and for the share of its keys in each
  /// Columns elements of the context Columns / Depth.
  func cycles(_ head: AttentionHead) -> Int {
    let context = (head.dimension + columns - 1) / columns * (columns / depth)
    return blocks(head).reduce(0) { $0 + $1.tiles.count } * (head.dimension / depth + context)
  }

  // MARK: - Orders

  /// What hardware that leaves out invisible tiles computes when.
  ///
  /// - Parameter group: logits in a beat of the softmax unit.
  func orders(group: Int) -> [TapOrder] {
    [
      TapOrder(
        "tiles", lanes: rows * columns,
        "Rows queries by Columns keys of [Q,T], tile after tile of each block of Rows queries; tiles "
          + "without a visible pair are left out, and invisible pairs absent"
      ) { schedule($0, lanes: rows * columns, listTiles) },
      TapOrder(
        "beats", lanes: group,
        "\(group) keys of a row of [Q,T], row after row; beats in which no query of the block sees "
          + "a key are left out, and invisible pairs absent"
      ) { batch in
        schedule(batch, lanes: group) { listBeats($0, group: group, into: &$1) }
      },
      TapOrder(
        "passes", lanes: rows * columns,
        "Rows queries by Columns elements of [Q,D], block after block of Rows queries"
      ) { schedule($0, lanes: rows * columns, listPasses) },
    ]
  }

  private func schedule(
    _ batch: Batch, lanes: Int, _ list: (AttentionHead, inout Schedule) -> Void
  ) -> Schedule {
    var result = Schedule(lanes: lanes)
    AttentionHeads(batch).forEach { _, head in
      list(head, &result)
      result.endTransaction()
    }
    return result
  }

  /// Writes the places in [Q,T] of the pairs of a query and `columns` keys that are visible.
  @inline(__always)
  private func list(
    _ head: AttentionHead, query: Int, _ visible: AttentionHead.Visible, keys: Range<Int>,
    at places: UnsafeMutablePointer<Int32>
  ) {
    let row = query * head.tokens
    for key in keys.lowerBound..<max(keys.lowerBound, min(keys.upperBound, visible.end))
    where visible.contains(key) {
      places[key &- keys.lowerBound] = Int32(truncatingIfNeeded: row &+ key)
    }
  }

  private func listTiles(_ head: AttentionHead, into result: inout Schedule) {
    for block in blocks(head) {
      let visible = block.queries.map { head.visible(to: $0) }
      // Queries that see nothing at all have one tile, so that they have an answer.
      for tile in block.tiles.isEmpty ? [0] : block.tiles {
        let keys = tile * columns..<(tile + 1) * columns
        result.appendBeat { places in
          for row in 0..<visible.count {
            list(
              head, query: block.queries.lowerBound + row, visible[row], keys: keys,
              at: places + row * columns)
          }
        }
      }
    }
  }

  private func listBeats(_ head: AttentionHead, group: Int, into result: inout Schedule) {
    for block in blocks(head) {
      var beats: [Int] = []
      for tile in block.tiles.isEmpty ? [0] : block.tiles
      where beats.last != tile * columns / group { beats.append(tile * columns / group) }
      for query in block.queries {
        let visible = head.visible(to: query)
        for beat in beats {
          result.appendBeat { places in
            list(
              head, query: query, visible, keys: beat * group..<(beat + 1) * group, at: places)
          }
        }
      }
    }
  }

  private func listPasses(_ head: AttentionHead, into result: inout Schedule) {
    for block in blocks(head) {
      for first in stride(from: 0, to: head.dimension, by: columns) {
        let elements = min(columns, head.dimension - first)
        result.appendBeat { places in
          for row in 0..<block.queries.count {
            let place = (block.queries.lowerBound + row) * head.dimension + first
            for element in 0..<elements {
              places[row * columns + element] = Int32(truncatingIfNeeded: place + element)
            }
          }
        }
      }
    }
  }
}
