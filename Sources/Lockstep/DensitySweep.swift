public import Blocks
public import Devices
public import Signals
import Sparsity

/// Cycles of a sparse product over the density of its weights, beside those of a dense product of the same
/// shape on as many multipliers, all measured in lockstep.
public struct DensitySweep: Sendable {
  /// A device and how its pins are named.
  public struct Device: Sendable {
    public var block: any Block
    public var configuration: Configuration
    public var library: DeviceLibrary
    public var manifest: Manifest

    public init(
      _ block: any Block, in configuration: Configuration, library: DeviceLibrary,
      manifest: Manifest
    ) {
      self.block = block
      self.configuration = configuration
      self.library = library
      self.manifest = manifest
    }
  }

  public var product: any SparseProduct
  public var device: Device
  /// What the dense product is measured on; nil for counting its cycles: one a step of the array.
  public var dense: Device?
  public var shape: ProductExtents
  public var densities: [Double]
  public var distributions: [SparseDistribution]
  public var seed: UInt64

  public init(
    _ product: any SparseProduct, on device: Device, against dense: Device?,
    shape: ProductExtents, densities: [Double], distributions: [SparseDistribution], seed: UInt64
  ) {
    self.product = product
    self.device = device
    self.dense = dense
    self.shape = shape
    self.densities = densities
    self.distributions = distributions
    self.seed = seed
  }

  /// Measures every point, or those that it comes to before it is cancelled.
  ///
  /// - Parameter isCancelled: asked before each point.
  /// - Parameter progress: called with the points done and to do.
  /// - Throws: errors of the harness and of the golden model. A disagreement is a result.
  public func run(
    command: String, isCancelled: () -> Bool = { false },
    progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
  ) throws -> DensityCurves {
    let array = product.denseArray(in: device.configuration)
    let activations = activations()
    var disagreements: [String] = []
    var denseCycles = array.steps(shape)
    if let dense {
      let weights = weights(1, .uniform)
      let batch = try Batch(
        arrays: [
          "a": activations.tensor, "w": weights.tensor, "multiplier": Tensor(1),
          "exponent": Tensor(0),
        ], interface: dense.block.interface(in: dense.configuration))
      let run = try measure(dense, batch)
      denseCycles = run.cycles
      if !run.agrees { disagreements.append("\(dense.block.name), dense") }
    }
    var curves: [DensityCurves.Curve] = []
    for distribution in distributions {
      var points: [DensityCurves.Point] = []
      for density in densities where !isCancelled() {
        progress(
          curves.count * densities.count + points.count, distributions.count * densities.count)
        let weights = weights(density, distribution)
        let batch = try product.batch(a: activations, weights: weights, in: device.configuration)
        let run = try measure(device, batch)
        points.append(
          DensityCurves.Point(
            asked: density, density: Double(weights.nonZeroCount) / Double(shape.n * shape.k),
            cycles: run.cycles))
        if !run.agrees {
          disagreements.append("\(distribution.rawValue), density \(density)")
        }
      }
      if !points.isEmpty {
        curves.append(DensityCurves.Curve(distribution: distribution, points: points))
      }
    }
    return DensityCurves(
      block: product.name, configuration: device.configuration, shape: shape,
      dense: dense.map { "\($0.block.name) \($0.configuration)" }, denseCycles: denseCycles,
      multipliers: array.multipliers, curves: curves, disagreements: disagreements, seed: seed,
      command: command)
  }

  private func activations() -> DenseMatrix {
    var generator = CounterGenerator(seed: seed, stream: RandomUse.stimulus, index: 0)
    return DenseMatrix(
      rows: shape.m, columns: shape.k,
      values: (0..<shape.m * shape.k).map { _ in generator.value(in: -128...127) })
  }

  private func weights(_ density: Double, _ distribution: SparseDistribution) -> DenseMatrix {
    product.weights(
      shape, density: density, distribution, seed: seed, in: device.configuration)
  }

  private func measure(_ device: Device, _ batch: Batch) throws -> (cycles: Int, agrees: Bool) {
    let verification = Verification(
      device.block, in: device.configuration, library: device.library, manifest: device.manifest,
      workload: .whole(batch, summary: "one product"), seed: seed, profiles: [.none], command: "")
    let outcome = try verification.run()
    return (outcome.runs[0].cycles, outcome.agrees)
  }
}

extension ArrayExtents {
  /// Steps of a dense product: one a cycle is the best that a device can do.
  func steps(_ shape: ProductExtents) -> Int {
    func tiles(_ extent: Int, _ size: Int) -> Int { (extent + size - 1) / size }
    return tiles(shape.m, rows) * tiles(shape.n, columns) * tiles(shape.k, depth)
  }
}

/// What a ``DensitySweep`` measured.
public struct DensityCurves: Sendable, Codable {
  public struct Point: Sendable, Codable {
    /// The density that was asked for.
    public var asked: Double
    /// The share of weights that are not 0.
    public var density: Double
    public var cycles: Int
  }

  public struct Curve: Sendable, Codable {
    public var distribution: SparseDistribution
    public var points: [Point]
  }

  public var block: String
  public var configuration: Configuration
  public var shape: ProductExtents
  /// The device of the dense product; nil where its cycles were counted.
  public var dense: String?
  public var denseCycles: Int
  /// Multipliers of either device.
  public var multipliers: Int
  public var curves: [Curve]
  /// Points at which a device and its golden model differ.
  public var disagreements: [String]
  public var seed: UInt64
  /// The command that measured them.
  public var command: String

  /// How many times as fast as dense.
  public func speedup(_ point: Point) -> Double {
    Double(denseCycles) / Double(max(point.cycles, 1))
  }

  /// The best that leaving out zeros can do: the reciprocal of the density; nil without non-zeros.
  public func ideal(_ point: Point) -> Double? { point.density > 0 ? 1 / point.density : nil }
}
