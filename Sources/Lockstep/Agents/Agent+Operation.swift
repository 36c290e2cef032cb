/// `start` for one cycle with a payload that stays until `done`.
final class StartAgent: Agent {
  private let port: ForeignStream
  private let start: AgentPin
  private let done: AgentPin
  private let link: Link
  private var isDone = false

  init(_ port: ForeignStream, start: AgentPin, done: AgentPin, _ link: Link) {
    (self.port, self.start, self.done, self.link) = (port, start, done, link)
  }

  func restart() {
    start.isOn = false
    port.isReady = false
    link.isBusy = false
    isDone = false
  }

  func drive() {
    guard link.isEdge else { return }
    start.isOn = port.isValid && !link.isBusy && !link.isHeld && !port.isWaiting
    if !link.isBusy { port.drive() }
  }

  func settled() {
    port.isReady = link.isEdge && start.isOn
    link.moves = port.isValid && port.isReady
    if link.isEdge { isDone = link.isBusy && done.isOn }
  }

  func risen() {
    guard link.isEdge else { return }
    if link.moves {
      link.isBusy = true
      link.operations &+= 1
    } else if isDone {
      link.isBusy = false
    }
  }
}

/// Results that are there with `done`, once for each operation.
final class DoneAgent: Agent {
  private let port: ForeignStream
  private let done: AgentPin
  private let source: Link
  private var operation = 0
  private var wasTaken = false

  init(_ port: ForeignStream, done: AgentPin, of source: Link) {
    (self.port, self.done, self.source) = (port, done, source)
  }

  func restart() {
    operation = source.operations
    wasTaken = false
    port.isValid = false
  }

  func drive() { port.isReady = source.isEdge }

  func settled() {
    guard source.isEdge else {
      if wasTaken { port.isValid = false }
      return
    }
    port.isValid = source.isBusy && done.isOn && operation != source.operations
    if port.isValid { port.sample() }
    wasTaken = port.isValid
  }

  func risen() {
    if source.isEdge && wasTaken { operation = source.operations }
  }
}
