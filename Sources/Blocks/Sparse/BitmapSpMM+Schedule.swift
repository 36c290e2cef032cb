public import Signals
import Sparsity

extension BitmapSpMM {
  /// `values` in the order in which the lanes take them, `lane_values` and `lane_keep` [beats, Lanes].
  public func derived(
    _ batch: Batch, in configuration: Configuration
  ) throws(BlockError) -> Batch {
    let lanes = configuration["Lanes"]
    var values = RaggedTensor(rank: 2)
    var keep = RaggedTensor(rank: 2)
    for transaction in 0..<batch.count {
      let matrix = try weights(of: transaction, in: batch, configuration)
      var schedule = LaneSchedule(matrix, lanes: lanes, window: configuration["Window"])
      schedule.run(slack: configuration["Slack"])
      let shape = [schedule.keep.count / lanes, lanes]
      values.append(shape: shape, values: schedule.values)
      keep.append(shape: shape, values: schedule.keep)
    }
    var result = batch
    result.items["lane_values"] = values
    result.items["lane_keep"] = keep
    return result
  }
}

/// When each lane gets its values: in every beat, each lane's next one, unless its beat of the bitmap is
/// `slack` or more ahead of one for which another lane still needs values.
///
/// So a lane always finds room for the bitmap that it needs to take a value: lanes never wait for each
/// other in a circle.
struct LaneSchedule {
  /// Values beat by beat, 0 where a lane has none.
  private(set) var values: [Int64] = []
  /// 1 where a lane has a value.
  private(set) var keep: [Int64] = []
  private var queues: [[Entry]]
  /// Beats of the whole bitmap.
  private let chunks: Int

  private struct Entry {
    /// Beat of the bitmap, counted from the first row's first.
    var chunk: Int
    var value: Int64
  }

  init(_ matrix: BitmapMatrix, lanes: Int, window: Int) {
    var queues = [[Entry]](repeating: [], count: lanes)
    let places = lanes * window
    let chunks = (matrix.columns + places - 1) / places
    matrix.forEach { row, column, value in
      queues[column % lanes].append(Entry(chunk: row * chunks + column / places, value: value))
    }
    self.queues = queues
    self.chunks = matrix.rows * chunks
  }

  /// The cycles of the busiest lane: one for each value, and one for each beat of the bitmap without any.
  var cycles: Int {
    queues.map { queue in
      let met = queue.indices.filter { $0 == 0 || queue[$0].chunk != queue[$0 - 1].chunk }.count
      return queue.count + chunks - met
    }.max() ?? 0
  }

  mutating func run(slack: Int) {
    var next = [Int](repeating: 0, count: queues.count)
    while true {
      var oldest = Int.max
      for (lane, queue) in queues.enumerated() where next[lane] < queue.count {
        oldest = min(oldest, queue[next[lane]].chunk)
      }
      guard oldest < Int.max else { return }
      for lane in queues.indices {
        let place = next[lane]
        if place < queues[lane].count, queues[lane][place].chunk < oldest + slack {
          values.append(queues[lane][place].value)
          keep.append(1)
          next[lane] += 1
        } else {
          values.append(0)
          keep.append(0)
        }
      }
    }
  }
}
