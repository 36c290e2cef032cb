import CDevice

/// Values that registers and memories without initial value begin with.
public enum InitialState: Sendable, Hashable, Codable {
  case zeros
  case ones
  /// Drawn from the seed: equal seeds give equal values.
  case random(seed: UInt64)
}

/// One simulated copy of a device.
///
/// Pins are memory: look a ``Port`` up once, then write and read its address. A device keeps its library
/// loaded, and belongs to one task at a time; different devices may run on different threads.
///
///     let device = try Device(library, initialState: .random(seed: 1))
///     let clock = try device.port(named: "clk_i", .input, bits: 1).pin
///     clock.pointee = 1
///     device.evaluate()
///     if device.hasFailed { … }
public struct Device: ~Copyable {
  /// The library that it is an instance of.
  public let library: DeviceLibrary
  @usableFromInline let instance: OpaquePointer
  @usableFromInline let failureFlag: UnsafePointer<UInt32>
  @usableFromInline let timeAddress: UnsafeMutablePointer<UInt64>
  @usableFromInline let evaluateFunction: @convention(c) (OpaquePointer?) -> Void
  @usableFromInline let clockFunction: @convention(c) (OpaquePointer?) -> Void
  private var sink: OutputSink?

  /// Makes an instance. Every input is zero and `initial` blocks have run; no clock edge has happened.
  ///
  /// - Parameters:
  ///   - library: kept loaded as long as the device lives.
  ///   - initialState: of registers and memories without initial value.
  ///   - directory: where relative names of files that the RTL reads begin; the working directory of
  ///     the process if nil.
  /// - Throws: ``DeviceError/cannotCreate(device:reason:)``. A failing assertion in an `initial` block
  ///   does not throw: it waits in ``takeFailure()``.
  public init(
    _ library: DeviceLibrary, initialState: InitialState = .random(seed: 1),
    directory: String? = nil
  ) throws(DeviceError) {
    let table = library.table.pointee
    guard let create = table.create, let failed = table.failed, let time = table.time,
      let evaluate = table.evaluate
    else {
      throw .cannotCreate(device: library.top, reason: "its table lacks a function")
    }
    var error = [CChar](repeating: 0, count: 512)
    let created = Device.options(initialState, directory: directory) { options in
      create(options, &error, error.count)
    }
    guard let created, let flag = failed(created), let clock = time(created) else {
      throw .cannotCreate(device: library.top, reason: Device.text(error))
    }
    self.library = library
    instance = created
    failureFlag = flag
    timeAddress = clock
    evaluateFunction = evaluate
    clockFunction = table.evaluate_clock ?? evaluate
  }

  deinit {
    library.coverageCounters?.collect()
    library.table.pointee.destroy?(instance)
  }

  /// Looks a port up. Not for the inner loop: keep what it returns.
  ///
  /// - Parameters:
  ///   - name: as the RTL spells it.
  ///   - direction: checked unless nil.
  ///   - bits: width of the whole port, checked unless nil; a port with unpacked dimensions has none.
  /// - Throws: ``DeviceError``, naming the nearest port, or expected and found.
  public func port(
    named name: String, _ direction: PortDirection? = nil, bits: Int? = nil
  ) throws(DeviceError) -> Port {
    let index = try library.index(of: name, direction, bits: bits)
    guard let address = library.table.pointee.address?(instance, UInt32(index)) else {
      throw .noPort(device: library.top, name: name, direction: direction, known: [])
    }
    return Port(description: library.ports[index], address: address)
  }

  /// Lets the device see the inputs as they are now; outputs change accordingly. A clock edge is a
  /// change of the clock's pin between two calls.
  @inlinable @inline(__always)
  public func evaluate() { evaluateFunction(instance) }

  /// The same, faster with some devices, where no input but the clock has changed since the last
  /// ``evaluate()``.
  @inlinable @inline(__always)
  public func evaluateClock() { clockFunction(instance) }

  /// Whether something has failed since the last ``takeFailure()``. Reads memory only.
  @inlinable @inline(__always)
  public var hasFailed: Bool { failureFlag.pointee != 0 }

  /// What `$time` gives in the RTL; zero at first. Only the harness changes it.
  @inlinable public var time: UInt64 {
    get { timeAddress.pointee }
    nonmutating set { timeAddress.pointee = newValue }
  }

  /// What an inner loop needs, at hand. Valid as long as the device lives.
  public var evaluator: Evaluator {
    Evaluator(
      instance: instance, failureFlag: failureFlag, timeAddress: timeAddress,
      evaluateFunction: evaluateFunction, clockFunction: clockFunction)
  }

  /// The first failure since the last call, and forgets it; nil if there was none.
  public func takeFailure() -> DeviceFailure? {
    var failure = cosim_failure()
    guard library.table.pointee.take_failure?(instance, &failure) == 1 else { return nil }
    return DeviceFailure(failure)
  }

  /// Switches assertions off, as during reset, or on again. They are on at first.
  public func setAssertions(_ areOn: Bool) {
    library.table.pointee.set_assertions?(instance, areOn ? 1 : 0)
  }

  private static func options<Result>(
    _ state: InitialState, directory: String?, _ body: (UnsafePointer<cosim_options>) -> Result
  ) -> Result {
    var options = cosim_options()
    switch state {
    case .zeros: options.initial_values = UInt32(COSIM_INITIAL_ZEROS)
    case .ones: options.initial_values = UInt32(COSIM_INITIAL_ONES)
    case .random(let seed):
      options.initial_values = UInt32(COSIM_INITIAL_RANDOM)
      options.seed = seed
    }
    guard let directory else { return body(&options) }
    return directory.withCString {
      options.directory = $0
      return body(&options)
    }
  }

  static func text(_ buffer: [CChar]) -> String {
    String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

// MARK: - Waveforms and printed text

extension Device {
  /// Begins a waveform (FST). Replaces a file that is there; closes a waveform that is open.
  ///
  /// - Parameters:
  ///   - path: of the file.
  ///   - depth: levels of hierarchy; 0 for all.
  /// - Throws: ``DeviceError`` if the library cannot, or the file cannot be written.
  public func openTrace(at path: String, depth: Int = 0) throws(DeviceError) {
    guard let open = library.table.pointee.trace_open else {
      throw .noTrace(device: library.top)
    }
    var error = [CChar](repeating: 0, count: 512)
    guard open(instance, path, UInt32(clamping: depth), &error, error.count) == 0 else {
      throw .cannotTrace(path: path, reason: Device.text(error))
    }
  }

  /// Writes the present values as those at `time`, which grows from call to call. Does nothing if no
  /// waveform is open.
  public func dumpTrace(at time: UInt64) { library.table.pointee.trace_dump?(instance, time) }

  /// Completes the waveform; only then is the file whole. Does nothing if none is open.
  public func closeTrace() { library.table.pointee.trace_close?(instance) }

  /// Sends what the RTL prints (`$display`, `$warning`), line by line, to `receive`; nil, as at first,
  /// to standard error. What belongs to a failure is its message and is not printed.
  public mutating func setOutput(_ receive: ((String) -> Void)?) {
    sink = receive.map(OutputSink.init)
    let context = sink.map { Unmanaged.passUnretained($0).toOpaque() }
    library.table.pointee.set_output?(
      instance, sink == nil ? nil : OutputSink.forward, context)
  }
}

/// Carries a closure through the C interface.
private final class OutputSink {
  let receive: (String) -> Void

  init(_ receive: @escaping (String) -> Void) { self.receive = receive }

  static let forward:
    @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, Int) -> Void =
      { context, text, length in
        guard let context, let text else { return }
        let sink = Unmanaged<OutputSink>.fromOpaque(context).takeUnretainedValue()
        let bytes = UnsafeRawBufferPointer(start: text, count: length)
        sink.receive(String(decoding: bytes, as: UTF8.self))
      }
}
