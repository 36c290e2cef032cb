import Blocks
import Signals

/// Answers of the golden model to inputs that are wrong in a simple way, compared with what was observed.
extension Survey {
  /// Something that may have happened to an input on its way.
  private struct Mistake {
    let kind: Classification.Kind
    /// Completes "what the golden model gives ...".
    let words: String
    let change: (Case.Part, Case.Part?) -> Batch?
    /// How many elements away the value stands; beyond the ends of a transaction, nobody knows it.
    var distance = 0
  }

  /// Elements that must be wrong, and explained.
  private static let enough = 8

  /// The simple mistake on an input that gives every observed value, or all of its kind that do; nil where
  /// there is none, or some of different kinds.
  func mistakenInput(_ cases: [Case], _ seen: [Observation]) -> Classification? {
    guard runner.block.goldenVersion == nil,
      seen.contains(where: { $0.beats.contains(where: \.isWrong) })
    else { return nil }
    var found: [(mistake: Mistake, count: Int)] = []
    for specification in runner.interface.arrays where specification.role == .input {
      for mistake in mistakes(specification) {
        if let count = explained(by: mistake, cases, seen) { found.append((mistake, count)) }
      }
    }
    guard let first = found.first, found.allSatisfy({ $0.mistake.kind == first.mistake.kind })
    else { return nil }
    return Classification(
      first.mistake.kind,
      evidence:
        "all \(first.count) wrong elements, and all others, are what the golden model gives "
        + found.map(\.mistake.words).joined(separator: ", or "))
  }

  /// - Returns: how many wrong elements it explains; nil where it fails to explain one.
  private func explained(by mistake: Mistake, _ cases: [Case], _ seen: [Observation]) -> Int? {
    var count = 0
    var values: Set<Int64> = []
    for (subject, observation) in zip(cases, seen) {
      let own = Dictionary(grouping: observation.beats, by: \.transaction)
      var first = 0
      for (number, part) in subject.parts.enumerated() {
        defer { first += part.batch.count }
        let range = first..<first + part.batch.count
        guard range.contains(where: { own[$0] != nil }) else { continue }
        guard let batch = mistake.change(part, number > 0 ? subject.parts[number - 1] : nil),
          let answer = try? runner.block.golden(batch, in: runner.configuration),
          let item = answer.items[observation.array.name], item.count == part.batch.count
        else { return nil }
        for transaction in range {
          guard let beats = own[transaction] else { continue }
          let golden = item[transaction - first].values
          for beat in beats {
            for index in beat.places.indices
            where golden.indices.contains(beat.places[index] + mistake.distance) {
              guard golden.indices.contains(beat.places[index]),
                golden[beat.places[index]] == beat.observed[index]
              else { return nil }
              if beat.observed[index] != beat.expected[index] {
                count += 1
                values.insert(beat.observed[index])
              }
            }
          }
        }
      }
    }
    return count >= Survey.enough && values.count >= 4 ? count : nil
  }

  // MARK: - Mistakes

  private func mistakes(_ array: ArraySpecification) -> [Mistake] {
    let name = array.name
    let fields = runner.interface.inputs.flatMap(\.fields)
    let lanes = fields.first { $0.content == .array(name) }?.lanes ?? 1
    func each(
      _ kind: Classification.Kind, _ words: String, _ body: @escaping (Int64) -> Int64
    ) -> Mistake {
      Mistake(kind: kind, words: words) { part, _ in
        part.batch.changing(name) { values in
          values.map { min(max(body($0), array.range.lowerBound), array.range.upperBound) }
        }
      }
    }
    func moved(_ distance: Int, _ words: String) -> Mistake {
      Mistake(
        kind: .neighbour, words: "with \(words) of '\(name)'",
        change: { part, _ in
          part.batch.changing(name) { values in
            values.indices.map {
              values.indices.contains($0 + distance) ? values[$0 + distance] : values[$0]
            }
          }
        }, distance: distance)
    }
    let top = (Int64(1) << Int64(min(array.format.width, 62) - 1)) - 1
    var all = [
      each(.offset, "to '\(name)' + 1") { $0 == .max ? $0 : $0 + 1 },
      each(.offset, "to '\(name)' - 1") { $0 == .min ? $0 : $0 - 1 },
      each(.ignored, "to '\(name)' = \(array.simplestValue)") { _ in array.simplestValue },
      each(.signLost, "to '\(name)' without its sign") { $0 == .min ? $0 : abs($0) },
      each(.highBitsLost, "to '\(name)' without its highest bit") { $0 & top },
      each(.lowBitsLost, "to '\(name)' without its lowest bit") { $0 & ~1 },
      each(.lowBitsLost, "to '\(name)' without its two lowest bits") { $0 & ~3 },
      Mistake(kind: .staleSetting, words: "with '\(name)' as it was before it changed") {
        part, last in
        guard part.batch.shared[name] != nil else { return nil }
        var batch = part.batch
        batch.shared[name] = last?.batch.shared[name] ?? part.batch.shared[name]
        return batch
      },
    ]
    guard !array.axes.isEmpty else { return all }
    all += [moved(1, "the next element"), moved(-1, "the element before")]
    if lanes > 1 { all += [moved(lanes, "the next beat"), moved(-lanes, "the beat before")] }
    return all
  }
}

extension Batch {
  /// With other values of one array, transaction by transaction; nil where there is none.
  func changing(_ name: String, _ body: ([Int64]) -> [Int64]) -> Batch? {
    var result = self
    if let item = items[name] {
      var changed = RaggedTensor(rank: item.rank)
      for index in 0..<item.count {
        var tensor = item[index]
        tensor.values = body(tensor.values)
        changed.append(tensor)
      }
      result.items[name] = changed
    } else if var tensor = shared[name] {
      tensor.values = body(tensor.values)
      result.shared[name] = tensor
    } else {
      return nil
    }
    return result
  }
}
