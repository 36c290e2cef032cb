/// The name of a port as words: `s_axis_tvalid`, `dataIn`, `valid_i`.
struct PortName: Hashable {
  /// In lower case, without marks of direction at the ends.
  let words: [String]
  /// As it is spelt, in lower case.
  private let spelling: String

  init(_ name: String) {
    spelling = name.lowercased()
    var words: [String] = []
    var word = ""
    var last: Character?
    for character in name {
      if character == "_" {
        if !word.isEmpty { words.append(word) }
        word = ""
      } else {
        if character.isUppercase, let last, last.isLowercase || last.isNumber, !word.isEmpty {
          words.append(word)
          word = ""
        }
        word += character.lowercased()
      }
      last = character
    }
    if !word.isEmpty { words.append(word) }
    if words.count > 1, let end = words.last,
      ["i", "o", "ni", "no"].contains(end) || PortName.isMark(name)
    {
      words.removeLast()
    } else if words.count > 1, ["i", "o"].contains(words[0]) {
      words.removeFirst()
    }
    self.words = words.flatMap { PortName.parts(of: $0, isAlone: words.count == 1) }
  }

  /// `wvalid` is the valid of w.
  private static func parts(of word: String, isAlone: Bool) -> [String] {
    if let match = word.wholeMatch(of: /(w|r|s|m|i|o|in|out|din|dout)(valid|ready|vld|rdy)/) {
      return [String(match.1), String(match.2)]
    }
    if isAlone, let match = word.wholeMatch(of: /(w|r|s|m)(data)/) {
      return [String(match.1), String(match.2)]
    }
    return [word]
  }

  /// `_SI`, `_DO`, `_CI`, `_RBI` behind a name with small letters: kind and direction.
  private static func isMark(_ name: String) -> Bool {
    guard let place = name.lastIndex(of: "_"), name.contains(where: \.isLowercase) else {
      return false
    }
    return name[name.index(after: place)...].wholeMatch(of: /[CRSDTA]B?[IO]|RBI/) != nil
  }

  /// The words without one of these, and which it was; nil where there is none. The last one
  /// counts.
  func without(_ marks: [String]) -> [String]? {
    guard let place = words.lastIndex(where: { marks.contains($0) }) else { return nil }
    var rest = words
    rest.remove(at: place)
    return rest
  }

  func contains(_ marks: [String]) -> Bool { words.contains { marks.contains($0) } }

  /// What is left without the words of a key at one end; nil where the key is at neither.
  func rest(of key: [String]) -> [String]? {
    if words.starts(with: key) { return Array(words.dropFirst(key.count)) }
    if words.suffix(key.count).elementsEqual(key) { return Array(words.dropLast(key.count)) }
    return nil
  }

  // MARK: - Usual spellings

  static let valid = ["valid", "vld", "tvalid", "val", "dv", "stb", "strobe"]
  static let ready = ["ready", "rdy", "tready"]
  static let request = ["req", "request"]
  static let acknowledge = ["ack", "acknowledge"]
  static let grant = ["gnt", "grant"]
  static let start = ["start", "go", "launch", "trigger"]
  static let done = ["done", "finish", "finished", "complete", "completed"]
  static let last = ["last", "tlast", "eop", "eof", "eom"]
  static let keep = ["keep", "tkeep", "strb", "tstrb"]
  /// Side bands that say nothing about values.
  static let side = ["user", "tuser", "id", "tid", "dest", "tdest", "sop", "sof", "first"]
  static let clock = ["clk", "clock", "aclk", "ck", "hclk", "pclk"]
  static let settings = [
    "cfg", "config", "conf", "csr", "setting", "settings", "param", "params", "mode", "scale",
    "shift", "multiplier", "mult", "bias", "zero", "zp", "threshold", "ctrl", "sel", "select", "op",
  ]
  /// Outputs that say how a design is.
  static let state = [
    "busy", "idle", "empty", "full", "error", "err", "irq", "interrupt", "active",
  ]
  /// Outputs of more bits that do, beside what answers.
  static let levels = [
    "usage", "level", "occupancy", "fill", "status", "count", "cnt", "debug", "dbg", "state",
    "depth",
  ]
  /// What writes to a queue and reads from one.
  static let push = ["wr", "wren", "write", "push", "winc", "enq", "wrreq"]
  static let pop = ["rd", "rden", "read", "pop", "rinc", "deq", "rdreq"]
  static let full = ["full", "wfull"]
  static let empty = ["empty", "rempty"]
  /// Inputs that keep a design from working while they are 1.
  static let quiet = [
    "test", "testmode", "scan", "dft", "bist", "flush", "clear", "clr", "stall", "halt", "freeze",
    "bypass", "abort", "kill", "debug", "soft",
  ]
  /// Inputs that keep a design from working while they are 0.
  static let enabling = ["en", "ena", "enable", "ce", "clken", "cen"]
  /// Words that name nothing in particular.
  static let plain: Set<String> = [
    "data", "tdata", "bits", "payload", "d", "q", "word", "value", "din", "dout", "in", "out",
    "input", "output", "io", "s", "m", "axis", "ap", "return", "req", "rsp", "resp", "result",
    "res",
  ]

  /// Whether a one-bit input of this name is a reset, and at which level.
  var reset: (isReset: Bool, isLow: Bool) {
    let marks = ["rst", "reset", "arst", "areset", "srst", "sreset"]
    let low = [
      "rstn", "resetn", "arstn", "aresetn", "nrst", "nreset", "rstb", "resetb", "srstn",
      "hresetn", "presetn",
    ]
    if words.contains(where: { low.contains($0) }) { return (true, true) }
    guard words.contains(where: { marks.contains($0) }) else { return (false, false) }
    let isLow = ["_n", "_ni", "_b", "_l", "_bar", "n_i"].contains { spelling.hasSuffix($0) }
    return (true, isLow || words.contains("n"))
  }
}
