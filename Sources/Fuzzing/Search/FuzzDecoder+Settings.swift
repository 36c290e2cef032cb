import Signals

// MARK: - Settings

extension FuzzDecoder {
  /// The values of settings and short tables.
  func settings(_ shared: [String: Tensor]) -> [Int64] {
    space.sharedArrays.flatMap { shared[$0.name]?.values.prefix(16) ?? [] }
  }

  /// The values of settings that are one number.
  func scalars(_ shared: [String: Tensor]) -> [Int64] {
    space.sharedArrays.compactMap { shared[$0.name] }.filter { $0.values.count == 1 }
      .map { $0.values[0] }
  }

  func changeSettings(_ shared: inout [String: Tensor], _ choices: inout Choices) {
    let kind = choices.below(11)
    switch kind {
    case 9: settingsAtLimits(&shared, &choices)
    case 10: meet(&shared, &choices)
    default: changeSettings([0, 0, 0, 0, 1, 1, 1, 2, 3][kind], &shared, &choices)
    }
    if choices.oneIn(8) { roundSettings(&shared, &choices) }
  }

  private func changeSettings(
    _ count: Int, _ shared: inout [String: Tensor], _ choices: inout Choices
  ) {
    for _ in 0..<count {
      guard let array = choices.pick(space.sharedArrays), var tensor = shared[array.name] else {
        continue
      }
      let values = ValueChoices(constants: space.numbers, settings: settings(shared))
      if choices.oneIn(3) {
        // Valid by itself, though perhaps not with the others.
        let other = batch(space.base(&choices)).shared[array.name]
        if let other, other.shape == tensor.shape { tensor = other }
      } else if tensor.values.count == 1 {
        tensor.values[0] = values.value(in: array.range, &choices)
      } else {
        ValuePattern(values: values, range: array.range, previous: [])
          .apply(to: &tensor.values, &choices)
      }
      shared[array.name] = tensor
    }
  }

  /// Fits one setting to others, see ``ValueChoices/meeting(_:current:_:)``: what is computed of them cancels, or
  /// comes to a power of two.
  private func meet(_ shared: inout [String: Tensor], _ choices: inout Choices) {
    let numbers = space.sharedArrays.filter { shared[$0.name]?.values.count == 1 }
    guard let array = choices.pick(numbers), let current = shared[array.name]?.values.first else {
      return
    }
    let others = numbers.filter { $0.name != array.name }
      .compactMap { shared[$0.name]?.values.first }
    let values = ValueChoices(constants: [], settings: others.filter { $0.magnitude > 1 })
    shared[array.name]?.values[0] = values.meeting(array.range, current: current, &choices)
  }

  /// Every other setting keeps but its first digits: products with several of them are ties only where they end in
  /// many zeros.
  private func roundSettings(_ shared: inout [String: Tensor], _ choices: inout Choices) {
    for array in space.sharedArrays where choices.oneIn(2) {
      let digits = 1 + choices.below(3)
      guard let tensor = shared[array.name], tensor.values.count == 1 else { continue }
      let rounded = ValueChoices.rounded(tensor.values[0], digits: digits)
      shared[array.name]?.values[0] = min(
        max(rounded, array.range.lowerBound), array.range.upperBound)
    }
  }

  /// Every other setting goes to a limit: some mistakes need several of them there at once.
  private func settingsAtLimits(_ shared: inout [String: Tensor], _ choices: inout Choices) {
    let values = ValueChoices(constants: [])
    for array in space.sharedArrays where choices.oneIn(2) {
      guard var tensor = shared[array.name] else { continue }
      ValuePattern(values: values, range: array.range, previous: [])
        .fillExtreme(&tensor.values, &choices)
      shared[array.name] = tensor
    }
  }
}
