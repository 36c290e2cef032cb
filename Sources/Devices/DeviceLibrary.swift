import CDevice
import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A loaded shared library that answers the device ABI.
///
/// Symbols stay local to the library, so that many devices, even of the same top module, live in one
/// process. It is unloaded when the last ``Device`` of it and the last reference are gone.
public final class DeviceLibrary: @unchecked Sendable {
  // Everything here is constant after `init`; the table is constant memory of the library.

  /// Where it was loaded from.
  public let path: String
  /// Name of the top module.
  public let top: String
  /// Hash of everything that the library was made of, in hexadecimal.
  public let contentKey: String
  /// The simulator, for people: `Verilator 5.006 2023-01-22`.
  public let simulator: String
  /// Every port.
  public let ports: [PortDescription]
  /// The parameters that the top module was built with.
  public let parameters: [String: Int]
  /// Whether instances can write waveforms.
  public let canTrace: Bool

  /// How often each edge of the model's code was taken, by any instance since the memory was last cleared;
  /// nil unless the library counts. Shared by all instances: see ``copy(of:in:)``.
  public let counters: UnsafeMutableBufferPointer<UInt8>?

  /// Nil unless the library was built with `--coverage-line`.
  let coverageCounters: CoverageCounters?

  let table: UnsafePointer<cosim_device>
  private let handle: UnsafeMutableRawPointer
  private let indices: [String: Int]

  /// Loads the library at `path`.
  ///
  /// - Throws: ``DeviceError`` if the file cannot be loaded, is no device, or was built for another
  ///   version of the ABI.
  public init(path: String) throws(DeviceError) {
    guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
      throw .cannotOpen(path: path, reason: dlerror().map { String(cString: $0) } ?? "unknown")
    }
    let table: UnsafePointer<cosim_device>
    do throws(DeviceError) {
      table = try DeviceLibrary.checkedTable(handle, path: path)
    } catch {
      dlclose(handle)
      throw error
    }
    self.path = path
    self.handle = handle
    self.table = table
    let device = table.pointee
    top = String(cString: device.top)
    contentKey = String(cString: device.content_key)
    simulator = String(cString: device.simulator)
    counters = DeviceLibrary.counters(handle)

    coverageCounters = CoverageCounters(handle)
    canTrace = device.features & UInt32(COSIM_FEATURE_TRACE) != 0
    ports = (0..<Int(device.port_count)).map { PortDescription(device.ports[$0]) }
    indices = Dictionary(
      ports.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    parameters = Dictionary(
      (0..<Int(device.parameter_count)).map {
        (String(cString: device.parameters[$0].name), Int(device.parameters[$0].value))
      }, uniquingKeysWith: { first, _ in first })
  }

  deinit { dlclose(handle) }

  /// The library at `path` once more, with counters of its own.
  ///
  /// - Parameter folder: for a copy of the file, which is removed again before this returns.
  /// - Throws: ``DeviceError`` as ``init(path:)``.
  public static func copy(of path: String, in folder: String) throws(DeviceError) -> DeviceLibrary {
    let copy = folder + "/cosim-\(UUID().uuidString).so"
    defer { try? FileManager.default.removeItem(atPath: copy) }
    do {
      try FileManager.default.copyItem(atPath: path, toPath: copy)
    } catch {
      throw .cannotOpen(path: path, reason: error.localizedDescription)
    }
    return try DeviceLibrary(path: copy)
  }

  private static func counters(
    _ handle: UnsafeMutableRawPointer
  ) -> UnsafeMutableBufferPointer<UInt8>? {
    guard let symbol = dlsym(handle, COSIM_COUNTERS_SYMBOL) else { return nil }
    let function = unsafeBitCast(symbol, to: (@convention(c) () -> cosim_counters).self)
    let counters = function()
    return UnsafeMutableBufferPointer(start: counters.first, count: counters.count)
  }

  /// How often lines of RTL ran, in all devices of this library that are gone.
  ///
  /// - Returns: nil unless the library was built with `--coverage-line`.
  public func lineCoverage() -> [CoveragePoint]? { coverageCounters?.points() }

  /// The description of a port, or of a signal that was built as a tap.
  ///
  /// - Throws: ``DeviceError/noPort(device:name:direction:known:)``.
  public func port(named name: String) throws(DeviceError) -> PortDescription {
    ports[try index(of: name, nil, bits: nil)]
  }

  /// The index of the port called `name`, which fits what the caller knows about it.
  func index(
    of name: String, _ direction: PortDirection?, bits: Int?
  ) throws(DeviceError) -> Int {
    guard let index = indices[name] else {
      let candidates = ports.filter { direction == nil || $0.direction == direction }
      throw .noPort(
        device: top, name: name, direction: direction, known: candidates.map(\.name).sorted())
    }
    let port = ports[index]
    if let direction, port.direction != direction {
      throw .wrongDirection(device: top, port: port, expected: direction)
    }
    if let bits, port.bits != bits || !port.extents.isEmpty {
      throw .wrongWidth(device: top, port: port, expected: bits)
    }
    return index
  }

  private static func checkedTable(
    _ handle: UnsafeMutableRawPointer, path: String
  ) throws(DeviceError) -> UnsafePointer<cosim_device> {
    guard let symbol = dlsym(handle, COSIM_DEVICE_SYMBOL) else { throw .notADevice(path: path) }
    let function = unsafeBitCast(
      symbol, to: (@convention(c) () -> UnsafePointer<cosim_device>?).self)
    guard let table = function() else { throw .notADevice(path: path) }
    // The version stands first in every version, so it can be read before the layout is known.
    let version = UnsafeRawPointer(table).load(as: UInt32.self)
    guard version == COSIM_ABI_VERSION else {
      throw .wrongVersion(path: path, expected: Int(COSIM_ABI_VERSION), found: Int(version))
    }
    let device = table.pointee
    let sizes: [(String, UInt32, Int)] = [
      ("cosim_device", device.device_size, MemoryLayout<cosim_device>.size),
      ("cosim_port", device.port_size, MemoryLayout<cosim_port>.size),
      ("cosim_parameter", device.parameter_size, MemoryLayout<cosim_parameter>.size),
      ("cosim_options", device.options_size, MemoryLayout<cosim_options>.size),
      ("cosim_failure", device.failure_size, MemoryLayout<cosim_failure>.size),
    ]
    for (structure, found, expected) in sizes where Int(found) != expected {
      throw .wrongLayout(path: path, structure: structure, expected: expected, found: Int(found))
    }
    return table
  }
}

extension PortDescription {
  init(_ port: cosim_port) {
    let extents = withUnsafeBytes(of: port.extents) {
      $0.bindMemory(to: UInt32.self).prefix(Int(port.rank)).map(Int.init)
    }
    self.init(
      name: String(cString: port.name), direction: PortDirection(port.direction),
      bits: Int(port.bits), elementByteCount: Int(port.element_bytes), extents: extents)
  }
}

extension PortDirection {
  fileprivate init(_ direction: UInt32) {
    self =
      switch Int(direction) {
      case COSIM_INPUT: .input
      case COSIM_OUTPUT: .output
      case COSIM_INOUT: .bidirectional
      default: .tap
      }
  }
}
