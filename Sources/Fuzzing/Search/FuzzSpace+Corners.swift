import Signals

// MARK: - Corners

extension FuzzSpace {
  /// Inputs that stand for the block's own corners as they are, under different stalls: what a search begins
  /// with, so that it changes them further. Those that would take long by themselves are left out.
  package func cornerInputs() -> [FuzzInput] {
    var inputs: [FuzzInput] = []
    for (corner, batch) in corners.enumerated() {
      var (sources, elements) = ([Int](), 0)
      func add() {
        guard !sources.isEmpty else { return }
        inputs.append(cornerInput(corner, sources, number: inputs.count))
        (sources, elements) = ([], 0)
      }
      for transaction in 0..<batch.count {
        let size = batch.items.values.reduce(0) { $0 + $1.range(of: transaction).count }
        guard size <= FuzzSpace.enoughElements else { continue }
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
  private func cornerInput(_ corner: Int, _ sources: [Int], number: Int) -> FuzzInput {
    let stalls = UInt32(number % 6)
    let plan: [UInt32] = [stalls, 2, UInt32(number), 0, UInt32(number)]
    return FuzzInput(
      [plan, [0, 0, UInt32(corner)]] + sources.map { [1, UInt32($0)] })
  }
}
