/// Curves over common axes, as data.
public struct Plot: Sendable, Hashable, Codable {
  /// A quantity and how it is spaced.
  public struct Axis: Sendable, Hashable, Codable {
    public var label: String
    public var isLogarithmic: Bool

    public init(_ label: String, isLogarithmic: Bool = false) {
      self.label = label
      self.isLogarithmic = isLogarithmic
    }
  }

  /// One value of a curve.
  public struct Point: Sendable, Hashable, Codable {
    public var x: Double
    public var y: Double

    public init(_ x: Double, _ y: Double) {
      self.x = x
      self.y = y
    }
  }

  /// The points of one variant, in order of x.
  public struct Curve: Sendable, Hashable, Codable {
    public var label: String
    public var points: [Point]

    public init(_ label: String, _ points: [Point]) {
      self.label = label
      self.points = points
    }
  }

  public var title: String
  /// What was measured, in a sentence.
  public var caption: String
  public var x: Axis
  public var y: Axis
  public var curves: [Curve]
  /// Where the frame cuts curves off; nil for nowhere.
  public var limit: ClosedRange<Double>?

  public init(_ title: String, caption: String, x: Axis, y: Axis, curves: [Curve]) {
    self.title = title
    self.caption = caption
    self.x = x
    self.y = y
    self.curves = curves
  }
}
