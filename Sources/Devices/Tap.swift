/// A signal inside a device that is compared with an intermediate value of the golden model.
///
///     taps:
///       exp16: {signal: u_exp.q_o, valid: u_exp_guard.result_valid_o}
///       factor: {signal: factor, valid: [factor_valid, "!stall"], lanes: 1}
///
/// Signals are paths from the top module: instances and generate blocks (`gen_lane[0]`) with dots between,
/// then the name of a net or variable without unpacked dimensions. `gen_lane[*].q` stands for the `q` of
/// `gen_lane[0]`, `gen_lane[1]` and so on, one lane each, and `gen_row[*].gen_column[*].q` for those of all
/// columns of row 0, then of row 1. A register as it stands costs nothing to look at, a wide signal that is
/// put together of many does. A condition may be one bit of a vector:
/// `u_valid.valid_q[3]`, so that a stage in the middle of a pipeline needs no signal of its own;
/// `valid_q[-1]` is the highest bit, for stages that stand at a distance from the end. Values are
/// sampled on each cycle in which every condition holds, and must come in the order of the golden model's
/// array, `lanes` a cycle, or in an `order` that the block knows (`cosim describe` lists them):
///
///       logits: {signal: row, valid: [row_valid, row_ready], keep: row_keep, order: beats}
///       probs: {signal: probs, valid: probs_valid, keep: probs_keep, order: beats, absent: zero}
///
/// Lanes that hold no element are not compared, unless `absent` says that they are zero.
public struct Tap: Sendable, Hashable, Codable {
  /// One bit of a signal and the level that is meant.
  public struct Condition: Sendable, Hashable, Codable {
    public var signal: String
    /// Which bit, from 0 for the lowest or from -1 for the highest; nil for the only one.
    public var bit: Int?
    /// Meant when the signal is low: written `!signal`.
    public var isInverted: Bool

    public init(_ signal: String, bit: Int? = nil, isInverted: Bool = false) {
      self.signal = signal
      self.bit = bit
      self.isInverted = isInverted
    }

    /// The bit of a signal of `width` bits, from 0; nil where it has no such bit, or where it has
    /// several and none is named.
    public func place(in width: Int) -> Int? {
      guard let bit else { return width == 1 ? 0 : nil }
      guard (-width..<width).contains(bit) else { return nil }
      return bit < 0 ? width + bit : bit
    }
  }

  /// How many elements the signal holds.
  public enum Lanes: Sendable, Hashable, Codable {
    case number(Int)
    /// The value of a parameter of the configuration.
    case parameter(String)
  }

  /// The array of the golden model.
  public var name: String
  /// The signal that carries it, lane 0 in its least significant bits; or one with `[*]`, whose copies
  /// carry a lane each. Of a lane of more than 64 bits with a signal of its own, the lowest 64 are
  /// compared.
  public var signal: String
  /// A value is there in a cycle in which all of these hold. At least one.
  public var valid: [Condition]
  /// One bit a lane: the lane holds an element. Compared, if named.
  public var keep: String?
  /// One bit: the last values of a transaction. Compared, if named.
  public var last: String?
  /// Nil for one element where the array has one a transaction, else as many as the stream has that
  /// carries an array of the same axes.
  public var lanes: Lanes?
  /// Name of the block's order of elements; nil for that of the array, or of a stream that carries an array
  /// of the same axes.
  public var order: String?
  /// Whether lanes that hold no element must be zero.
  public var absentIsZero: Bool

  public init(
    _ name: String, signal: String, valid: [Condition], keep: String? = nil, last: String? = nil,
    lanes: Lanes? = nil, order: String? = nil, absentIsZero: Bool = false
  ) {
    self.name = name
    self.signal = signal
    self.valid = valid
    self.keep = keep
    self.last = last
    self.lanes = lanes
    self.order = order
    self.absentIsZero = absentIsZero
  }

  /// The signals that a name stands for: itself, or as many copies as there are, the first at least. Of
  /// several `[*]` the last one counts fastest.
  ///
  /// - Parameter exists: whether the device has a signal.
  public static func copies(of signal: String, where exists: (String) -> Bool) -> [String] {
    guard signal.contains("[*]") else { return [signal] }
    var result: [String] = []
    for index in 0... {
      let copies = copies(
        of: signal.replacing("[*]", with: "[\(index)]", maxReplacements: 1), where: exists)
      guard index == 0 || exists(copies[0]) else { break }
      result += copies
    }
    return result
  }

  /// Every signal that is looked at, each once.
  public var signals: [String] {
    var known: Set<String> = []
    return ([signal] + valid.map(\.signal) + [keep, last].compactMap { $0 })
      .filter { known.insert($0).inserted }
  }
}

/// A part of a device that works in some cycles and not in others, for the report to say in how many.
///
///     stages:
///       scores: u_core.score_take
///       idle: ["!u_core.score_take", "!u_core.context_take"]
///
/// Stages may work at the same time: shares need not add up to one.
public struct Stage: Sendable, Hashable, Codable {
  public var name: String
  /// It works in the cycles in which all of these hold. At least one.
  public var active: [Tap.Condition]

  public init(_ name: String, active: [Tap.Condition]) {
    self.name = name
    self.active = active
  }
}

extension Manifest {
  /// Every signal inside the device that a tap or a stage looks at, each once.
  public var tapSignals: [String] {
    var known: Set<String> = []
    return (taps.flatMap(\.signals) + stages.flatMap { $0.active.map(\.signal) })
      .filter { known.insert($0).inserted }
  }
}
