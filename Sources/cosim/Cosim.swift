import ArgumentParser
import Foundation

/// The command line.
struct Cosim: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cosim",
    abstract: "Verify the RTL of transformer accelerators against bit-exact golden models.",
    discussion: """
      Blocks live in rtl/<block>/ with a manifest, device.yaml. Golden models answer in integers, bit \
      for bit; Verilator compiles the RTL; both run in lockstep.

      Exit status: 0 agreement, 1 the device disagreed, 2 the harness could not do its job, \
      64 bad command line, 130 interrupted.
      """,
    version: "0.1.0",
    subcommands: [
      ListCommand.self, DescribeCommand.self, BuildCommand.self, GoldenCommand.self,
      VerifyCommand.self, ReplayCommand.self, PerfCommand.self, SweepCommand.self,
      HuntCommand.self, MutateCommand.self, AccuracyCommand.self, PruneCommand.self,
      VectorsCommand.self, DoctorCommand.self,
    ])
}

@main
enum Entry {
  static func main() async {
    do {
      var command = try Cosim.parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let status as ExitCode {
      exit(status.rawValue)
    } catch let error where Interrupt.isRequested {
      Progress.clear()
      warn("interrupted (\(error))")
      exit(130)
    } catch {
      // What the argument parser throws it also explains: help, version, usage with status 64.
      if Cosim.exitCode(for: error) != .failure || isUsage(error) { Cosim.exit(withError: error) }
      Progress.clear()
      warn("error: \(error)")
      exit(2)
    }
  }

  private static func isUsage(_ error: any Error) -> Bool {
    String(reflecting: type(of: error)).hasPrefix("ArgumentParser.")
  }

  private static func warn(_ text: String) {
    FileHandle.standardError.write(Data("cosim: \(text)\n".utf8))
  }
}
