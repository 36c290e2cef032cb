public import Fuzzing
public import Verilation

extension Yosys {
  /// Answers what a mutation campaign asks about its survivors.
  ///
  /// - Parameter limit: for a process, which is all the time that one question may take.
  public func prover(
    limit: Duration, isCancelled: @escaping @Sendable () -> Bool
  ) -> MutationCampaign.Prover {
    { script, folder in
      switch try await run(script, in: folder, limit: limit, isCancelled: isCancelled) {
      case .succeeded: .finished
      case .tookTooLong: .tookTooLong
      case .failed(let output): .failed(output)
      }
    }
  }
}
