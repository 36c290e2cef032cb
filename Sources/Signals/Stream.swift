/// What a field of a stream carries.
public enum FieldContent: Sendable, Hashable, Codable {
  /// The values of the named array, `lanes` a beat; an array of one value is repeated.
  case array(String)
  /// One bit a lane: the lane holds an element. Contiguous from lane 0, all ones before the last beat.
  case keep
  /// One bit: the last beat of the transaction.
  case last
  /// The extent of the named axis in this transaction.
  case extent(String)
}

/// A named payload: `lanes` integers of one format, packed, lane 0 in the least significant bits.
public struct Field: Sendable, Hashable, Codable {
  public var name: String
  public var format: IntegerFormat
  public var lanes: Int
  public var content: FieldContent
  /// The order of an array's elements; nil where it is that of the array.
  public var walk: Walk?
  /// On an output, what counts as the expected value; nil for the same value alone.
  public var comparison: Comparison?

  public init(
    _ name: String, _ format: IntegerFormat, lanes: Int = 1, content: FieldContent,
    walk: Walk? = nil
  ) {
    precondition(lanes >= 1, "field \(name) has no lanes")
    precondition(
      walk.map { $0.laneCount == lanes } ?? true, "field \(name): its walk fills other lanes")
    self.name = name
    self.format = format
    self.lanes = lanes
    self.content = content
    self.walk = walk
  }

  /// Width of the port in bits.
  public var bits: Int { format.width * lanes }

  /// Bytes that a value of the port takes in memory, little-endian: 1, 2, 4 or 8, and above 64 bits a
  /// multiple of 4. This is how a Verilated model holds it, so that a pin is written as memory.
  public var byteCount: Int { Field.byteCount(bits: bits) }

  /// The rule of ``byteCount`` for any width.
  public static func byteCount(bits: Int) -> Int {
    switch bits {
    case ...8: 1
    case ...16: 2
    case ...32: 4
    case ...64: 8
    default: (bits + 31) / 32 * 4
    }
  }
}

/// A ready/valid channel of a device.
///
/// The ports are `<name>_valid`, `<name>_ready` and `<name>_<field>`, each with the suffix of its
/// direction (`_i`, `_o`). Beats of one transaction follow each other; the number of beats is that of
/// its largest array divided by the lanes, rounded up. Lanes beyond the end of the transaction are
/// arbitrary on an input and zero on an output where the stream has a `keep` field or the array has a
/// walk; otherwise they repeat the last element on both sides.
public struct Stream: Sendable, Hashable, Codable {
  public enum Direction: String, Sendable, Hashable, Codable { case input, output }

  /// When the beats of an input cross.
  public enum Phase: String, Sendable, Hashable, Codable {
    /// Once for each transaction.
    case data
    /// Once whenever the settings change, before the first data beat that depends on them: the
    /// contents of a table.
    case configuration
  }

  public var name: String
  public var direction: Direction
  public var phase: Phase
  public var fields: [Field]
  /// The ports of a design that does not follow the rule of names; nil where it does.
  public var wires: StreamWires?
  /// Lanes of an input beyond the end that nothing marks are 0, not the last element; nil for no.
  public var fillsWithZeros: Bool?

  public init(
    _ name: String, _ direction: Direction, phase: Phase = .data, fields: [Field]
  ) {
    precondition(direction == .input || phase == .data, "an output stream has no settings")
    self.name = name
    self.direction = direction
    self.phase = phase
    self.fields = fields
  }

  /// A stream of rows: `data` carries `array`, with `keep` and `last`.
  public static func rows(
    _ name: String, _ direction: Direction, format: IntegerFormat, lanes: Int
  ) -> Stream {
    Stream(
      name, direction,
      fields: [
        Field("data", format, lanes: lanes, content: .array(name)),
        Field("keep", .unsigned(1), lanes: lanes, content: .keep),
        Field("last", .unsigned(1), content: .last),
      ])
  }

  /// Whether lanes beyond the end are marked, rather than filled with the last element.
  public var marksLanes: Bool { fields.contains { $0.content == .keep } }

  /// The port of valid, or of what stands for it; empty where a foreign design has none.
  public var validPort: String {
    if let wires { return wires.valid ?? "" }
    return direction == .input ? "\(name)_valid_i" : "\(name)_valid_o"
  }

  /// The port of ready, or of what stands for it; empty where a foreign design has none.
  public var readyPort: String {
    if let wires { return wires.ready ?? "" }
    return direction == .input ? "\(name)_ready_o" : "\(name)_ready_i"
  }

  /// The port of one of its fields; empty where a foreign design has none.
  public func port(of field: Field) -> String {
    if let wires { return wires.fields[field.name] ?? "" }
    return "\(name)_\(field.name)\(direction == .input ? "_i" : "_o")"
  }
}

/// The ports of a stream in a foreign design.
public struct StreamWires: Sendable, Hashable, Codable {
  public var valid: String?
  public var ready: String?
  /// The port of each field by its name; the first one where its lanes have a port each.
  public var fields: [String: String]

  public init(valid: String?, ready: String?, fields: [String: String]) {
    self.valid = valid
    self.ready = ready
    self.fields = fields
  }
}
