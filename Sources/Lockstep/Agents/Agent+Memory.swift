import Devices
import Signals

/// A port of up to 64 bits, as a number.
struct AgentNumber {
  let address: UnsafeRawPointer
  let byteCount: Int

  init(_ port: Port) {
    address = UnsafeRawPointer(port.address)
    byteCount = port.description.elementByteCount
  }

  var value: UInt64 {
    switch byteCount {
    case 1: UInt64(address.load(as: UInt8.self))
    case 2: UInt64(address.load(as: UInt16.self))
    case 4: UInt64(address.load(as: UInt32.self))
    default: address.load(as: UInt64.self)
    }
  }
}

/// Addresses of a memory as numbers of words.
struct WordAddress {
  let port: AgentNumber
  let base: Int
  let unit: Int

  /// Nil for an address that is not that of a word.
  var word: Int? {
    guard let value = Int(exactly: port.value), value >= base, (value - base) % unit == 0 else {
      return nil
    }
    return (value - base) / unit
  }
}

/// A memory that the device reads: the words of the transaction that began last.
///
/// Its channel gives the words of a transaction as beats. They are taken as a whole when the transaction
/// begins: all but the last are skipped, the last crosses as any other beat does.
final class ReadMemoryAgent: Agent {
  let port: ForeignStream
  private let address: WordAddress
  private let request: AgentPin?
  private let response: AgentPin?
  let latency: Int
  private let source: Link
  private let clock: Link
  /// When an answer may come later than it could.
  var plan: StallDecisions
  private var stalls: StallDecisions

  private var words: [UInt8] = []
  private var count = 0
  /// Transactions that have begun and whose words are not here.
  private var begun = 0
  /// Data on its way: what it is, and cycles until it may come.
  private var queue: [(word: Int?, wait: Int)] = []
  private var asked: Int?
  private var isAsked = false
  private var answers = false

  init(
    _ port: ForeignStream, address: WordAddress, request: AgentPin?, response: AgentPin?,
    latency: Int, of source: Link, clock: Link
  ) {
    (self.port, self.address, self.request, self.response) = (port, address, request, response)
    (self.latency, self.source, self.clock) = (latency, source, clock)
    plan = StallDecisions(.none, direction: .input, state: 1)
    stalls = plan
  }

  func restart() {
    (words, count, begun, queue) = ([], 0, 0, [])
    stalls = plan
    response?.isOn = false
    port.isReady = false
  }

  func drive() {
    port.isReady = false
    if begun > 0 { load() }
    guard clock.isEdge else { return }
    answers = false
    guard latency > 0, let first = queue.first, first.wait == 0 else {
      response?.isOn = false
      return
    }
    if response != nil, !stalls.mayMove(sawValid: false) {
      response?.isOn = false
      return
    }
    answers = true
    response?.isOn = true
    present(first.word)
  }

  /// Reads combinationally, where there is no latency.
  func readThrough() {
    let isOn = request?.isOn ?? true
    if isOn { present(address.word) }
    response?.isOn = isOn
  }

  func settled() {
    guard clock.isEdge else { return }
    isAsked = latency > 0 && (request?.isOn ?? true)
    asked = isAsked ? address.word : nil
  }

  func risen() {
    if source.moves && source.isEdge { begun += 1 }
    guard clock.isEdge else { return }
    if answers { queue.removeFirst() }
    if isAsked { queue.append((asked, latency)) }
    for index in queue.indices { queue[index].wait = max(0, queue[index].wait - 1) }
  }

  /// Takes the words of the next transaction from the channel.
  private func load() {
    guard let channel = port.channel, channel.pointee.left > 0 else { return }
    let stride = port.layout.stride
    var number = 1
    while number < channel.pointee.left,
      !port.isLast(channel.pointee.next + (number - 1) * stride)
    {
      number += 1
    }
    words = Array(UnsafeRawBufferPointer(start: channel.pointee.next, count: number * stride))
    count = number
    channel.pointee.next += (number - 1) * stride
    channel.pointee.left -= number - 1
    channel.pointee.counts[3] += number - 1
    port.isReady = true
    begun -= 1
  }

  /// Puts a word on the pins; something else where there is none.
  private func present(_ word: Int?) {
    if let word, word < count {
      port.restore(words, word)
    } else {
      port.beat.initializeMemory(as: UInt8.self, repeating: 0xA5, count: port.layout.stride)
    }
    port.drive()
  }
}

/// A memory that the device writes: when it says `done`, the words of the transaction are compared, in the
/// order of their addresses.
final class WriteMemoryAgent: Agent {
  private let port: ForeignStream
  private let address: WordAddress
  private let write: AgentPin
  private let done: AgentPin
  private let source: Link
  private let clock: Link

  private var words: [Int: [UInt8]] = [:]
  private var isReading = false
  private var place = 0
  private var wasDone = false
  private var operation = 0

  init(
    _ port: ForeignStream, address: WordAddress, write: AgentPin, done: AgentPin,
    of source: Link, clock: Link
  ) {
    (self.port, self.address, self.write, self.done) = (port, address, write, done)
    (self.source, self.clock) = (source, clock)
  }

  func restart() {
    (words, isReading, place, wasDone) = ([:], false, 0, true)
    operation = 0
    source.isHeld = false
    port.isValid = false
  }

  func drive() { port.isReady = isReading && clock.isEdge }

  func settled() {
    guard clock.isEdge else { return }
    if write.isOn, let word = address.word {
      words[word] = port.sampledBits()
    }
    port.isValid = isReading
    guard isReading else { return }
    if let word = words[place] {
      port.restore(word)
    } else {
      // Never written: nothing that could be right by chance.
      port.beat.initializeMemory(as: UInt8.self, repeating: 0, count: port.layout.stride)
      if let expected = port.expected { port.invert(expected) }
    }
    port.complete(port.beat)
  }

  func risen() {
    guard clock.isEdge else { return }
    if isReading {
      place += 1
      if port.isLast(port.beat) || port.expected == nil {
        (words, isReading) = ([:], false)
      }
    }
    let isDone = done.isOn
    if source.moves { operation += 1 }
    if isDone && !wasDone && operation > 0 && !isReading {
      (isReading, place) = (true, 0)
      operation = 0
    }
    wasDone = isDone && !source.moves
    // Nothing begins while the memory is read out.
    source.isHeld = isReading
  }
}

extension ForeignStream {
  /// Puts the complement of every lane of a beat where the payload is.
  func invert(_ other: UnsafeRawPointer) {
    for (field, slot) in zip(stream.fields, layout.slots) {
      guard case .array = field.content else { continue }
      for lane in 0..<field.lanes {
        let bit = slot.offset * 8 + lane * field.format.width
        LaneMove.write(
          ~LaneMove.read(other, bit, field.format.width), beat, bit, field.format.width)
      }
    }
  }
}
