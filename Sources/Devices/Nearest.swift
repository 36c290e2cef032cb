import Foundation

/// Finds what someone probably meant.
package enum Nearest {
  /// The candidate with the fewest edits from `name`, if it is near enough to be meant: at most a third
  /// of the letters differ. Ties go to the one that begins alike for longest, then
  /// to the first in alphabetical order.
  package static func match(for name: String, among candidates: [String]) -> String? {
    let limit = max(1, name.count / 3)
    return candidates.map { (edits(from: name, to: $0), -$0.commonPrefix(with: name).count, $0) }
      .filter { $0.0 <= limit }
      .min { $0 < $1 }?.2
  }

  /// `; did you mean 'clk_i'?`, or `otherwise` and all candidates if none is near.
  package static func hint(
    for name: String, among candidates: [String], otherwise: String
  ) -> String {
    if let match = match(for: name, among: candidates) { return "; did you mean '\(match)'?" }
    return candidates.isEmpty ? "" : "\(otherwise) \(candidates.sorted().joined(separator: ", "))"
  }

  /// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
  package static func edits(from first: String, to second: String) -> Int {
    let a = Array(first.unicodeScalars)
    let b = Array(second.unicodeScalars)
    var before = [Int](repeating: 0, count: b.count + 1)
    var previous = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1] + [Int](repeating: 0, count: b.count)
      for j in b.indices {
        row[j + 1] = min(previous[j + 1] + 1, row[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          row[j + 1] = min(row[j + 1], before[j - 1] + 1)
        }
      }
      before = previous
      previous = row
    }
    return previous[b.count]
  }
}
