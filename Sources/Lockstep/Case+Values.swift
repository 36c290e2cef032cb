import Devices
import Signals

/// The single values of a case, and how simple they are.
extension Case {
  /// One value of a case.
  struct Site: Hashable {
    var part: Int
    var array: String
    var isShared: Bool
    var index: Int
  }

  subscript(site: Site) -> Int64 {
    get {
      let batch = parts[site.part].batch
      return site.isShared
        ? batch.shared[site.array]?.values[site.index] ?? 0
        : batch.items[site.array]?.values[site.index] ?? 0
    }
    set {
      if site.isShared {
        parts[site.part].batch.shared[site.array]?.values[site.index] = newValue
      } else {
        parts[site.part].batch.items[site.array]?.values[site.index] = newValue
      }
    }
  }

  /// Every value that may be changed and is not as simple as can be. A value that all transactions share
  /// may only take its default: what is a valid setting beyond that, the ranges of arrays cannot say.
  func significantSites(_ interface: Interface) -> [Site] {
    var result: [Site] = []
    for (index, part) in parts.enumerated() where part.expected == nil {
      for specification in interface.arrays where specification.role == .input {
        let name = specification.name
        if let item = part.batch.items[name] {
          result += Case.sites(index, name, false, item.values, specification.simplestValue)
        } else if let tensor = part.batch.shared[name],
          let simple = specification.simplestShared(tensor)
        {
          result += Case.sites(index, name, true, tensor.values, simple)
        }
      }
    }
    return result
  }

  private static func sites(
    _ part: Int, _ array: String, _ isShared: Bool, _ values: [Int64], _ simple: Int64
  ) -> [Site] {
    values.indices.filter { values[$0] != simple }.map {
      Site(part: part, array: array, isShared: isShared, index: $0)
    }
  }

  /// The simplest value of a site.
  func simplest(_ site: Site, _ interface: Interface) -> Int64 {
    guard let specification = interface.array(site.array) else { return self[site] }
    guard site.isShared else { return specification.simplestValue }
    return parts[site.part].batch.shared[site.array].flatMap(specification.simplestShared)
      ?? self[site]
  }

  /// How far a case is from the simplest one. Each number counts only where those before it are equal.
  func weight(_ interface: Interface) -> [Int] {
    var (elements, significant, magnitude) = (0, 0, 0)
    for part in parts {
      for specification in interface.arrays {
        let values: [Int64]
        let simple: Int64
        if let item = part.batch.items[specification.name] {
          (values, simple) = (item.values, specification.simplestValue)
          elements += values.count
        } else if let tensor = part.batch.shared[specification.name],
          let value = specification.simplestShared(tensor)
        {
          (values, simple) = (tensor.values, value)
          elements += tensor.shape.isEmpty ? 0 : values.count
        } else {
          continue
        }
        for value in values where value != simple {
          significant += 1
          // Of a large value its length in bits is enough.
          magnitude += Int(min((value &- simple).magnitude, 1 << 20))
        }
      }
    }
    let state =
      switch initialState {
      case .zeros: 0
      case .ones: 1
      case .random: 2
      }
    return [
      rehearsedBeats == nil ? 0 : 1, transactions, elements, significant, magnitude, state,
      rehearsedBeats ?? 0, stalls.recorded?.stalls ?? (stalls.profile == .none ? 0 : .max),
    ]
  }
}

extension ArraySpecification {
  /// What the values of an array that all transactions share may become: 0 in a table, the default of a
  /// setting; nil where nothing.
  fileprivate func simplestShared(_ tensor: Tensor) -> Int64? {
    tensor.values.count > 1 ? simplestValue : defaultValue
  }
}
