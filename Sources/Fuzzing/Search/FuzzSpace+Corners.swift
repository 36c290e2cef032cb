import Signals

// MARK: - Corners

extension FuzzSpace {
  /// Inputs that stand for the block's own corners as they are, under different stalls: what a search begins
  /// with, so that it changes them further. Those that would take long by themselves are left out.
  package func cornerInputs() -> [FuzzInput] {
    cornerInputs(areExtreme: false)
  }

  /// The same with all values at a limit that may be: sums are largest where structure is as large as corners make it.
  package func extremeInputs() -> [FuzzInput] {
    cornerInputs(areExtreme: true)
  }

  private func cornerInputs(areExtreme: Bool) -> [FuzzInput] {
    var inputs: [FuzzInput] = []
    for (corner, batch) in corners.enumerated() {
      var (sources, elements) = ([Int](), 0)
      func add() {
        guard !sources.isEmpty else { return }
        inputs.append(cornerInput(corner, sources, number: inputs.count, areExtreme))
        (sources, elements) = ([], 0)
      }
      for transaction in 0..<batch.count {
        let size = batch.items.values.reduce(0) { $0 + $1.range(of: transaction).count }
        guard size <= FuzzSpace.cornerElements else { continue }
        if elements + size > FuzzSpace.enoughElements || sources.count == FuzzSpace.mostTransactions
        {
          add()
        }
        sources.append(transaction)
        elements += size
      }
      add()
    }
    return inputs
  }

  /// Choices as ``FuzzDecoder`` reads them; what is left out counts as 0, which changes nothing.
  private func cornerInput(
    _ corner: Int, _ sources: [Int], number: Int, _ isExtreme: Bool
  ) -> FuzzInput {
    let stalls = UInt32(number % 6)
    let plan: [UInt32] = [stalls, 2, UInt32(number), 0, UInt32(number)]
    let (place, extremes) = FuzzDecoder.extremes
    return FuzzInput(
      [plan, [0, 0, UInt32(corner)]]
        + sources.map { source in
          let start = [1, UInt32(source)]
          guard isExtreme else { return start }
          return start + [UInt32](repeating: 0, count: place - start.count) + extremes
        })
  }
}
