import CDevice
public import Devices
public import Foundation
public import Logging
public import Signals

/// A device on disk, ready to be loaded.
public struct BuiltDevice: Sendable, Hashable {
  /// The shared library.
  public let path: String
  public let key: ContentKey
  /// Whether it was there already.
  public let wasCached: Bool
  /// Time that it took to find or to build it.
  public let seconds: Double

  /// Loads it.
  ///
  /// - Throws: ``DeviceError`` as ``DeviceLibrary/init(path:)``.
  public func open() throws(DeviceError) -> DeviceLibrary { try DeviceLibrary(path: path) }
}

/// Turns a manifest and a configuration into a shared library, once: built devices are kept under the hash
/// of all that they are made of.
///
///     let verilation = try await Verilation.standard(log: log)
///     let manifest = try Manifest(contentsOf: "rtl/shiftmax_softmax")
///     let built = try await verilation.library(for: manifest, configuration: manifest.configurations[0])
///     let device = try Device(built.open())
public struct Verilation: Sendable {
  public let toolchain: Toolchain
  public let cache: Cache
  /// Devices count the edges that their code takes.
  public private(set) var isCounting = false
  private let log: Logger

  public init(toolchain: Toolchain, cache: Cache, log: Logger) {
    self.toolchain = toolchain
    self.cache = cache
    self.log = log
  }

  /// With the tools and the cache that the environment names.
  ///
  /// - Parameter verilator: path of Verilator, before `$VERILATOR` and `PATH`.
  /// - Throws: ``VerilationError`` for tools that are missing or too old.
  public static func standard(
    verilator: String? = nil, log: Logger,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) async throws(VerilationError) -> Verilation {
    let cache = Cache(environment: environment)
    let toolchain = try await Toolchain.find(
      verilator: verilator, cache: cache, environment: environment)
    return Verilation(toolchain: toolchain, cache: cache, log: log)
  }

  /// The same for devices that count the edges which their code takes, for searches to be guided by. Such
  /// a device answers as the plain one does, and has a key of its own.
  ///
  /// - Returns: nil where there is no clang.
  public func counting() async -> Verilation? {
    guard let toolchain = await toolchain.counting(cache: cache) else { return nil }
    var result = Verilation(toolchain: toolchain, cache: cache, log: log)
    result.isCounting = true
    return result
  }

  /// The hash of all that the device is made of. Starts no tool.
  ///
  /// - Throws: ``VerilationError/cannotRead(path:reason:)``.
  public func key(
    for manifest: Manifest, configuration: Configuration
  ) throws(VerilationError) -> ContentKey {
    key(try SourceFiles(manifest), manifest, configuration)
  }

  /// Paths of every file that a device is made of: sources, includes, data. Starts no tool.
  ///
  /// - Throws: ``VerilationError/cannotRead(path:reason:)``.
  public static func sources(of manifest: Manifest) throws(VerilationError) -> [String] {
    try SourceFiles(manifest).files.map(\.path)
  }

  /// The library for a manifest under a configuration, from the cache if it is there.
  ///
  /// Different processes and tasks may ask for the same one; it is built once. A build that is cancelled or
  /// killed leaves nothing that could be taken for a library.
  ///
  /// - Throws: ``VerilationError``, with what the tools say about the RTL.
  public func library(
    for manifest: Manifest, configuration: Configuration
  ) async throws(VerilationError) -> BuiltDevice {
    let clock = ContinuousClock()
    let start = clock.now
    func built(_ path: String, _ key: ContentKey, wasCached: Bool) -> BuiltDevice {
      BuiltDevice(
        path: path, key: key, wasCached: wasCached, seconds: (clock.now - start) / .seconds(1))
    }
    let files = try SourceFiles(manifest)
    let key = key(files, manifest, configuration)
    if let path = cache.library(key) { return built(path, key, wasCached: true) }
    return try await cache.exclusively(key.hexadecimal) {
      () async throws(VerilationError) -> BuiltDevice in
      if let path = cache.library(key) { return built(path, key, wasCached: true) }
      let path = try await build(files, manifest, configuration, key)
      let result = built(path, key, wasCached: false)
      log.info(
        "built \(manifest.top) \(configuration.name) in \(result.seconds.formatted) s")
      return result
    }
  }

  private func build(
    _ files: SourceFiles, _ manifest: Manifest, _ configuration: Configuration, _ key: ContentKey
  ) async throws(VerilationError) -> String {
    let start = ContinuousClock.now
    let workspace = try cache.workspace()
    let entry = workspace.path + "/entry"
    try cache.make(entry)
    let build = Build(
      manifest: manifest, configuration: configuration, toolchain: toolchain, key: key,
      folder: entry, taps: taps(manifest, files), isCounting: isCounting, log: log)
    try await build.run(
      files: files, runtime: Runtime(toolchain: toolchain, cache: cache, log: log))
    guard try self.key(for: manifest, configuration: configuration) == key else {
      throw .sourcesChanged(top: manifest.top)
    }
    try seal(entry, manifest, key, seconds: (ContinuousClock.now - start) / .seconds(1))
    build.removeIntermediates()
    if Task.isCancelled { throw .cancelled }
    try cache.publish(entry, as: key)
    return cache.deviceFolder(key) + "/device.so"
  }

  /// Writes the record that makes an entry complete.
  private func seal(
    _ entry: String, _ manifest: Manifest, _ key: ContentKey, seconds: Double
  ) throws(VerilationError) {
    do {
      let library = try Files.read(entry + "/device.so")
      let record = Cache.Record(
        key: key.hexadecimal, top: manifest.top, simulator: toolchain.verilator.name,
        compiler: toolchain.compiler.identity, digest: KeyBuilder.digest(library),
        buildSeconds: seconds)
      try Files.write(try JSONEncoder().encode(record), to: entry + "/device.json")
    } catch {
      throw .cache(path: entry, attempt: "write", reason: "\(error)")
    }
  }

  private func taps(_ manifest: Manifest, _ files: SourceFiles) -> String? {
    TapList.configuration(
      for: manifest.tapSignals, top: manifest.top, sources: files.files.map(\.bytes))
  }

  private func key(
    _ files: SourceFiles, _ manifest: Manifest, _ configuration: Configuration
  ) -> ContentKey {
    var builder = KeyBuilder()
    builder.add("abi", String(COSIM_ABI_VERSION))
    builder.add("shim", Shim.digest)
    builder.add("verilator", toolchain.verilator.identity)
    builder.add("compiler", toolchain.compiler.identity)
    builder.add("verilator flags", BuildFlags.verilator)
    builder.add("compiler flags", BuildFlags.compiler(toolchain.compiler))
    builder.add("linker flags", BuildFlags.linker(versionScript: ""))
    builder.add("device flags", BuildFlags.verilator(for: manifest, configuration))
    // What Verilator is told about them follows from the sources, too; finding it out takes longer than
    // everything else here.
    if !manifest.taps.isEmpty { builder.add("taps", manifest.tapSignals) }
    builder.add("clock", manifest.clock ?? "")
    if manifest.clocks.count > 1 { builder.add("clocks", manifest.clocks.map(\.name)) }
    if isCounting { builder.add("counters", BuildFlags.counting + [Shim.counterDigest]) }
    if manifest.verilatorFlags.contains(BuildFlags.coverage) {
      builder.add("coverage", Shim.coverageFile.bytes)
    }
    builder.add("sources", manifest.sources)
    for file in files.files { builder.add(file.name, file.bytes) }
    return builder.key()
  }
}

extension Double {
  /// One digit after the point.
  var formatted: String { String(format: "%.1f", self) }
}
