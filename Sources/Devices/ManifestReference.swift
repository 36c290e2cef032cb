/// Every key of a manifest, with what it takes and means: what `cosim describe --manifest` prints,
/// and the
/// page of the documentation with it.
public struct ManifestReference: Sendable {
  public struct Key: Sendable, Hashable {
    public var name: String
    /// What stands there: `a port`, `an integer`.
    public var takes: String
    /// What holds where it is left out; nil for a key that must be there.
    public var otherwise: String?
    public var meaning: String

    init(_ name: String, _ takes: String, _ otherwise: String?, _ meaning: String) {
      self.name = name
      self.takes = takes
      self.otherwise = otherwise
      self.meaning = meaning
    }
  }

  public struct Section: Sendable, Hashable {
    /// Where its keys stand: `the manifest`, `streams.NAME`.
    public var place: String
    public var summary: String
    public var keys: [Key]
    /// YAML.
    public var example: String
  }

  public static let sections: [Section] = [
    Section(
      place: "the manifest",
      summary:
        "`device.yaml` turns a folder of RTL into a device. Paths are relative to its folder. With "
        + "`streams`, it describes a design that no golden model in Swift stands for.",
      keys: [
        Key("top", "a module", nil, "The top module."),
        Key(
          "sources", "a list of files", "none, with `filelists`",
          "Packages stand before their users."),
        Key(
          "filelists", "a list of files", "none",
          "`.f` files with sources, `+incdir+`, `+define+`, `-v`, `-y`, `-f`."),
        Key(
          "libraries", "a list of files and folders", "none",
          "Where modules are found that no source defines."),
        Key("include_directories", "a list of folders", "none", "Where `` `include `` looks."),
        Key(
          "defines", "a mapping", "none",
          "Macros and their values; an empty value defines the name alone."),
        Key(
          "configurations", "a mapping of names to parameters", "`default`, which sets nothing",
          "Sets of parameters: integers, \"texts\", Verilog literals (`8'hF0`), reals."),
        Key("clock", "a port, or `none`", "`clk_i`", "The clock."),
        Key("clocks", "a mapping", "`clock` alone", "Several clocks, see below."),
        Key(
          "reset", "a port, a mapping, a list of these, or `none`", "`rst_ni`, active low",
          "The resets, see below."),
        Key(
          "streams", "a mapping", "those of the golden model in Swift",
          "What crosses the pins, see below."),
        Key(
          "arrays", "a mapping", "one value after the other",
          "Arrays that are not plain, see below."),
        Key(
          "settings", "a mapping", "none",
          "Values that stay while transactions are under way, see below."),
        Key(
          "register_bus", "a mapping", "none",
          "How settings with a `register` are written, see below."),
        Key(
          "settings_together", "`true` or `false`", "`false`",
          "Without `streams`: all settings change in one cycle. If not, then with stalls one after the other, "
            + "as a host writes registers, 1 to 24 cycles apart in which nothing is under way. For RTL that "
            + "asserts how two settings go together."),
        Key("ties", "a mapping of inputs to integers", "0", "Inputs that keep a value."),
        Key(
          "golden", "a mapping", "none: vectors say what is expected",
          "What says what is expected, see below."),
        Key(
          "compare", "a mapping of output arrays", "exact",
          "What counts as the expected value, see below."),
        Key("stimulus", "a mapping", "1 to 32 elements", "Which stimulus is made, see below."),
        Key(
          "cycles", "a mapping of configurations to cycles", "none",
          "Budgets, which `cosim perf accept` writes."),
        Key(
          "stages", "a mapping of names to signals", "none",
          "Parts of the design and the signals that say when each works."),
        Key("taps", "a mapping", "none", "Signals inside that are compared, see below."),
        Key(
          "verilator_flags", "a list of flags", "none",
          "More flags, of those that change only what RTL is understood."),
      ],
      example: """
        top: axis_scale
        sources: [../rtl/axis_scale.v]
        clock: aclk
        reset: {name: aresetn, active: low}
        configurations:
          default: {LANES: 4}
        """),
    Section(
      place: "clocks.NAME",
      summary: "A clock port. The first one is the clock of all that names none.",
      keys: [
        Key(
          "period", "an integer, 1 to 1000", "1",
          "Time between its edges, in a unit that all clocks share."),
        Key("phase", "an integer", "0", "Time of the first edge."),
        Key("edge", "`rising` or `falling`", "`rising`", "The edge on which registers change."),
      ],
      example: "clocks: {clk_a: {period: 3}, clk_b: {period: 5, phase: 1}}"),
    Section(
      place: "reset", summary: "A reset port, or a list of them.",
      keys: [
        Key("name", "a port", "`rst_ni`", "The port."),
        Key("active", "`low` or `high`", "`low`", "The level at which the design is in reset."),
        Key("cycles", "an integer, at least 1", "4", "Cycles for which it is held."),
        Key(
          "kind", "`synchronous` or `asynchronous`", "`synchronous`",
          "An asynchronous one is pulled before any edge of the clock, and let go between edges."),
      ],
      example: "reset: {name: rst, active: high, cycles: 2, kind: asynchronous}"),
    Section(
      place: "streams.NAME",
      summary:
        "Values that cross some pins together. A pin of one bit with `!` before its name is "
        + "active low. "
        + "Numbers may be expressions of parameters: `LANES*2`, `clog2(DEPTH)`.",
      keys: [
        Key("direction", "`input` or `output`", nil, "As the design sees it."),
        Key("handshake", "a word of the table below", "`ready_valid`", "When a beat crosses."),
        Key("clock", "a clock", "the first one", "Whose edges move it."),
        Key(
          "of", "an input stream", "the first that can be meant",
          "Whose answers it carries, for handshakes that need to know."),
        Key(
          "after", "a stream, or a list of them", "none",
          "What a transaction on this input waits for: an input, all of the same transaction; an "
            + "output, all of the one before."),
        Key(
          "latency", "a number of cycles", "needed by `fixed_latency` outputs; 0 or 1",
          "From an input to its answer, from an address to its data, from reading (`ready`) to "
            + "what is read."),
        Key(
          "interval", "a number of cycles", "1",
          "The fewest between two beats of an input."),
        Key("credits", "a number", "needed by `credits`", "Beats that may be under way."),
        Key("phases", "4 or 2", "4", "Of `request_acknowledge`: both go back, or both change."),
        Key(
          "gaps", "`true` or `false`", "`true`",
          "Whether the design bears gaps between the beats of an input."),
        Key("address", "a port", "needed by `memory`", "The address of a memory."),
        Key("base", "a number", "0", "The address of a memory's first word."),
        Key("unit", "a number", "1", "Addresses from word to word."),
        Key("last", "a port", "none", "Marks the last beat of a transaction."),
        Key(
          "keep", "a port, or `{port: P, bits: N}`", "none",
          "Marks the lanes that hold an element, with so many bits each. Without `valid`, a beat "
            + "is there when any lane is."),
        Key(
          "fields", "a mapping", "none: one beat for each transaction", "The values, see below."),
        Key("valid", "a pin", "see below", "The sender has a beat."),
        Key("ready", "a pin", "see below", "The receiver takes it."),
        Key("start", "a pin", "see below", "Begins an operation."),
        Key("done", "a pin", "see below", "Ends an operation."),
        Key("request", "a pin", "see below", "Asks for something."),
        Key("acknowledge", "a pin", "see below", "Answers a request."),
        Key("credit", "a pin", "see below", "Gives a credit back."),
        Key("enable", "a pin", "see below", "Lets a pipeline without handshake go on."),
        Key("write", "a pin", "see below", "Writes to a memory."),
      ],
      example: """
        streams:
          in:
            direction: input
            valid: s_axis_tvalid
            ready: s_axis_tready
            last: s_axis_tlast
            fields:
              data: {port: s_axis_tdata, lanes: LANES, bits: 8, signed: true, array: x}
        """),
    Section(
      place: "streams.NAME.fields.NAME",
      summary:
        "Integers of one format. A transaction's array crosses element by element, lane 0 first.",
      keys: [
        Key(
          "port", "a port", "needed, or `ports`",
          "Packed or unpacked; `d{}` for a port each lane, numbered from 0."),
        Key("ports", "a list of ports", "`port`", "A port for each lane."),
        Key("lanes", "a number", "1", "Elements in a beat."),
        Key("bits", "a number, 1 to 64", nil, "Bits of an element."),
        Key("signed", "`true` or `false`", "`false`", "Whether it is in two's complement."),
        Key(
          "array", "an array", "one called like the field",
          "The array that it carries: the name in vectors and golden models."),
        Key(
          "offset", "a number", "0", "Its first bit in the port: a member of a packed structure."),
        Key("pitch", "a number", "`bits`", "Bits from one lane to the next."),
        Key(
          "order", "`ascending` or `descending`", "`ascending`",
          "Whether lane 0 lies in the lowest bits or in the highest."),
      ],
      example: "a: {port: operands_i, offset: 16, bits: 8, signed: true}"),
    Section(
      place: "arrays.NAME",
      summary:
        "An array without this has one axis, which is called like the array. Files may give "
        + "it more: "
        + "[transactions, 4, 4] is read as [transactions, 16].",
      keys: [
        Key(
          "axes", "a list of names", "its own name",
          "Axes within a transaction; equal names have equal extents."),
        Key(
          "range", "two integers, `-127..127`", "all that the bits can hold",
          "The values that stimulus has."),
        Key("summary", "a sentence", "none", "For `cosim describe`."),
      ],
      example: "arrays: {x: {axes: [L], range: -127..127}, w: {axes: [L]}}"),
    Section(
      place: "settings.NAME",
      summary:
        "Inputs that change only while nothing is under way. Arrays of the same name carry them.",
      keys: [
        Key("port", "a port", "needed, or `register`", "As in a field."),
        Key("ports", "a list of ports", "`port`", "As in a field."),
        Key("register", "an address", "needed, or `port`", "Written through `register_bus`."),
        Key("bits", "a number, 1 to 64", nil, "As in a field."),
        Key("lanes", "a number", "1", "As in a field."),
        Key("signed", "`true` or `false`", "`false`", "As in a field."),
        Key("offset", "a number", "0", "As in a field."),
        Key("pitch", "a number", "`bits`", "As in a field."),
        Key("order", "`ascending` or `descending`", "`ascending`", "As in a field."),
      ],
      example: "settings: {scale: {port: cfg_scale, bits: 8}, shift: {register: 0x10, bits: 5}}"),
    Section(
      place: "register_bus", summary: "Writes settings before the transactions that need them.",
      keys: [
        Key(
          "kind", "`simple`, `axi_lite`, `apb` or `wishbone`", "`simple`",
          "AXI4-Lite, APB and classic Wishbone need only their `prefix`."),
        Key(
          "write", "a pin", "needed by `simple`", "Writes for one cycle, or until `acknowledge`."),
        Key("acknowledge", "a pin", "none", "Ends a write."),
        Key("address", "a port", "needed by `simple`", "The register."),
        Key("data", "a port", "needed by `simple`", "Its value."),
        Key(
          "prefix", "a text", "needed by buses with usual names",
          "The beginning of the names: `s_axi_`."),
        Key("clock", "a clock", "the first one", "Whose edges move it."),
      ],
      example: "register_bus: {kind: apb, prefix: cfg_}"),
    Section(
      place: "golden",
      summary:
        "What says what is expected: a program, or recorded transactions. Without it, `cosim "
        + "verify` "
        + "needs `--vectors` with expected outputs.",
      keys: [
        Key(
          "command", "a program and its arguments", "needed, or `vectors`",
          "Runs in the manifest's folder, is asked through pipes, and lives as long as the run."),
        Key(
          "vectors", "a list of `.npz` files", "needed, or `command`",
          "Inputs and expected outputs."),
        Key("timeout", "seconds", "60", "For one batch of transactions."),
        Key(
          "files", "a list of files", "those that the command names",
          "What the answers depend on: part of the version in reports."),
        Key("processes", "an integer", "1", "How many of the program may run at once."),
      ],
      example: "golden: {command: [python3, golden.py], timeout: 60}"),
    Section(
      place: "compare.ARRAY",
      summary:
        "`exact`, `ignore`, or a mapping. Reports say which outputs are not compared exactly, "
        + "and how "
        + "far they were off.",
      keys: [
        Key("steps", "an integer", "none", "Units in the last place by which a value may be off."),
        Key(
          "absolute", "a number", "none",
          "With `relative`, the largest difference is the sum of both."),
        Key("relative", "a number", "none", "As a share of the expected value."),
        Key(
          "encoding", "`integer`, `float16`, `bfloat16`, `float32`, `float64`", "`integer`",
          "What the bits stand for."),
        Key("ignore_bits", "a mask", "0", "Bits of each value that are not compared."),
      ],
      example: "compare: {y: {steps: 1}, flags: {ignore_bits: 0x3}, debug: ignore}"),
    Section(
      place: "stimulus",
      summary: "Corner cases and random transactions are made from formats, ranges and lengths.",
      keys: [
        Key(
          "lengths", "a mapping of axes to `8`, `1..64` or `4 * LANES`", "1..32, or one beat",
          "Elements along an axis in a transaction. Arrays that cross in the same beats follow the "
            + "one with the most lanes. Without `last`, a transaction is one beat."),
        Key("transactions", "an integer", "16", "Transactions that share their settings."),
      ],
      example: "stimulus: {lengths: {x: 1..64}, transactions: 16}"),
    Section(
      place: "taps.NAME",
      summary: "A signal inside, compared with the golden model's array of this name.",
      keys: [
        Key("signal", "a path of instances", nil, "From the top module on."),
        Key(
          "valid", "a signal, or a list of them", nil,
          "It counts in cycles in which all of these hold."),
        Key("keep", "a signal", "none", "Marks the lanes that hold an element."),
        Key("last", "a signal", "none", "Marks the last beat of a transaction."),
        Key(
          "lanes", "an integer or a parameter", "those of the stream with such an array",
          "Elements in a beat."),
        Key(
          "order", "the name of an order", "that of the stream",
          "How its elements follow each other."),
        Key(
          "absent", "`zero`", "not compared", "What lanes without an element hold."),
      ],
      example: "taps: {sum: {signal: u_core.sum, valid: [u_core.sum_valid, \"!stall\"]}}"),
  ]

  /// Handshakes, with the pins of each and what they mean.
  public static let handshakes: [(name: String, pins: String, meaning: String)] = [
    ("ready_valid", "`valid`, `ready`", "A beat crosses on an edge with both."),
    ("valid_only", "`valid`", "A beat crosses on every edge with it; nobody can hold it up."),
    (
      "start_done", "`start`, `done`; outputs `done`",
      "`start` begins an operation whose inputs stay until `done`; results are there with `done`."
    ),
    (
      "request_acknowledge", "`request`, `acknowledge`",
      "A request with its values until it is acknowledged."
    ),
    ("credits", "`valid`, `credit`", "Beats at will while there are credits."),
    (
      "fixed_latency", "none; `valid`, `enable`",
      "Inputs are taken on every edge, answers are there `latency` cycles later."
    ),
    (
      "memory", "`address`; `request`, `valid`, `write`, `done`",
      "The harness is a memory that the design reads (input) or writes (output)."
    ),
  ]

  /// The reference as Markdown.
  public static var markdown: String {
    var lines = [
      "# The manifest, key by key", "",
      "`cosim describe --manifest` prints this page. A key that is not listed is an error, "
        + "with its line.",
      "",
    ]
    for section in sections {
      lines += ["## `\(section.place)`".replacing("`the manifest`", with: "The manifest"), ""]
      lines += [section.summary, "", "| key | takes | if left out | means |", "|---|---|---|---|"]
      lines += section.keys.map {
        "| `\($0.name)` | \($0.takes) | \($0.otherwise ?? "*must be there*") | \($0.meaning) |"
      }
      lines += ["", "```yaml", section.example, "```", ""]
      if section.place == "streams.NAME" {
        lines += ["| handshake | pins | when a beat crosses |", "|---|---|---|"]
        lines += handshakes.map { "| `\($0.name)` | \($0.pins) | \($0.meaning) |" }
        lines.append("")
      }
    }
    return lines.dropLast().joined(separator: "\n") + "\n"
  }
}
