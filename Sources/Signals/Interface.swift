/// One named array that a block reads or writes.
public struct ArraySpecification: Sendable, Hashable, Codable {
  public enum Role: String, Sendable, Hashable, Codable {
    case input, output
    /// An intermediate value of the golden model.
    case tap
    /// Carried by streams or settings, but not by files: the block derives it from the inputs.
    case derived
  }

  public var name: String
  public var role: Role
  /// Names of the axes, outermost first: `["R", "L"]`. Equal names have equal extents.
  public var axes: [String]
  /// Representation on pins and, rounded up to 8, 16, 32 or 64 bits, in files.
  public var format: IntegerFormat
  /// The values that the block is defined for; the whole format unless narrowed.
  public var range: ClosedRange<Int64>
  /// A single value may stand for the whole array.
  public var allowsScalar: Bool
  /// The first axis, which counts transactions, may be left out: the array is then the same for all of
  /// them.
  public var allowsShared: Bool
  /// The value of every element when the array is left out; nil when it must be given.
  public var defaultValue: Int64?
  /// An extent may be 0: a sparse matrix without non-zeros.
  public var allowsEmpty: Bool
  /// One sentence, with the unit or scale.
  public var summary: String
  /// A file may give the array more axes than it has here: the inner ones are one in C order. Nil for no.
  public var isFlat: Bool?

  public init(
    _ name: String, _ role: Role, axes: [String], _ format: IntegerFormat,
    range: ClosedRange<Int64>? = nil, allowsScalar: Bool = false,
    allowsEmpty: Bool = false, allowsShared: Bool = false, default defaultValue: Int64? = nil,
    _ summary: String
  ) {
    self.name = name
    self.role = role
    self.axes = axes
    self.format = format
    self.range = range ?? format.range
    self.allowsScalar = allowsScalar
    self.allowsEmpty = allowsEmpty
    self.allowsShared = allowsShared
    self.defaultValue = defaultValue
    self.summary = summary
  }
}

/// What separates one transaction from the next in the arrays of a file.
public enum Batching: Sendable, Hashable, Codable {
  /// The named first axis counts transactions: rows of a softmax (`R`), heads of an attention (`H`).
  /// Arrays without it are the same for all transactions.
  case leading(String)
  /// Element-wise: the named axis is cut into transactions of at most so many elements.
  case chunks(String, size: Int)
  /// The whole file is one transaction.
  case whole
}

/// The pins and arrays of a block under one configuration.
public struct Interface: Sendable, Hashable, Codable {
  public var arrays: [ArraySpecification]
  public var batching: Batching
  /// Quasi-static inputs, port `cfg_<name>_i` each, carried by the input array of the same name. They
  /// change only while no transaction is in flight.
  public var settings: [Field]
  public var streams: [Stream]
  /// Data may be offered while tables are not whole, behind a reset and from the first entry of each of the
  /// next ones on, and a table while data is on its way: the device makes either wait. Nil for no.
  public var tablesWait: Bool?

  public init(
    arrays: [ArraySpecification], batching: Batching, settings: [Field] = [], streams: [Stream],
    tablesWait: Bool? = nil
  ) {
    self.arrays = arrays
    self.batching = batching
    self.settings = settings
    self.streams = streams
    self.tablesWait = tablesWait
  }

  public var inputs: [Stream] { streams.filter { $0.direction == .input } }
  public var outputs: [Stream] { streams.filter { $0.direction == .output } }

  public func array(_ name: String) -> ArraySpecification? { arrays.first { $0.name == name } }

  /// Whether each transaction has a value of its own for this array.
  public func isPerTransaction(_ array: ArraySpecification) -> Bool {
    switch batching {
    case .leading(let axis): array.axes.first == axis
    case .chunks(let axis, _): array.axes.contains(axis)
    case .whole: true
    }
  }
}

extension Field {
  /// A setting of the interface: the port `cfg_<name>_i` carries the array `name`.
  public static func setting(_ name: String, _ format: IntegerFormat, lanes: Int = 1) -> Field {
    Field(name, format, lanes: lanes, content: .array(name))
  }

  /// The port of a setting, where the design follows the rule of names.
  public var settingPort: String { "cfg_\(name)_i" }
}
