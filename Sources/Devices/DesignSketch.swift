/// What a tool says about the outside of a design: its ports, parameters and files.
public struct DesignSketch: Sendable, Hashable {
  /// The shape of a port or of a member of a structure.
  public struct Shape: Sendable, Hashable {
    /// All bits of one element.
    public var bits: Int
    public var isSigned: Bool
    /// Extents of packed dimensions above the innermost one: `[3:0][7:0]` has [4].
    public var packed: [Int]
    /// Extents of unpacked dimensions, outermost first.
    public var unpacked: [Int]
    /// Members of a packed structure, the highest bits first; empty for other types.
    public var members: [Member]

    public init(
      bits: Int, isSigned: Bool = false, packed: [Int] = [], unpacked: [Int] = [],
      members: [Member] = []
    ) {
      self.bits = bits
      self.isSigned = isSigned
      self.packed = packed
      self.unpacked = unpacked
      self.members = members
    }
  }

  /// A member of a packed structure.
  public struct Member: Sendable, Hashable {
    public var name: String
    /// Its lowest bit in the structure.
    public var offset: Int
    public var shape: Shape

    public init(name: String, offset: Int, shape: Shape) {
      self.name = name
      self.offset = offset
      self.shape = shape
    }
  }

  public struct Port: Sendable, Hashable {
    public var name: String
    public var direction: PortDirection
    public var shape: Shape

    public init(name: String, direction: PortDirection, shape: Shape) {
      self.name = name
      self.direction = direction
      self.shape = shape
    }
  }

  /// A parameter that can be set from outside.
  public struct Parameter: Sendable, Hashable {
    public var name: String
    /// Its default as a manifest spells it: `16`, `"w.hex"`, `8'hf0`, `0.5`.
    public var value: String

    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  public var top: String
  public var ports: [Port]
  public var parameters: [Parameter]
  /// Sources in the order in which they must be read, packages before their users.
  public var sources: [String]
  public var includeDirectories: [String]
  /// Text of the file that holds the top module.
  public var text: String
  /// What a person should know about how the files were found.
  public var remarks: [String]
  /// Flags without which the tool refuses what others let pass.
  public var flags: [String] = []

  public init(
    top: String, ports: [Port], parameters: [Parameter] = [], sources: [String] = [],
    includeDirectories: [String] = [], text: String = "", remarks: [String] = []
  ) {
    self.top = top
    self.ports = ports
    self.parameters = parameters
    self.sources = sources
    self.includeDirectories = includeDirectories
    self.text = text
    self.remarks = remarks
  }
}
