public import Lockstep
import Signals

extension Outcome {
  /// One sentence for each output that is not compared exactly, whether use was made of that or
  /// not.
  public var leewaySentences: [String] {
    var all: [Leeway] = []
    for run in runs {
      for leeway in run.leeways {
        let index = all.firstIndex { $0.stream == leeway.stream && $0.field == leeway.field }
        if let index {
          all[index].near = max(all[index].near, leeway.near)
          all[index].masked = max(all[index].masked, leeway.masked)
          all[index].largest = max(all[index].largest, leeway.largest)
        } else {
          all.append(leeway)
        }
      }
    }
    return all.map(\.sentence)
  }
}

extension Leeway {
  /// `y.data is not compared exactly, but within 1 step: 12 values differ, by at most 1`.
  var sentence: String {
    let start = "\(stream).\(field) is not compared exactly, but \(comparison.words): "
    if isUnused { return start + "no value needed it" }
    var parts: [String] = []
    if near > 0 {
      let differ = near == 1 ? "1 value differs" : "\(grouped(near)) values differ"
      parts.append("\(differ), by at most \(largest.short)")
    }
    if masked > 0 {
      parts.append("\(grouped(masked)) differ in what is not compared")
    }
    return start + parts.joined(separator: "; ")
  }
}

extension Double {
  /// A whole number as such, others with three significant digits.
  fileprivate var short: String {
    self == rounded() && self < 1e15 ? grouped(Int(self)) : significant(self)
  }
}
