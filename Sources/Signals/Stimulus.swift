/// The beats fed to all inputs for a batch, and the values of the settings.
public struct Stimulus: Sendable {
  /// Bytes of each setting's port, in the order of the interface.
  public var settings: [[UInt8]]
  /// Beats of each input stream of phase `configuration`.
  public var configuration: [Beats]
  /// Beats of each input stream of phase `data`.
  public var data: [Beats]

  /// - Parameter filler: seeds the content of lanes that hold no element.
  public init(_ batch: Batch, interface: Interface, filler: UInt64) throws(SignalError) {
    let extents = AxisExtents(batch, interface: interface)
    settings = []
    for field in interface.settings {
      let stream = Stream(field.name, .input, phase: .configuration, fields: [field])
      settings.append(
        try Beats(
          stream, batch: batch, interface: interface, extents: extents, filler: filler
        ).bytes)
    }
    configuration = []
    data = []
    for stream in interface.inputs {
      let beats = try Beats(
        stream, batch: batch, interface: interface, extents: extents, filler: filler)
      if stream.phase == .data { data.append(beats) } else { configuration.append(beats) }
    }
  }
}

/// The beats expected on all outputs for a batch.
public struct Response: Sendable {
  /// One for each output stream, in the order of the interface.
  public var outputs: [Beats]

  public init(_ golden: Batch, interface: Interface) throws(SignalError) {
    let extents = AxisExtents(golden, interface: interface)
    outputs = []
    for stream in interface.outputs {
      outputs.append(
        try Beats(stream, batch: golden, interface: interface, extents: extents, filler: 0))
    }
  }
}
