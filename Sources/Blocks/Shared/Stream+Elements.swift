import Signals

extension Stream {
  /// Elements without end marks: `data` carries the array `name`, each operand a field of its own
  /// name, a value a lane.
  static func elements(
    _ name: String, _ direction: Direction, _ format: IntegerFormat, lanes: Int,
    with operands: [ArraySpecification] = []
  ) -> Stream {
    Stream(
      name, direction,
      fields: [Field("data", format, lanes: lanes, content: .array(name))]
        + operands.map { Field($0.name, $0.format, lanes: lanes, content: .array($0.name)) })
  }

  /// A table, loaded with the settings: one entry of the array of the same name in a beat.
  static func table(_ name: String, _ format: IntegerFormat) -> Stream {
    Stream(
      name, .input, phase: .configuration,
      fields: [Field("data", format, content: .array(name))])
  }
}
