public import Blocks
import Signals

/// Blocks by name or by family.
public enum Selection {
  /// The blocks that `names` name, in the order of the catalogue; all of them for no names.
  ///
  /// - Throws: ``AccuracyError/unknownName(_:known:)``.
  public static func blocks(
    _ names: [String], of catalogue: Catalogue
  ) throws(AccuracyError) -> [any Block] {
    let families = Family.allCases.map(\.rawValue)
    for name in names where catalogue[name] == nil && !families.contains(name) {
      throw .unknownName(name, known: catalogue.blocks.map(\.name) + families)
    }
    if names.isEmpty { return catalogue.blocks }
    return catalogue.blocks.filter {
      names.contains($0.name) || $0.family.map { names.contains($0.rawValue) } ?? false
    }
  }

  /// The variants of blocks by family, families in their order; blocks of no family are left out.
  ///
  /// - Throws: ``AccuracyError/noFamily(block:)`` where that leaves out a block of `named`;
  ///   `SignalError` for parameters that a block does not have.
  public static func variants(
    of blocks: [any Block], named: [String], _ values: [String: Int] = [:]
  ) throws -> [(family: Family, variants: [Variant])] {
    if let block = blocks.first(where: { $0.family == nil && named.contains($0.name) }) {
      throw AccuracyError.noFamily(block: block.name)
    }
    return try Family.allCases.compactMap { family in
      let variants = try blocks.filter { $0.family == family }.flatMap {
        try Variant.all(of: $0, values)
      }
      return variants.isEmpty ? nil : (family, variants)
    }
  }
}
