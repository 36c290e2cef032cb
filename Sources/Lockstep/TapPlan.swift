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
    func bits(_ signal: String) throws -> Int { try library.port(named: signal).bits }
    let model = TapPlan.model(of: array, interface)
    var lanes = order?.lanes ?? model?.lanes ?? 1
    switch tap.lanes {
    case nil: break
    case .number(let number): lanes = number
    case .parameter(let name):
      guard let value = configuration.values[name], value >= 1 else {
        throw LockstepError.tapLanes(device: library.top, tap: tap.name, parameter: name)
      }
      lanes = value
    }
    let copies = Tap.copies(of: tap.signal) { (try? library.port(named: $0)) != nil }
    let all = try bits(copies[0]) * copies.count
    // A lane with a signal of its own may be wider: its lowest 64 bits are compared.
    let widest = copies.count == lanes ? Int.max : 64
    guard all % lanes == 0, (1...widest).contains(all / lanes),
      copies.count == 1 || copies.count == lanes
    else {
      throw LockstepError.tapWidth(
        device: library.top, tap: tap.name, signal: tap.signal, bits: all, lanes: lanes)
    }
    let width = min(all / lanes, 64)
    var fields = [
      Field(
        "value", array.format.isSigned ? .signed(width) : .unsigned(width), lanes: lanes,
        content: .array(tap.name),
        walk: order == nil && lanes == model?.lanes ? model?.walk : nil)
    ]
    var signals = [copies]
    let marks: [(String?, String, Int, FieldContent)] = [
      (tap.keep, "keep", lanes, .keep), (tap.last, "last", 1, .last),
    ]
    for case (let signal?, let name, let lanes, let content) in marks {
      let found = try bits(signal)
      guard found == lanes else {
        throw LockstepError.tapMark(
          device: library.top, tap: tap.name, signal: signal, expected: lanes, found: found)
      }
      fields.append(Field(name, .unsigned(1), lanes: lanes, content: content))
      signals.append([signal])
    }
    for condition in tap.valid {
      let found = try bits(condition.signal)
      guard condition.place(in: found) != nil else {
        throw LockstepError.tapMark(
          device: library.top, tap: tap.name, signal: condition.signal, expected: 1, found: found)
      }
    }
    self.tap = tap
    self.signals = signals
    var stream = Stream(tap.name, .output, fields: fields)
    if tap.absentIsZero { stream.fillsWithZeros = true }
    self.stream = stream
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
