import Signals

/// The asking side of request and acknowledge.
final class RequestAgent: Agent {
  private enum State { case idle, asking, releasing }

  private let port: ForeignStream
  private let request: AgentPin
  private let acknowledge: AgentPin
  private let hasTwoPhases: Bool
  private let link: Link
  private var state = State.idle
  private var level = false
  private var isAnswered = false

  init(
    _ port: ForeignStream, request: AgentPin, acknowledge: AgentPin, phases: Int, _ link: Link
  ) {
    (self.port, self.request, self.acknowledge, self.link) = (port, request, acknowledge, link)
    hasTwoPhases = phases == 2
  }

  func restart() {
    (state, level, isAnswered) = (.idle, false, false)
    request.isOn = false
    port.isReady = false
  }

  func drive() {
    guard link.isEdge else { return }
    if state == .idle {
      port.drive()
      if port.isValid && !link.isHeld && !port.isWaiting {
        state = .asking
        level = hasTwoPhases ? !level : true
      }
    }
    request.isOn = level
  }

  func settled() {
    let answer = acknowledge.isOn
    isAnswered = hasTwoPhases ? answer == level : answer
    port.isReady = link.isEdge && state == .asking && isAnswered
    link.moves = port.isValid && port.isReady
  }

  func risen() {
    guard link.isEdge else { return }
    switch state {
    case .asking where link.moves:
      state = hasTwoPhases ? .idle : .releasing
      if !hasTwoPhases { level = false }
    case .releasing where !isAnswered: state = .idle
    default: break
    }
  }
}

/// The answering side.
final class AcknowledgeAgent: Agent {
  private let port: ForeignStream
  private let request: AgentPin
  private let acknowledge: AgentPin
  private let hasTwoPhases: Bool
  private let link: Link
  /// Level of the acknowledgement.
  private var level = false
  private var isAsking = false
  private var isTaken = false

  init(
    _ port: ForeignStream, request: AgentPin, acknowledge: AgentPin, phases: Int, _ link: Link
  ) {
    (self.port, self.request, self.acknowledge, self.link) = (port, request, acknowledge, link)
    hasTwoPhases = phases == 2
  }

  func restart() {
    (level, isAsking, isTaken) = (false, false, false)
    acknowledge.isOn = false
    port.isValid = false
  }

  func drive() {
    if !link.isEdge { port.isReady = false }
    acknowledge.isOn = level
  }

  func settled() {
    guard link.isEdge else {
      if isTaken { port.isValid = false }
      return
    }
    let asks = request.isOn
    isAsking = asks
    port.isValid = hasTwoPhases ? asks != level : asks && !level
    if port.isValid { port.sample() }
    isTaken = port.isValid && port.isReady
  }

  func risen() {
    guard link.isEdge else { return }
    if isTaken {
      level = hasTwoPhases ? isAsking : true
    } else if !hasTwoPhases && !isAsking {
      level = false
    }
  }
}

/// The sending side of credits.
final class CreditSenderAgent: Agent {
  private let port: ForeignStream
  private let valid: AgentPin
  private let credit: AgentPin
  private let most: Int
  private let link: Link
  private var credits = 0
  private var isReturned = false

  init(_ port: ForeignStream, valid: AgentPin, credit: AgentPin, credits: Int, _ link: Link) {
    (self.port, self.valid, self.credit, most, self.link) = (port, valid, credit, credits, link)
  }

  func restart() {
    credits = most
    valid.isOn = false
    port.isReady = false
  }

  func drive() {
    guard link.isEdge else { return }
    valid.isOn = port.isValid && credits > 0 && !link.isHeld && !port.isWaiting
    port.drive()
  }

  func settled() {
    port.isReady = link.isEdge && valid.isOn
    link.moves = port.isValid && port.isReady
    isReturned = credit.isOn
  }

  func risen() {
    guard link.isEdge else { return }
    credits += (isReturned ? 1 : 0) - (link.moves ? 1 : 0)
  }
}

/// The receiving side: as many beats of buffer as there are credits.
final class CreditReceiverAgent: Agent {
  private let port: ForeignStream
  private let valid: AgentPin
  private let credit: AgentPin
  private let most: Int
  private let link: Link
  private var queue: [[UInt8]] = []
  /// Credits that are still to be given back.
  private var owed = 0
  private var arrived: [UInt8]?
  private var isTaken = false

  init(_ port: ForeignStream, valid: AgentPin, credit: AgentPin, credits: Int, _ link: Link) {
    (self.port, self.valid, self.credit, most, self.link) = (port, valid, credit, credits, link)
  }

  func restart() {
    (queue, owed, arrived, isTaken) = ([], 0, nil, false)
    credit.isOn = false
    port.isValid = false
  }

  func drive() {
    guard link.isEdge else {
      port.isReady = false
      return
    }
    credit.isOn = owed > 0
  }

  func settled() {
    arrived = nil
    guard link.isEdge else {
      if isTaken { port.isValid = false }
      return
    }
    if valid.isOn { arrived = port.sampledBits() }
    port.isValid = !queue.isEmpty
    if let first = queue.first {
      port.restore(first)
      // What is expected is known only now.
      port.complete(port.beat)
    }
    isTaken = port.isValid && port.isReady
    // Every beat beyond the credits would have been lost.
    if arrived != nil && queue.count + owed - (credit.isOn ? 1 : 0) >= most {
      port.channel?.pointee.attention.insert(.creditsExceeded)
    }
  }

  func risen() {
    guard link.isEdge else { return }
    if credit.isOn { owed -= 1 }
    if isTaken {
      queue.removeFirst()
      owed += 1
    }
    if let arrived { queue.append(arrived) }
  }
}
