import Blocks
import Signals

/// Attention heads worked out pair by pair in wide integers, from the definition alone: no code in common
/// with the blocks. Faults can be planted in it.
struct NaiveAttention {
  enum Fault: CaseIterable {
    case causalOffByOne, lengthOffByOne, decodeNotCausal, lengthIgnored, maskIgnored, maskOfFirstRow
    case maskedInMaximum, maskedInSum, groupsOfVisible, keysOfPreviousHead, signOfKeysLost
    case probsSigned, roundingOfLogits, roundingOfContext, lastKeyMissing, emptyRowsRequantised
    case queriesFromTheFirst
  }

  /// A head's parts, each [Q, T] or [Q, D], in dataflow order.
  struct Answer: Equatable {
    var logits: [Int64] = []
    var probs: [Int64] = []
    var acc: [Int64] = []
    var context: [Int64] = []

    /// The first part that differs from another answer's.
    func firstDifference(from other: Answer) -> String? {
      if logits != other.logits { return "logits" }
      if probs != other.probs { return "probs" }
      if acc != other.acc { return "acc" }
      return context != other.context ? "context" : nil
    }
  }

  enum Algorithm {
    case ita(epsilonShift: Int, group: Int)
    case ibert(octaves: Int)
  }

  let batch: Batch
  let algorithm: Algorithm
  var fault: Fault?

  private func operand(_ name: String, _ head: Int) -> Int64 {
    batch.items[name].map { $0.values[head] } ?? batch.scalar(name)
  }

  /// What golden says of a head.
  static func golden(_ answer: Batch, _ head: Int) -> Answer {
    Answer(
      logits: answer.item("logits")[head].values, probs: answer.item("probs")[head].values,
      acc: answer.item("acc")[head].values, context: answer.item("context")[head].values)
  }

  func answer(_ head: Int) -> Answer {
    let (q, k, v) = (batch.item("q")[head], batch.item("k")[head], batch.item("v")[head])
    let (queries, tokens, dimension) = (q.shape[0], k.shape[0], q.shape[1])
    var keys = k.values
    if fault == .keysOfPreviousHead, head > 0 {
      let old = batch.item("k")[head - 1].values
      for index in 0..<min(old.count, dimension) { keys[index] = old[index] }
    }
    if fault == .signOfKeysLost { keys = keys.map { $0 & 255 } }
    var result = Answer()
    for query in 0..<queries {
      let visible = (0..<tokens).map { isVisible(head, query, $0, queries, tokens) }
      var logits: [Int64] = []
      for key in 0..<tokens {
        var sum: Int64 = 0
        for d in 0..<dimension {
          sum += q.values[query * dimension + d] * keys[key * dimension + d]
        }
        logits.append(requantise(sum, "qk", isWrong: fault == .roundingOfLogits))
      }
      let probs = probabilities(logits, visible)
      result.logits += zip(logits, visible).map { $1 ? $0 : 0 }
      result.probs += probs
      for d in 0..<dimension {
        var sum: Int64 = 0
        for key in 0..<tokens - (fault == .lastKeyMissing ? 1 : 0) {
          let weight = fault == .probsSigned && probs[key] > 127 ? probs[key] - 256 : probs[key]
          sum += weight * v.values[key * dimension + d]
        }
        result.acc.append(sum)
        let isAnswered = visible.contains(true) || fault == .emptyRowsRequantised
        result.context.append(
          isAnswered ? requantise(sum, "av", isWrong: fault == .roundingOfContext) : 0)
      }
    }
    return result
  }

  private func isVisible(
    _ head: Int, _ query: Int, _ key: Int, _ queries: Int, _ tokens: Int
  ) -> Bool {
    let length = Int(operand("length", head)) + (fault == .lengthOffByOne ? 1 : 0)
    if key >= length && fault != .lengthIgnored { return false }
    let decodes = operand("decode", head) == 1 && fault != .decodeNotCausal
    if operand("causal", head) == 1 || decodes {
      let position =
        query + (fault == .queriesFromTheFirst ? 0 : tokens - queries)
        + (fault == .causalOffByOne ? 1 : 0)
      if key > position { return false }
    }
    guard fault != .maskIgnored else { return true }
    let row = fault == .maskOfFirstRow ? 0 : query
    guard let mask = batch.items["mask"] else {
      let shared = batch.shared["mask"]?.values ?? [1]
      return shared[shared.count == 1 ? 0 : row * tokens + key] == 1
    }
    return mask[head].values[row * tokens + key] == 1
  }

  // MARK: - Units

  private func floor(_ value: Int128, bits: Int) -> Int128 {
    bits > 126 ? (value < 0 ? -1 : 0) : value >> Int128(bits)
  }

  private func requantise(_ sum: Int64, _ prefix: String, isWrong: Bool) -> Int64 {
    let product = Int128(sum) * Int128(batch.scalar("\(prefix)_multiplier"))
    var result: Int128
    switch algorithm {
    case .ita:
      let shift = Int(batch.scalar("\(prefix)_shift"))
      let half: Int128 = shift == 0 || shift > 100 || isWrong ? 0 : 1 << Int128(shift - 1)
      result = shift > 100 ? 0 : floor(product + half, bits: shift)
      result += Int128(batch.scalar("\(prefix)_add"))
    case .ibert:
      let exponent = Int(batch.scalar("\(prefix)_exponent"))
      // Of 58 bits nothing remains.
      if exponent >= 100 { return 0 }
      result = floor(product, bits: exponent)
      let unit = Int128(1) << Int128(exponent)
      let twice = 2 * (product - result * unit)
      if twice > unit || twice == unit && (result % 2 != 0 || isWrong) { result += 1 }
    }
    return Int64(max(-128, min(127, result)))
  }

  private func probabilities(_ logits: [Int64], _ visible: [Bool]) -> [Int64] {
    switch algorithm {
    case .ita(let epsilonShift, let group): ita(logits, visible, 1 << epsilonShift, group)
    case .ibert(let octaves): ibert(logits, visible, octaves)
    }
  }

  private func ita(_ logits: [Int64], _ visible: [Bool], _ step: Int64, _ group: Int) -> [Int64] {
    func halvings(_ distance: Int64) -> Int64 { (2 * distance + step) / (2 * step) }
    func half(_ value: Int64, _ times: Int64) -> Int64 { times > 62 ? 0 : value >> times }
    var order = Array(logits.indices)
    if fault == .groupsOfVisible { order = order.filter { visible[$0] } }
    var (maximum, sum): (Int64, Int64) = (-128, 0)
    for start in stride(from: 0, to: order.count, by: group) {
      let keys = order[start..<min(start + group, order.count)]
      let shown = keys.filter { visible[$0] }
      let old = maximum
      for key in fault == .maskedInMaximum ? Array(keys) : shown {
        maximum = max(maximum, logits[key])
      }
      sum = half(sum, halvings(maximum - old))
      for key in fault == .maskedInSum ? keys.filter({ logits[$0] <= maximum }) : shown {
        sum += half(256, halvings(maximum - logits[key]))
      }
      sum %= 1 << 19
    }
    let inverse = sum == 0 ? 0 : 65280 / sum
    return logits.indices.map {
      visible[$0] ? half(inverse, halvings(maximum - logits[$0])) % 256 : 0
    }
  }

  private func ibert(_ logits: [Int64], _ visible: [Bool], _ octaves: Int) -> [Int64] {
    let keys = logits.indices.filter { visible[$0] }
    let (x0, b, c) = (batch.scalar("x0"), batch.scalar("b"), batch.scalar("c"))
    let counted = fault == .maskedInMaximum ? Array(logits.indices) : keys
    guard let maximum = counted.map({ logits[$0] }).max() else {
      return [Int64](repeating: 0, count: logits.count)
    }
    func exponential(_ logit: Int64) -> Int64 {
      let drop = max(min(logit - maximum, 0), Int64(octaves) * x0)
      let (times, rest) = (-drop / -x0, -(-drop % -x0))
      let wide = Int128(max(0, (rest + b) * rest + c)) << Int128(Int64(octaves) - times)
      let product = wide * Int128(batch.scalar("exp_multiplier"))
      let exponent = batch.scalar("exp_exponent")
      var result = floor(product, bits: Int(exponent))
      let remainder = product - (result << Int128(exponent))
      if exponent > 0,
        remainder > 1 << Int128(exponent - 1)
          || remainder == 1 << Int128(exponent - 1) && result % 2 == 1
      {
        result += 1
      }
      return Int64(min(32767, result))
    }
    let summed = fault == .maskedInSum ? Array(logits.indices) : keys
    let sum = summed.reduce(0) { $0 + exponential(logits[$1]) }
    let factor = sum == 0 ? 0 : (1 << 32) / sum
    return logits.indices.map {
      visible[$0] ? exponential(logits[$0]) * factor / (1 << 24) : 0
    }
  }
}
