public import Blocks
import Foundation
public import Signals

/// Searches for the input at which a golden model is furthest from the real function.
///
/// A unit that works element by element is tried on every code at each of many scales. Rows are searched:
/// from rows of every kind, the worst ones are changed and kept where they get worse. RTL is not involved.
public struct Hunt: Sendable {
  /// Where to look.
  public struct Place: Sendable {
    /// Beyond what the block states: every scale that gives settings, every length.
    public var isEverywhere = false
    public var scale: Double?
    public var length: Int?
    /// Only rows of normal values with this standard deviation, in the unit of the block's domain: real for
    /// softmax, codes for normalisation. Flat and lopsided rows are worse than any of these.
    public var sigma: Double?

    public init() {}
  }

  public var block: any Block
  public var configuration: Configuration
  public var aim: HuntAim
  public var place: Place
  /// Rows that are tried.
  public var count: Int
  public var seed: UInt64
  public var jobs: Int
  public var command: String
  public var isCancelled: @Sendable () -> Bool

  public init(
    _ block: any Block, in configuration: Configuration, aim: HuntAim = .element,
    place: Place = Place(), count: Int = 20_000, seed: UInt64 = 1, jobs: Int = 1,
    command: String, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    self.block = block
    self.configuration = configuration
    self.aim = aim
    self.place = place
    self.count = count
    self.seed = seed
    self.jobs = jobs
    self.command = command
    self.isCancelled = isCancelled
  }

  /// Searches that go on by themselves, whatever the number of threads.
  private static let islands = 8

  /// - Throws: ``FuzzingError/nothingToHunt(block:reason:)``, and ``BlockError`` for a configuration that
  ///   does not go together.
  public func run() throws -> HuntOutcome {
    let start = ContinuousClock.now
    let interface = try block.interface(in: configuration)
    guard let main = interface.arrays.first(where: { $0.role == .input }), block.family != nil
    else {
      throw FuzzingError.nothingToHunt(
        block: block.name, reason: "it approximates no real function")
    }
    guard main.format.width <= 40 else {
      throw FuzzingError.nothingToHunt(
        block: block.name, reason: "an input of more than 40 bits has too many values")
    }
    let tolerance = block.tolerance(in: configuration)
    if aim == .rowSum && block.family != .softmax {
      throw FuzzingError.nothingToHunt(
        block: block.name, reason: "only a softmax has rows that should sum to 1")
    }
    let space = HuntSpace(
      main: main, isRow: main.axes.count == 2, domain: tolerance.domain,
      longest: configuration.values["MaxLength"], place: place)
    if place.sigma != nil && main.axes.count != 2 {
      throw FuzzingError.nothingToHunt(
        block: block.name, reason: "it has no rows that could be normal: leave --sigma out")
    }
    let bound = place.isEverywhere ? nil : aim == .element ? tolerance.element : nil
    var outcome = HuntOutcome(
      block: block.name, configuration: configuration, command: command, aim: aim,
      domain: space.words, isExhaustive: !space.isRow && space.codeStep == 1,
      bound: bound)
    let searches = try concurrently(Hunt.islands, jobs: jobs) { island in
      var search = HuntSearch(
        block: block, configuration: configuration, aim: aim, space: space,
        seed: seed &+ UInt64(island) << 32, isCancelled: isCancelled)
      if space.isRow {
        search.searchRows(count / Hunt.islands)
      } else {
        search.tryCodes(part: island, of: Hunt.islands)
      }
      return search
    }
    for search in searches.compactMap({ $0 }) {
      outcome.tried += search.tried
      outcome.refused += search.refused
      outcome.wasInterrupted = outcome.wasInterrupted || search.wasInterrupted
      if let worst = search.worst, worst.badness > outcome.worst?.badness ?? -1 {
        outcome.worst = worst
      }
    }
    outcome.landscape = HuntLandscape.joined(searches.compactMap { $0?.landscape }).curves(
      isRow: space.isRow)
    if !space.isRow, let worst = outcome.worst {
      outcome.landscape.insert(profile(space, scale: worst.scale), at: 0)
    }
    outcome.seconds = (ContinuousClock.now - start) / .seconds(1)
    return outcome
  }

  /// The error over the codes of one scale.
  private func profile(_ space: HuntSpace, scale: Double) -> HuntCurve {
    var search = HuntSearch(
      block: block, configuration: configuration, aim: aim, space: space, seed: seed,
      isCancelled: isCancelled)
    let codes = space.codes(scale: scale)
    var curve = HuntCurve(
      label: "input (real), at a scale of \(scale)", isLogarithmic: false, x: [], y: [])
    let points = 512
    let step = max(1, codes.count / points)
    // The largest of many is outline enough where a point stands for more codes than can be tried.
    let inner = max(1, step / 512)
    for first in stride(from: 0, to: codes.count, by: step) {
      if isCancelled() { break }
      let part = stride(from: first, to: min(first + step, codes.count), by: inner)
        .map { codes.lowerBound + Int64($0) }
      guard let found = search.evaluate(part, scale: scale) else { continue }
      curve.x.append(Double(found.row[found.index]) * scale)
      curve.y.append(found.badness)
    }
    return curve
  }
}

/// The inputs among which a hunt looks.
struct HuntSpace: Sendable {
  let isRow: Bool
  /// Codes of the main input, whatever the scale.
  let codes: ClosedRange<Int64>
  let scales: ClosedRange<Double>
  let lengths: ClosedRange<Int>
  let isPowerOfTwoLong: Bool
  /// The largest real value.
  let magnitude: Double?
  /// Standard deviations of the normal rows that are the only ones to look at, in the domain's unit.
  let deviation: ClosedRange<Double>?
  /// Whether deviations are in codes.
  let deviatesInCodes: Bool
  let words: String

  init(
    main: ArraySpecification, isRow: Bool, domain: Domain, longest: Int?, place: Hunt.Place
  ) {
    self.isRow = isRow
    codes = main.range
    let longest = longest ?? 1024
    if let scale = place.scale {
      scales = scale...scale
    } else if let builtIn = domain.builtInScale {
      scales = builtIn...builtIn
    } else if place.isEverywhere {
      scales = 0x1p-16...1
    } else {
      scales = domain.scale ?? HuntSpace.usualScales(domain, main)
    }
    if let length = place.length {
      lengths = length...length
    } else if place.isEverywhere {
      lengths = 1...longest
    } else {
      let stated = domain.length ?? 1...longest
      lengths = min(stated.lowerBound, longest)...min(stated.upperBound, longest)
    }
    isPowerOfTwoLong = domain.isPowerOfTwoLong && !place.isEverywhere
    magnitude = place.isEverywhere ? nil : domain.magnitude
    deviation = place.sigma.map { $0...$0 } ?? (place.isEverywhere ? nil : domain.deviation)
    deviatesInCodes = domain.scale == nil
    let normal = place.sigma.map { "; normal rows of deviation \($0)" } ?? ""
    words =
      (place.isEverywhere
        ? "everywhere: scales from \(scales.lowerBound) to \(scales.upperBound)"
          + (isRow ? ", rows of \(lengths.lowerBound) to \(lengths.upperBound)" : "")
        : "as stated: " + domain.words) + normal
  }

  private static func usualScales(
    _ domain: Domain, _ main: ArraySpecification
  ) -> ClosedRange<Double> {
    if let magnitude = domain.magnitude {
      let full = magnitude / Double(main.range.upperBound)
      return full / 64...full
    }
    let full = 128 / Double(main.range.upperBound)
    return full / 16...full
  }

  /// Scales that are tried with codes.
  var scaleCount: Int { scales.lowerBound == scales.upperBound ? 1 : 64 }

  /// Every so many-th code of all is tried: at one scale up to 2^24 of them, at many up to 2^18.
  var codeStep: Int { max(1, codes.count >> (scaleCount == 1 ? 24 : 18)) }

  /// The codes whose real value is in the domain.
  func codes(scale: Double) -> ClosedRange<Int64> {
    guard let magnitude, magnitude / scale < 0x1p62 else { return codes }
    let limit = Int64(magnitude / scale)
    return max(codes.lowerBound, -limit)...min(codes.upperBound, limit)
  }

  /// Evenly spaced in octaves.
  func scale(_ index: Int, of count: Int) -> Double {
    guard count > 1, scales.lowerBound < scales.upperBound else { return scales.lowerBound }
    let share = Double(index) / Double(count - 1)
    return min(
      scales.upperBound,
      scales.lowerBound * pow(scales.upperBound / scales.lowerBound, share))
  }

  func contains(length: Int) -> Bool {
    lengths.contains(length) && (!isPowerOfTwoLong || length & (length - 1) == 0)
  }
}
