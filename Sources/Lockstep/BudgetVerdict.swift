/// What a measured number of cycles is against its budget.
public enum BudgetVerdict: Sendable, Hashable, Codable {
  case within
  /// More cycles than the budget allows, by so many.
  case slower(by: Int)
  /// Fewer cycles than the budget says, by so many: it no longer guards what has been reached.
  case faster(by: Int)
  case noBudget

  public init(cycles: Int, budget: ClosedRange<Int>?) {
    guard let budget else {
      self = .noBudget
      return
    }
    if cycles > budget.upperBound {
      self = .slower(by: cycles - budget.upperBound)
    } else if cycles < budget.lowerBound {
      self = .faster(by: budget.lowerBound - cycles)
    } else {
      self = .within
    }
  }

  /// Whether a gate lets it pass.
  public var isAccepted: Bool { self == .within || self == .noBudget }
}
