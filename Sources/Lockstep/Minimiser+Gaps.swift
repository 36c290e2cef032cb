import Blocks
import Signals

/// Fewer beats, with a gap in the place of those that have gone.
extension Minimiser {
  /// Beats of the longest input with which a case is small.
  static let few = 4

  /// Whether the best case is not small yet.
  var isLarge: Bool { (inputs(of: best) ?? []).longest > Minimiser.few }

  /// Where some beats matter for nothing but the cycles they take, as where one value meets another that
  /// comes a few cycles later, they can go if as many cycles stay.
  func replaceBeatsByGaps() {
    guard !isExhausted, isLarge else { return }
    removeByHalves({ $0.places.count }) { base, range in
      let places = base.places
      let first = places[range.lowerBound]
      return self.attempt(
        base.keeping(Array(places[..<range.lowerBound] + places[range.upperBound...])),
        withGapsAt: { $0[first.part][$1].start(of: first.transaction) }, part: first.part)
    }
    for index in best.axes(interface).indices {
      removeByHalves({ self.ownAxis(index, of: $0)?.extent ?? 0 }) { base, range in
        guard let axis = self.ownAxis(index, of: base) else { return false }
        let kept = Array(0..<range.lowerBound) + Array(range.upperBound..<axis.extent)
        let transaction = axis.transaction ?? 0
        return self.attempt(
          base.keeping(kept, of: axis, self.interface),
          withGapsAt: { inputs, stream in
            let beats = inputs[axis.part][stream]
            let count = beats.start(of: transaction + 1) - beats.start(of: transaction)
            return beats.start(of: transaction) + range.lowerBound * count / axis.extent
          }, part: axis.part)
      }
    }
  }

  /// An axis of one transaction alone.
  private func ownAxis(_ index: Int, of subject: Case) -> Case.Axis? {
    let axes = subject.axes(interface)
    guard axes.indices.contains(index),
      axes[index].transaction != nil || subject.parts[axes[index].part].batch.count == 1
    else { return nil }
    return axes[index]
  }

  /// Takes ranges out, halves first, until no single one can go.
  ///
  /// - Parameters:
  ///   - count: what there is to take out of a case.
  ///   - remove: tries it without a range; whether that was kept.
  private func removeByHalves(
    _ count: (Case) -> Int, remove: (Case, Range<Int>) -> Bool
  ) {
    var size = (count(best) + 1) / 2
    while size >= 1 && !isExhausted {
      var start = 0
      while start < count(best) {
        let range = start..<min(start + size, count(best))
        if range.count == count(best) || !remove(best, range) { start = range.upperBound }
      }
      size = size == 1 ? 0 : (size + 1) / 2
    }
  }

  // MARK: - Gaps

  /// - Parameters:
  ///   - place: the first beat of `part` that has gone from a stream, given the beats of the best case.
  private func attempt(
    _ smaller: Case, withGapsAt place: ([[InputBeats]], Int) -> Int, part: Int
  ) -> Bool {
    guard let before = inputs(of: best), let after = inputs(of: smaller) else { return false }
    var record = best.stalls.recorded ?? StallRecord()
    var hasGap = false
    for (index, stream) in interface.inputs.filter({ $0.phase == .data }).enumerated() {
      let gap = before.total(index) - after.total(index)
      let first = Array(before.prefix(part)).total(index) + place(before, index)
      guard gap > 0, first > 0, first < after.total(index) else { continue }
      record.streams[stream.name] = StallRecord.stalling(
        record.streams[stream.name] ?? [], moves: first..<first + gap)
      hasGap = true
    }
    guard hasGap else { return false }
    var candidate = smaller
    takeState(&candidate)
    candidate.stalls = StallPlan(
      best.stalls.profile, seed: 0, recorded: StallRecord(record.streams))
    return attempt(candidate, exactly: true)
  }

  /// The beats of every data input, part by part; nil for a case that has no beats to give.
  func inputs(of subject: Case) -> [[InputBeats]]? {
    try? subject.parts.map { part in
      let derived = try runner.block.derived(part.batch, in: runner.configuration)
      return try Stimulus(derived, interface: interface, filler: 0).data.map(InputBeats.init)
    }
  }
}

/// Where the transactions of a part begin on one input.
struct InputBeats {
  let count: Int
  private let starts: [Int]

  init(_ beats: Beats) {
    count = beats.count
    starts = beats.starts
  }

  func start(of transaction: Int) -> Int {
    transaction < starts.count ? starts[transaction] : count
  }
}

extension [[InputBeats]] {
  /// Beats of one stream in all parts.
  fileprivate func total(_ stream: Int) -> Int { reduce(0) { $0 + $1[stream].count } }

  /// Beats of the stream that has most.
  var longest: Int { (first ?? []).indices.map { total($0) }.max() ?? 0 }
}

extension StallRecord {
  /// A list in which some moves, numbered from 0, are stalls.
  static func stalling(_ runs: [Int], moves: Range<Int>) -> [Int] {
    var decisions = StallRecord.decisions(runs)
    // Behind the end of a list everything moves.
    let beyond = moves.upperBound - decisions.count { $0 }
    decisions += [Bool](repeating: true, count: max(beyond, 0))
    let places = decisions.indices.filter { decisions[$0] }
    for place in places[moves] { decisions[place] = false }
    return StallRecord.runs(decisions)
  }
}
