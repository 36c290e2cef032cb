import Blocks
import Devices
import Lockstep
import Signals
import Vectors
import Verilation

extension Failure {
  /// What an error means for a task.
  ///
  /// RTL that does not compile, files that cannot be used and interfaces that do not fit are failures of
  /// what is checked. Everything else is a task that could not be done.
  static func of(
    _ error: any Error, in task: GateTask, _ project: GateProject
  ) -> (Failure, isBroken: Bool) {
    let manifest = "\(project.folder(of: task.block))/device.yaml"
    var path: String? {
      switch task.check {
      case .vectors(let path), .regression(let path): path
      default: nil
      }
    }
    switch error {
    case let error as VerilationError: return of(error, manifest, project)
    case BundleError.otherFingerprints:
      return (Failure("stale bundle", place: path ?? "", "\(error)", file: path, line: 1), false)
    case BundleError.cannotWrite: return (Failure("no space", "\(error)"), true)
    case is BundleError:
      return (Failure("unusable bundle", place: path ?? "", "\(error)", file: path, line: 1), false)
    case BlockError.external:
      // Nobody knows whether the RTL is right.
      return (Failure("no answer", "\(error)", file: manifest, line: 1), true)
    case is VectorError, is SignalError, is BlockError:
      let kind = path == nil ? "parameters" : "unusable vectors"
      return (Failure(kind, place: path ?? "", "\(error)", file: path ?? manifest, line: 1), false)
    case DeviceError.manifest(_, let line, _):
      return (Failure("manifest", "\(error)", file: manifest, line: line ?? 1), false)
    case is LockstepError:
      return (Failure("interface", "\(error)", file: manifest, line: 1), false)
    default: return (Failure("error", "\(error)"), true)
    }
  }

  private static func of(
    _ error: VerilationError, _ manifest: String, _ project: GateProject
  ) -> (Failure, isBroken: Bool) {
    switch error {
    case .toolFailed("Verilator", _, let messages, _, _):
      var failure = Failure("does not compile", "\(error)", file: manifest, line: 1)
      // `%Error: ../common/x.sv:12:3: what`
      if let match = messages.lazy.compactMap({ $0.firstMatch(of: /([^\s:]+\.s?vh?):(\d+)/) }).first
      {
        let folder =
          String(manifest.prefix { $0 != "/" }) + "/"
          + String(manifest.split(separator: "/").dropFirst().first ?? "")
        let path = Failure.path(String(match.1), in: folder)
        failure.file =
          path.hasPrefix(project.root + "/")
          ? String(path.dropFirst(project.root.count + 1)) : path
        failure.line = Int(match.2)
        failure.place = "\(failure.file ?? ""):\(match.2)"
      }
      return (failure, false)
    case .cannotRead, .unlistedFile, .unsupportedPort, .noSignal, .unsupportedSignal:
      return (Failure("does not build", "\(error)", file: manifest, line: 1), false)
    case .cache: return (Failure("no space", "\(error)"), true)
    default: return (Failure("tools", "\(error)"), true)
    }
  }
}
