import Blocks
import Devices
import Signals

/// A tap of a manifest, fitted to a block and to a device.
struct TapPlan: Sendable {
  let tap: Tap
  /// What is expected on the signals, as if they were a stream.
  let stream: Stream
  /// The signals of each field: one, or one a lane.
  let signals: [[String]]
  /// The order of the values, where the data decide it.
  let order: TapOrder?

  /// - Throws: ``LockstepError`` for a value or an order that the golden model does not have and for
  ///   signals that do not fit it; ``DeviceError`` for a signal that the device was not built with.
  init(
    _ tap: Tap, of block: any Block, interface: Interface, configuration: Configuration,
    library: DeviceLibrary
  ) throws {
    let answers = interface.arrays.filter { $0.role != .input && interface.isPerTransaction($0) }
    guard let array = answers.first(where: { $0.name == tap.name }) else {
      throw LockstepError.unknownTap(
        device: library.top, tap: tap.name, known: answers.map(\.name))
    }
    let orders = block.tapOrders(in: configuration)
    order = orders.first { $0.name == tap.order }
    if let name = tap.order, order == nil {
      throw LockstepError.unknownOrder(
        device: library.top, tap: tap.name, order: name, known: orders.map(\.name))
    }
    let model = TapPlan.model(of: array, interface)
    let lanes =
      try TapPlan.lanes(tap, configuration, library) ?? order?.lanes ?? model?.lanes ?? 1
    let (copies, width) = try TapPlan.copies(tap, lanes: lanes, library)
    let value = Field(
      "value", array.format.isSigned ? .signed(width) : .unsigned(width), lanes: lanes,
      content: .array(tap.name), walk: order == nil && lanes == model?.lanes ? model?.walk : nil)
    let marks = try TapPlan.marks(tap, lanes: lanes, library)
    self.tap = tap
    signals = [copies] + marks.map { [$0.signal] }
    var stream = Stream(tap.name, .output, fields: [value] + marks.map(\.field))
    if tap.absentIsZero { stream.fillsWithZeros = true }
    self.stream = stream
  }

  /// The lanes that the manifest names.
  private static func lanes(
    _ tap: Tap, _ configuration: Configuration, _ library: DeviceLibrary
  ) throws -> Int? {
    switch tap.lanes {
    case nil: return nil
    case .number(let number): return number
    case .parameter(let name):
      guard let value = configuration.values[name], value >= 1 else {
        throw LockstepError.tapLanes(device: library.top, tap: tap.name, parameter: name)
      }
      return value
    }
  }

  /// The signals of the values, one or one a lane, and the bits of a lane that are compared.
  private static func copies(
    _ tap: Tap, lanes: Int, _ library: DeviceLibrary
  ) throws -> (signals: [String], width: Int) {
    let copies = Tap.copies(of: tap.signal) { (try? library.port(named: $0)) != nil }
    let all = try library.port(named: copies[0]).bits * copies.count
    // A lane with a signal of its own may be wider: its lowest 64 bits are compared.
    let widest = copies.count == lanes ? Int.max : 64
    guard all % lanes == 0, (1...widest).contains(all / lanes),
      copies.count == 1 || copies.count == lanes
    else {
      throw LockstepError.tapWidth(
        device: library.top, tap: tap.name, signal: tap.signal, bits: all, lanes: lanes)
    }
    return (copies, min(all / lanes, 64))
  }

  /// The fields beside the values; that conditions are of one bit is checked with them.
  private static func marks(
    _ tap: Tap, lanes: Int, _ library: DeviceLibrary
  ) throws -> [(field: Field, signal: String)] {
    let wanted: [(String?, String, Int, FieldContent)] = [
      (tap.keep, "keep", lanes, .keep), (tap.last, "last", 1, .last),
    ]
    var marks: [(field: Field, signal: String)] = []
    for case (let signal?, let name, let lanes, let content) in wanted {
      let found = try library.port(named: signal).bits
      guard found == lanes else {
        throw LockstepError.tapMark(
          device: library.top, tap: tap.name, signal: signal, expected: lanes, found: found)
      }
      marks.append((Field(name, .unsigned(1), lanes: lanes, content: content), signal))
    }
    for condition in tap.valid {
      let found = try library.port(named: condition.signal).bits
      guard condition.place(in: found) != nil else {
        throw LockstepError.tapMark(
          device: library.top, tap: tap.name, signal: condition.signal, expected: 1, found: found)
      }
    }
    return marks
  }

  /// The values come in the order of their array.
  var isPlain: Bool { order == nil && stream.fields[0].walk == nil }

  /// The field of a stream that carries an array of the same axes; nil where a transaction has one
  /// value.
  private static func model(of array: ArraySpecification, _ interface: Interface) -> Field? {
    for stream in interface.outputs + interface.inputs {
      for field in stream.fields {
        guard case .array(let name) = field.content else { continue }
        if let other = interface.array(name), other.axes == array.axes { return field }
      }
    }
    return nil
  }

  /// Whether every value of the golden model fits the signal. If not, values are compared one by one: a
  /// value that was cut off is not the expected one.
  func holds(_ expected: Batch) -> Bool {
    let range = stream.fields[0].format.range
    return expected.items[tap.name]?.values.allSatisfy(range.contains) ?? true
  }
}
