import Devices
import Signals

/// Translates between the bytes of a channel and the pins of one handshake.
///
/// In every step of time, in this order: channels put beats into their bytes, `drive`, logic settles,
/// `settled`, channels look at their bytes, clocks rise, `risen`.
protocol Agent: AnyObject {
  /// Everything as before the first cycle, all pins at rest.
  func restart()
  func drive()
  func settled()
  func risen()
}

/// Which clocks have their edge in the present step.
final class Edges {
  var now: [Bool]
  init(_ clocks: Int) { now = Array(repeating: true, count: clocks) }
}

/// What an input tells the outputs and memories that belong to it.
final class Link {
  /// A beat crosses in this step.
  var moves = false
  /// Nothing may cross: an output holds the pipeline up, or a memory has not been read out.
  var isHeld = false
  /// An operation is under way.
  var isBusy = false
  /// The start of the present operation has been seen this often.
  var operations = 0
  let edges: Edges
  let clock: Int

  init(_ edges: Edges, _ clock: Int) {
    self.edges = edges
    self.clock = clock
  }

  var isEdge: Bool { edges.now[clock] }
}

/// `valid` and `ready`, each of which a design may lack: without valid it takes what is there, without
/// ready it cannot be refused.
final class InputAgent: Agent {
  private let port: ForeignStream
  private let valid: AgentPin?
  private let ready: AgentPin?
  private let link: Link
  /// Cycles from one beat to the next, and until there may be one.
  private let interval: Int
  private var pause = 0
  private var mayMove = false

  init(
    _ port: ForeignStream, valid: AgentPin?, ready: AgentPin?, interval: Int = 1, _ link: Link
  ) {
    (self.port, self.valid, self.ready, self.interval, self.link) =
      (port, valid, ready, interval, link)
  }

  func restart() {
    valid?.isOn = false
    port.rest()
    port.isReady = false
    pause = 0
  }

  func drive() {
    guard link.isEdge else { return }
    mayMove = pause == 0 && !link.isHeld && !port.isWaiting
    let isOffered = port.isValid && mayMove
    valid?.isOn = isOffered
    port.drive()
    if valid == nil && !isOffered { port.rest() }
  }

  func settled() {
    // An output may have held it since.
    port.isReady = link.isEdge && mayMove && !link.isHeld && (ready?.isOn ?? true)
    link.moves = port.isValid && port.isReady
  }

  func risen() {
    guard link.isEdge else { return }
    pause = link.moves ? interval - 1 : max(0, pause - 1)
  }
}

/// An output with `valid`, or a mark for each lane in its place, and perhaps `ready`.
final class OutputAgent: Agent {
  private let port: ForeignStream
  private let valid: AgentPin?
  private let ready: AgentPin?
  private let link: Link
  private var wasTaken = false

  init(_ port: ForeignStream, valid: AgentPin?, ready: AgentPin?, _ link: Link) {
    (self.port, self.valid, self.ready, self.link) = (port, valid, ready, link)
  }

  func restart() {
    ready?.isOn = false
    port.isValid = false
    wasTaken = false
  }

  func drive() {
    guard link.isEdge else {
      port.isReady = false
      return
    }
    if let ready { ready.isOn = port.isReady } else { port.isReady = true }
  }

  func settled() {
    guard link.isEdge else {
      // Between edges a beat stays as it was until it is taken.
      if wasTaken { port.isValid = false }
      return
    }
    port.isValid = valid?.isOn ?? port.hasMarks
    if port.isValid { port.sample() }
    wasTaken = port.isValid && port.isReady
  }

  func risen() {}
}

/// An output that is read: its data are there some cycles after `ready` met `valid`.
final class ReadAgent: Agent {
  private let port: ForeignStream
  private let valid: AgentPin
  private let ready: AgentPin
  private let latency: Int
  private let link: Link
  /// What has been read and not been taken; cycles until reads under way come.
  private var queue: [[UInt8]] = []
  private var waits: [Int] = []
  private var isRead = false
  private var isTaken = false

  init(_ port: ForeignStream, valid: AgentPin, ready: AgentPin, latency: Int, _ link: Link) {
    (self.port, self.valid, self.ready, self.latency, self.link) =
      (port, valid, ready, latency, link)
  }

  func restart() {
    (queue, waits, isRead, isTaken) = ([], [], false, false)
    ready.isOn = false
    port.isValid = false
  }

  func drive() {
    guard link.isEdge else {
      port.isReady = false
      return
    }
    let waiting = queue.count + waits.count
    // One is read ahead: who waits for valid before being ready must see one.
    ready.isOn = waiting == 0 || port.isReady && waiting <= latency
  }

  func settled() {
    guard link.isEdge else {
      if isTaken { port.isValid = false }
      return
    }
    isRead = ready.isOn && valid.isOn
    if waits.first == 0 {
      waits.removeFirst()
      queue.append(port.sampledBits())
    }
    port.isValid = !queue.isEmpty
    if let first = queue.first {
      port.restore(first)
      port.complete(port.beat)
    }
    isTaken = port.isValid && port.isReady
  }

  func risen() {
    guard link.isEdge else { return }
    if isTaken { queue.removeFirst() }
    if isRead { waits.append(latency) }
    for index in waits.indices { waits[index] -= 1 }
  }
}

/// Results that are there a number of cycles after what they come of.
final class LatencyAgent: Agent {
  private let port: ForeignStream
  private let latency: Int
  private let enable: AgentPin?
  private let source: Link
  /// Whether a beat went in, so many cycles ago.
  private var history: [Bool]
  private var place = 0
  private var isEnabled = true
  private var wasTaken = false

  init(_ port: ForeignStream, latency: Int, enable: AgentPin?, of source: Link) {
    (self.port, self.latency, self.enable, self.source) = (port, latency, enable, source)
    history = Array(repeating: false, count: max(latency, 1))
  }

  func restart() {
    history = history.map { _ in false }
    enable?.isOn = true
    source.isHeld = false
    (isEnabled, wasTaken) = (true, false)
    port.isValid = false
  }

  /// What went in longest ago comes out now.
  private var isDue: Bool { latency > 0 && history[place] }

  func drive() {
    guard source.isEdge else {
      port.isReady = false
      return
    }
    guard let enable else {
      port.isReady = true
      return
    }
    isEnabled = port.isReady || !isDue
    enable.isOn = isEnabled
    source.isHeld = !isEnabled
  }

  func settled() {
    guard source.isEdge else {
      if wasTaken { port.isValid = false }
      return
    }
    port.isValid = latency == 0 ? source.moves : isDue
    if port.isValid { port.sample() }
    wasTaken = port.isValid && port.isReady
  }

  func risen() {
    guard source.isEdge, isEnabled, latency > 0 else { return }
    history[place] = source.moves
    place = (place + 1) % latency
  }
}
