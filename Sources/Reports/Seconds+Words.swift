public import Lockstep

extension Seconds {
  /// `12.0 s: build 0.0, simulation 8.1, golden model and beats 3.2, harness 0.7`.
  ///
  /// Of several threads, times add up to more than the whole; the rest is then nothing.
  public var words: String {
    let rest = max(0, total - simulation - preparing)
    return "\(decimal(build + total, 1)) s: build \(decimal(build, 1)), simulation "
      + "\(decimal(simulation, 1)), golden model and beats \(decimal(preparing, 1)), harness "
      + "\(decimal(rest, 1)) (summed over threads)"
  }
}
