public import Signals

extension Manifest {
  /// Pins and arrays of a foreign design under a configuration.
  ///
  /// Transactions are counted along the axis `T`. An array that the manifest does not describe has one more
  /// axis, called like the array.
  ///
  /// - Throws: ``DeviceError/manifest(file:line:_:)`` for a number that is undefined or out of range.
  public func interface(in configuration: Configuration) throws(DeviceError) -> Interface {
    let wiring = wiring ?? Wiring()
    var interface = Interface(arrays: [], batching: .leading("T"), streams: [])
    for stream in wiring.streams {
      interface.streams.append(try self.stream(stream, in: configuration, &interface.arrays))
    }
    for setting in wiring.settings {
      let format = try format(setting.bits, setting.isSigned, setting.line, configuration)
      let lanes = try number(setting.lanes, 1...4096, "lanes", setting.line, configuration)
      interface.settings.append(.setting(setting.name, format, lanes: lanes))
      var array = ArraySpecification(
        setting.name, .input, axes: lanes == 1 ? ["T"] : ["T", setting.name], format,
        range: range(of: setting.name, format), allowsScalar: true, allowsShared: true,
        "setting of the design")
      array.isFlat = true
      interface.arrays.append(array)
    }
    return interface
  }

  private func stream(
    _ wiring: StreamWiring, in configuration: Configuration, _ arrays: inout [ArraySpecification]
  ) throws(DeviceError) -> Signals.Stream {
    var fields: [Field] = []
    var ports: [String: String] = [:]
    for field in wiring.fields {
      let format = try format(field.bits, field.isSigned, field.line, configuration)
      let lanes = try number(field.lanes, 1...65536, "lanes", field.line, configuration)
      fields.append(Field(field.name, format, lanes: lanes, content: field.content))
      ports[field.name] = field.place.ports.first
      guard case .array(let name) = field.content else { continue }
      let role: ArraySpecification.Role = wiring.direction == .input ? .input : .output
      if let known = arrays.first(where: { $0.name == name }) {
        guard known.role == role, known.format == format else {
          throw .manifest(
            file: file, line: field.line,
            .contradiction(
              "array '\(name)' is carried by another field as \(known.role.rawValue) of format "
                + "\(known.format), here as \(role.rawValue) of \(format)"))
        }
        continue
      }
      arrays.append(specification(name, role, format))
    }
    if wiring.hasHiddenKeep, let lanes = fields.map(\.lanes).max(), lanes > 1 {
      fields.append(Field("in use", .unsigned(1), lanes: lanes, content: .keep))
    }
    if wiring.handshake == .memory {
      fields.append(Field("end", .unsigned(1), content: .last))
    }
    var stream = Signals.Stream(wiring.name, wiring.direction, fields: fields)
    stream.wires = StreamWires(
      valid: wiring.forwardPin?.name, ready: wiring.backwardPin?.name, fields: ports)
    if wiring.direction == .input { stream.fillsWithZeros = true }
    return stream
  }

  private func specification(
    _ name: String, _ role: ArraySpecification.Role, _ format: IntegerFormat
  ) -> ArraySpecification {
    let given = wiring?.arrays.first { $0.name == name }
    var array = ArraySpecification(
      name, role, axes: ["T"] + (given?.axes ?? [name]), format,
      range: given?.range ?? format.range, given?.summary ?? "\(role.rawValue) of the design")
    if given?.axes == nil { array.isFlat = true }
    return array
  }

  private func range(of array: String, _ format: IntegerFormat) -> ClosedRange<Int64> {
    wiring?.arrays.first { $0.name == array }?.range ?? format.range
  }

  private func format(
    _ bits: Quantity, _ isSigned: Bool, _ line: Int?, _ configuration: Configuration
  ) throws(DeviceError) -> IntegerFormat {
    let width = try number(bits, 1...64, "bits", line, configuration)
    // 64 bits without a sign are held as their bit pattern.
    return IntegerFormat(width: width, isSigned: isSigned || width == 64)
  }

  /// The value of a quantity under a configuration.
  package func number(
    _ quantity: Quantity, _ range: ClosedRange<Int>, _ key: String, _ line: Int?,
    _ configuration: Configuration
  ) throws(DeviceError) -> Int {
    let value: Int
    do {
      value = try quantity.evaluate(configuration.values)
    } catch {
      throw .manifest(
        file: file, line: line,
        .quantity(
          key: key, text: quantity.text, problem: error,
          known: configuration.values.keys.sorted()))
    }
    guard range.contains(value) else {
      throw .manifest(
        file: file, line: line,
        .wrongValue(
          key: key, expected: "in \(range.lowerBound)...\(range.upperBound)",
          found: quantity.text == String(value)
            ? String(value) : "\(quantity.text) = \(value) in '\(configuration.name)'"))
    }
    return value
  }
}

extension ManifestProblem {
  fileprivate static func quantity(
    key: String, text: String, problem: Quantity.Problem, known: [String]
  ) -> ManifestProblem {
    switch problem {
    case .syntax:
      .wrongValue(
        key: key, expected: "a number or an expression of parameters such as LANES * 2",
        found: "'\(text)'")
    case .unknownName(let name): .unknownParameter(name, key: key, known: known)
    case .undefined(let what):
      .wrongValue(key: key, expected: "a number", found: "'\(text)', which needs \(what)")
    }
  }
}

extension StreamWiring {
  /// What stands for valid: the pin with which the sender speaks.
  public var forwardPin: Pin? {
    switch handshake {
    case .readyValid, .validOnly, .credits: pins[.valid]
    case .startDone: direction == .input ? pins[.start] : pins[.done]
    case .requestAcknowledge: pins[.request]
    case .fixedLatency: pins[.valid]
    case .memory: direction == .input ? pins[.valid] : pins[.write]
    }
  }

  /// What stands for ready: the pin with which the receiver speaks.
  public var backwardPin: Pin? {
    switch handshake {
    case .readyValid: pins[.ready]
    case .validOnly: nil
    case .startDone: direction == .input ? pins[.done] : nil
    case .requestAcknowledge: pins[.acknowledge]
    case .credits: pins[.credit]
    case .fixedLatency: pins[.enable]
    case .memory: direction == .input ? pins[.request] : pins[.done]
    }
  }

  /// Outputs whose last beat may be part of a transaction, and say nothing about it: the lanes beyond its
  /// end are not compared.
  var hasHiddenKeep: Bool {
    direction == .output && !fields.contains { $0.content == .keep }
      && fields.contains { if case .array = $0.content { true } else { false } }
  }
}
