/// When a value that a device answers counts as the expected one, where that is not simply when it
/// is the
/// same: for outputs of designs whose golden model is not bit-exact.
///
/// A report always says which outputs were compared like this, and how far they were off.
public struct Comparison: Sendable, Hashable, Codable {
  /// What the bits of a value stand for.
  public enum Encoding: String, Sendable, Hashable, Codable, CaseIterable {
    /// The integer of the field's format.
    case integer
    /// IEEE 754, 16, 32 and 64 bits; and the upper half of 32.
    case float16, bfloat16, float32, float64

    /// Bits of a value; nil for integers, which have those of their field.
    public var width: Int? {
      switch self {
      case .integer: nil
      case .float16, .bfloat16: 16
      case .float32: 32
      case .float64: 64
      }
    }
  }

  public var encoding: Encoding
  /// Units in the last place by which a value may be off, of the integer or of the floating-point
  /// number.
  public var steps: Int64?
  /// With ``relative``: the largest difference is `absolute + relative * |expected|`.
  public var absolute: Double?
  public var relative: Double?
  /// Bits of each value that are not compared.
  public var ignoredBits: UInt64
  /// Nothing of the field is compared.
  public var isIgnored: Bool

  /// Exact, unless said otherwise.
  public init(
    encoding: Encoding = .integer, steps: Int64? = nil, absolute: Double? = nil,
    relative: Double? = nil, ignoredBits: UInt64 = 0, isIgnored: Bool = false
  ) {
    self.encoding = encoding
    self.steps = steps
    self.absolute = absolute
    self.relative = relative
    self.ignoredBits = ignoredBits
    self.isIgnored = isIgnored
  }

  /// Not compared at all.
  public static let ignored = Comparison(isIgnored: true)

  /// How `observed` relates to `expected`.
  public enum Verdict: Sendable, Hashable {
    case same
    /// The bits in which they differ are not compared.
    case masked
    /// Not the same, by so much: steps, or the difference of the numbers; and as near as it must
    /// be.
    case near(Double)
    case different
  }

  /// Judges one value. Both are bits of one field, sign-extended where it is signed.
  ///
  /// Not-a-number equals any not-a-number, and nothing else; infinities equal themselves alone.
  public func verdict(expected: Int64, observed: Int64) -> Verdict {
    if expected == observed { return .same }
    if isIgnored { return .masked }
    let kept = Int64(bitPattern: ~ignoredBits)
    let (expected, observed) = (expected & kept, observed & kept)
    if expected == observed { return .masked }
    if let steps {
      let distance = distance(expected, observed)
      if let distance, distance <= steps { return .near(Double(distance)) }
    }
    guard absolute != nil || relative != nil || encoding != .integer else { return .different }
    let (wanted, found) = (real(expected), real(observed))
    if wanted.isNaN && found.isNaN { return .near(0) }
    let error = (found - wanted).magnitude
    // A zero of the other sign is the same number.
    if error == 0 { return .near(0) }
    guard error.isFinite, absolute != nil || relative != nil,
      error <= (absolute ?? 0) + (relative ?? 0) * wanted.magnitude
    else { return .different }
    return .near(error)
  }

  /// Units in the last place between two values; nil where one is no number.
  private func distance(_ expected: Int64, _ observed: Int64) -> Int64? {
    var (a, b) = (expected, observed)
    if let width = encoding.width {
      guard real(a).isFinite, real(b).isFinite else { return nil }
      (a, b) = (Comparison.ordered(a, width: width), Comparison.ordered(b, width: width))
    }
    let (difference, overflows) = a.subtractingReportingOverflow(b)
    return overflows || difference == .min ? nil : abs(difference)
  }

  /// Bits of a floating-point number as an integer that grows with it, with both zeros at 0.
  private static func ordered(_ bits: Int64, width: Int) -> Int64 {
    let magnitude = bits & (Int64.max >> Int64(64 - width))
    return bits >> Int64(width - 1) & 1 == 0 ? magnitude : -magnitude
  }

  /// The number that bits stand for.
  public func real(_ bits: Int64) -> Double {
    switch encoding {
    case .integer: Double(bits)
    case .float16: Comparison.half(UInt16(truncatingIfNeeded: bits))
    case .bfloat16: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits) << 16))
    case .float32: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
    case .float64: Double(bitPattern: UInt64(bitPattern: bits))
    }
  }

  /// Written out, because not every platform has `Float16`.
  private static func half(_ bits: UInt16) -> Double {
    let fraction = Double(bits & 0x3FF)
    let exponent = Int(bits >> 10 & 0x1F)
    let magnitude =
      switch exponent {
      case 0: fraction * 0x1p-24
      case 31: fraction == 0 ? Double.infinity : .nan
      default:
        (1 + fraction * 0x1p-10) * Double(sign: .plus, exponent: exponent - 15, significand: 1)
      }
    return bits >> 15 == 0 ? magnitude : -magnitude
  }

  /// In words: `within 2 steps`, `within 0.01 + 0.1 % as float16`, `not compared`.
  public var words: String {
    if isIgnored { return "not compared" }
    var parts: [String] = []
    if let steps { parts.append("within \(steps) \(steps == 1 ? "step" : "steps")") }
    if absolute != nil || relative != nil {
      let terms =
        (absolute.map { ["\($0)"] } ?? [])
        + (relative.map { ["\($0) of the expected value"] } ?? [])
      parts.append("within \(terms.joined(separator: " + "))")
    }
    var words = parts.isEmpty ? "exact" : parts.joined(separator: ", or ")
    if encoding != .integer { words += " as \(encoding.rawValue)" }
    if ignoredBits != 0 { words += ", without the bits 0x\(String(ignoredBits, radix: 16))" }
    return words
  }
}

extension Interface {
  /// The interface with these comparisons on every output field that carries the named array.
  public func comparing(_ comparisons: [String: Comparison]) -> Interface {
    var result = self
    for (index, stream) in streams.enumerated() where stream.direction == .output {
      for (position, field) in stream.fields.enumerated() {
        guard case .array(let name) = field.content, let comparison = comparisons[name] else {
          continue
        }
        result.streams[index].fields[position].comparison = comparison
      }
    }
    return result
  }
}
