public import Blocks
public import Signals

/// A block in one configuration of its algorithm: one of the approximations that are compared.
public struct Variant: Sendable {
  public let block: any Block
  public let configuration: Configuration

  public init(_ block: any Block, _ configuration: Configuration) {
    self.block = block
    self.configuration = configuration
  }

  /// The block's name and the parameters that choose between algorithms: `ibert_gelu ErfShift=0`.
  public var label: String {
    let choices = block.parameters.filter { $0.choices != nil }
    return ([block.name] + choices.map { "\($0.name)=\(configuration[$0.name])" })
      .joined(separator: " ")
  }

  /// Every algorithm of a block: each combination of the parameters that name their choices, all
  /// others at their defaults or as `values` say.
  ///
  /// - Throws: `SignalError` for a name in `values` that is no parameter, or a value out of range.
  public static func all(
    of block: any Block, _ values: [String: Int] = [:]
  ) throws(SignalError) -> [Variant] {
    var combinations = [values]
    for parameter in block.parameters where values[parameter.name] == nil {
      guard let choices = parameter.choices else { continue }
      combinations = combinations.flatMap { combination in
        choices.map { combination.merging([parameter.name: $0]) { $1 } }
      }
    }
    var variants: [Variant] = []
    for combination in combinations {
      let configuration = try block.configuration(named: "accuracy", combination)
      // Parameters that each are in range may exclude each other.
      guard (try? block.interface(in: configuration)) != nil else { continue }
      variants.append(Variant(block, configuration))
    }
    return variants
  }

  /// The same algorithm built for rows of `length` at least.
  func holding(length: Int) -> Variant {
    guard let parameter = block.parameters.first(where: { $0.name == "MaxLength" }),
      configuration["MaxLength"] < length, parameter.range.contains(length)
    else { return self }
    var configuration = configuration
    configuration.values["MaxLength"] = length
    return Variant(block, configuration)
  }
}
