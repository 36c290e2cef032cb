import Testing
@Suite struct PlanTests {}
