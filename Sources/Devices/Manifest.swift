public import Signals

/// The reset pin of a device.
public struct Reset: Sendable, Hashable, Codable {
  public enum Polarity: String, Sendable, Hashable, Codable { case low, high }

  /// The port.
  public var name: String
  /// The level at which the device is in reset.
  public var active: Polarity
  /// Clock cycles for which it is held before the first beat.
  public var cycles: Int
  /// It is pulled without any clock edge first, and let go between edges.
  public var isAsynchronous: Bool

  public init(
    name: String = "rst_ni", active: Polarity = .low, cycles: Int = 4, isAsynchronous: Bool = false
  ) {
    self.name = name
    self.active = active
    self.cycles = cycles
    self.isAsynchronous = isAsynchronous
  }
}

/// `device.yaml`: turns a folder of RTL into a device.
///
///     top: shiftmax_softmax
///     sources: [../common/cosim_pkg.sv, shiftmax_softmax.sv]
///     include_directories: [../common]
///     configurations:
///       default: {Lanes: 16, MaxLength: 1024}
///       narrow: {Lanes: 4, MaxLength: 64}
///
/// Optional keys: `defines` (name: value), `clock` (default `clk_i`), `reset` (`{name: rst_ni, active: low,
/// cycles: 4}`, or `none`), `cycles` (`{default: 4259, narrow: 9000..9100}`, which `cosim perf accept` writes),
/// `taps` (see ``Tap``), `stages` (see ``Stage``), `verilator_flags` (see ``allowedFlags``), `filelists`,
/// `libraries`, `settings_together`. With `streams` the manifest describes all that crosses the pins of a foreign design (see
/// ``Wiring``). Paths are relative to the folder of
/// the manifest. A key that is not listed here is an error.
public struct Manifest: Sendable, Hashable {
  /// The manifest itself, as it was given.
  public var file: String
  /// Its folder: what relative paths begin at.
  public var directory: String
  /// The top module.
  public var top: String
  /// SystemVerilog sources, packages before their users, as the manifest spells them. At least one.
  public var sources: [String]
  /// Where `include` finds files, in this order, as the manifest spells them.
  public var includeDirectories: [String]
  /// Complete sets of parameters, in the order of the manifest. At least one: without the key, one that
  /// is called `default` and sets nothing.
  public var configurations: [Configuration]
  /// Preprocessor macros; an empty value defines the name alone.
  public var defines: [String: String]
  /// The clock port; nil where the manifest says `clock: none`.
  public var clock: String?
  /// The reset port; nil where the manifest says `reset: none`.
  public var reset: Reset?
  /// Every clock, the one above first.
  public var clocks: [Clock] = []
  /// Resets beside the one above.
  public var otherResets: [Reset] = []
  /// Where modules are found that no source defines: folders, and files of many modules.
  public var libraries: [String] = []
  /// The pins of a foreign design; nil where a block in Swift says what they are.
  public var wiring: Wiring?
  /// Cycles that the fixed workload of `cosim perf` may take, by configuration; one number is a band of
  /// one.
  public var cycleBudgets: [String: ClosedRange<Int>] = [:]
  /// What the streams did in these cycles when the budget was accepted, by configuration, where the
  /// manifest says.
  public var budgetStreams: [String: BudgetStreams] = [:]
  /// Signals that are compared with intermediate values of the golden model, in the order in which data
  /// passes them.
  public var taps: [Tap]
  /// Parts whose share of the cycles is reported, in the order of the report.
  public var stages: [Stage] = []
  /// More flags for Verilator, one word each.
  public var verilatorFlags: [String]
  /// All settings of a golden model in Swift change in one cycle; if not, under stalls one after the other.
  public var settingsTogether = false
  /// What answers where there is no golden model in Swift.
  public var golden: GoldenSpecification?
  /// What counts as the expected value, by output array, where it is not the same value alone.
  public var comparisons: [String: Comparison] = [:]
  /// Which stimulus is made where there is no golden model in Swift.
  public var stimulus = StimulusSpecification()

  /// Makes a manifest without a file, for generated devices and tests.
  public init(
    directory: String, top: String, sources: [String], includeDirectories: [String] = [],
    configurations: [Configuration] = [Configuration(name: "default", values: [:])],
    defines: [String: String] = [:], clock: String? = "clk_i", reset: Reset? = Reset(),
    taps: [Tap] = [], verilatorFlags: [String] = []
  ) {
    file = directory + "/device.yaml"
    self.directory = directory
    self.top = top
    self.sources = sources
    self.includeDirectories = includeDirectories
    self.configurations = configurations
    self.defines = defines
    self.clock = clock
    clocks = clock.map { [Clock(name: $0)] } ?? []
    self.reset = reset
    self.taps = taps
    self.verilatorFlags = verilatorFlags
  }

  /// The configuration called `name`.
  ///
  /// - Throws: ``DeviceError/manifest(file:line:_:)`` with the nearest name.
  public func configuration(named name: String) throws(DeviceError) -> Configuration {
    if let found = configurations.first(where: { $0.name == name }) { return found }
    throw .manifest(
      file: file, line: nil, .unknownConfiguration(name, known: configurations.map(\.name)))
  }

  /// The path of something that the manifest names.
  public func path(of name: String) -> String {
    name.hasPrefix("/") ? name : directory + "/" + name
  }

  /// What `verilator_flags` may contain: each may be followed by as many values as it has `?`. They change
  /// what RTL is understood, never whether assertions are checked, nor initial values or waveforms.
  public static let allowedFlags: [String] = [
    "-Wno-*", "--bbox-sys", "--bbox-unsup", "--converge-limit ?", "--default-language ?",
    "--language ?", "--max-num-width ?", "--relative-includes", "--timescale ?",
    "--unroll-count ?", "--unroll-stmts ?",
  ]
}
