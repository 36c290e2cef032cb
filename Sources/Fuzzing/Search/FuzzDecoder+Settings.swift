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
    if kind == 9 { return settingsAtLimits(&shared, &choices) }
    if kind == 10 { return meet(&shared, &choices) }
    let count = [0, 0, 0, 0, 0, 1, 1, 2, 3][kind]
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
