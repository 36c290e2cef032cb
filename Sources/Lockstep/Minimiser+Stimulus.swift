import Signals

/// Fewer transactions, shorter ones, simpler values.
extension Minimiser {
  // MARK: - Transactions

  /// The failing transaction alone, then with the fewest before it.
  func dropTransactions() {
    let base = best
    let places = base.places
    guard places.count > 1 else { return }
    // The shortest run of transactions at the end, by doubling.
    var length = 1
    while length < places.count && !attempt(base, Array(places.suffix(length))) { length *= 2 }
    let last = places.suffix(min(length, places.count))
    _ = deltaDebug(Array(last)) { !$0.isEmpty && attempt(base, $0) }
  }

  private func attempt(_ base: Case, _ places: [Case.Place]) -> Bool {
    var candidate = base.keeping(places)
    takeState(&candidate)
    return attempt(candidate)
  }

  /// Gives a candidate that was cut from an earlier case the state and the stalls of the best one.
  func takeState(_ candidate: inout Case) {
    candidate.stalls = best.stalls
    candidate.initialState = best.initialState
    candidate.rehearsedBeats = best.rehearsedBeats
  }

  // MARK: - Lengths

  /// Shortens every axis of every transaction, in all arrays that have it.
  func shorten() {
    // The axes of a transaction stay in their places as it gets shorter.
    for index in best.axes(interface).indices {
      let before = best.axes(interface)
      guard index < before.count, before[index].extent > 1, !isExhausted else { continue }
      shorten(before[index])
      let after = best.axes(interface)
      // Arrays may have to agree in more than the names of their axes say.
      if index < after.count, after[index].extent == before[index].extent {
        shorten(after[index], withItsLike: true)
      }
    }
  }

  /// - Parameter withItsLike: together with every axis of the transaction that is as long.
  private func shorten(_ axis: Case.Axis, withItsLike: Bool = false) {
    let base = best
    _ = deltaDebug(Array(0..<axis.extent)) { positions in
      guard !positions.isEmpty else { return false }
      var candidate =
        withItsLike
        ? base.keeping(positions, ofAllLike: axis, interface)
        : base.keeping(positions, of: axis, interface)
      takeState(&candidate)
      if attempt(candidate) { return true }
      guard var counting = candidate.lowering(axis, to: positions.count, interface) else {
        return false
      }
      takeState(&counting)
      return attempt(counting)
    }
  }

  // MARK: - Values

  /// Elements to 0, or to the smallest value in range; then those that cannot be, nearer to it.
  func simplifyValues() {
    let base = best
    let sites = base.significantSites(interface)
    let kept = deltaDebug(sites) { kept in
      let stay = Set(kept)
      var candidate = base
      for site in sites where !stay.contains(site) {
        candidate[site] = base.simplest(site, interface)
      }
      takeState(&candidate)
      return attempt(candidate)
    }
    // A person reads a handful of values; beyond that, their size does not matter.
    if kept.count <= 32 {
      for site in kept { reduce(site) }
    }
  }

  private func reduce(_ site: Case.Site) {
    let simple = best.simplest(site, interface)
    while best[site] != simple && !isExhausted {
      let distance = best[site] &- simple
      let steps = [distance.signum(), distance / 16, distance / 2, distance - distance.signum()]
      let isSmaller = steps.contains { step in
        guard step != 0, step.magnitude < distance.magnitude else { return false }
        var candidate = best
        candidate[site] = simple + step
        return attempt(candidate, exactly: true)
      }
      if !isSmaller { return }
    }
  }
}
