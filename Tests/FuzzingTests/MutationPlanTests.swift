import Testing

@Suite struct MutationPlanTests {}
