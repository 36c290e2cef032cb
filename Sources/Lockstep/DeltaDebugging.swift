/// Takes pieces out of a list for as long as `test` accepts what is left: halves first, then quarters,
/// down to single elements, until no single element can go.
///
/// - Parameter test: whether the failure still shows with these elements alone.
/// - Returns: the elements of the last list that was accepted, or all.
/// - Complexity: about `2 k log n` tests where k of n elements are needed, n² at worst.
///
/// Source: Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input" (TSE 2002), in the
/// form that only takes away.
package func deltaDebug<Element>(
  _ elements: [Element], keeping test: ([Element]) -> Bool
) -> [Element] {
  var kept = elements
  guard !kept.isEmpty else { return kept }
  if test([]) { return [] }
  var size = (kept.count + 1) / 2
  while true {
    var removed = false
    // From the front: what comes first is history as a rule, and the likeliest not to matter.
    var start = 0
    while start < kept.count {
      let end = min(start + size, kept.count)
      let rest = Array(kept[..<start] + kept[end...])
      if !rest.isEmpty && test(rest) {
        kept = rest
        removed = true
      } else {
        start = end
      }
    }
    if size > 1 {
      size = (size + 1) / 2
    } else if !removed {
      return kept
    }
  }
}
