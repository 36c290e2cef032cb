import Blocks
import Devices
import Lockstep
import Signals

// MARK: - Uniform stimulus

extension FuzzDecoder {
  func uniformPlan(_ choices: inout Choices) -> Case {
    let (stalls, seed) = (choices.oneIn(2), UInt64(choices.next()))
    let record =
      stalls
      ? choices.uniformStalls(of: space.interface.streams.map(\.name), cycles: 2048) : nil
    return Case(
      parts: [], stalls: StallPlan(.none, seed: 0, recorded: record),
      initialState: .random(seed: seed), hangLimit: space.hangLimit)
  }

  func fillUniformly(
    _ shared: inout [String: Tensor], _ uniform: UniformArrays, _ choices: inout Choices
  ) {
    var drawn = Choices(seed: choices.next())
    for array in uniform.shared {
      guard var tensor = shared[array.name] else { continue }
      drawn.fill(&tensor, in: array.range)
      shared[array.name] = tensor
    }
  }

  func uniformTransaction(
    _ segment: [UInt32], _ base: Batch, _ restraint: Restraint, _ uniform: UniformArrays
  ) -> [String: Tensor] {
    var (choices, arrays) = start(segment, base)
    guard restraint != .everything else { return arrays }
    var drawn = Choices(seed: choices.next())
    if restraint.rawValue < Restraint.extents.rawValue {
      for axis in freeAxes(arrays, base) {
        let (shortest, longest) = (space.shortest[axis] ?? 1, space.longest[axis] ?? 1)
        resize(&arrays, axis, to: shortest + drawn.below(longest - shortest + 1))
      }
    }
    for array in uniform.items {
      guard var tensor = arrays[array.name] else { continue }
      drawn.fill(&tensor, in: array.range)
      arrays[array.name] = tensor
    }
    return arrays
  }
}
