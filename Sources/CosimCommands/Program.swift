import ArgumentParser
public import Blocks
import Devices
import External
import Foundation
import Synchronization

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
      InitCommand.self, ListCommand.self, DescribeCommand.self, BuildCommand.self,
      GoldenCommand.self,
      VerifyCommand.self, ReplayCommand.self, PerfCommand.self, SweepCommand.self,
      FuzzCommand.self, HuntCommand.self, MutateCommand.self, RelationsCommand.self,
      AccuracyCommand.self, PruneCommand.self, VectorsCommand.self, GateCommand.self,
      ReportCommand.self, HistoryCommand.self, DoctorCommand.self, GateWorkerCommand.self,
    ])
}

/// The whole command line, over the blocks of this package or over those of another one:
///
///     import Blocks
///     import CosimCommands
///     await Program.main(Catalogue(Catalogue.standard.blocks + [Adder()]))
public enum Program {
  private static let chosen = Mutex(Catalogue.standard)

  /// The blocks that the commands know.
  static var catalogue: Catalogue { chosen.withLock { $0 } }

  /// The block of a name.
  ///
  /// - Throws: ``CommandError`` that lists the names.
  static func block(named name: String) throws -> any Block {
    let catalogue = catalogue
    if catalogue[name] == nil, let manifest = try manifest(at: name) {
      return ManifestBlock(manifest)
    }
    for path in folders(of: name) where catalogue[name] == nil {
      if FileManager.default.fileExists(atPath: path + "/device.yaml"),
        let manifest = try manifest(at: path)
      {
        return ManifestBlock(manifest)
      }
    }
    guard let block = catalogue[name] else {
      throw CommandError.unknownBlock(name, known: catalogue.blocks.map(\.name))
    }
    return block
  }

  /// Where a design is looked for that is named without a folder: here, and upwards from here.
  private static func folders(of name: String) -> [String] {
    var result = ["cosim/\(name)", "rtl/\(name)"]
    var folder = URL(fileURLWithPath: FileManager.default.currentDirectoryPath)
    while folder.path != "/" {
      folder = folder.deletingLastPathComponent()
      result += ["cosim", "rtl"].map { folder.appendingPathComponent("\($0)/\(name)").path }
    }
    return result
  }

  /// The manifest of a foreign design, if `path` names one, or a folder with one.
  ///
  /// - Throws: `DeviceError` for one that is wrong.
  static func manifest(at path: String) throws -> Manifest? {
    let isPath = path.hasSuffix(".yaml") || path.contains("/")
    let file = path.hasSuffix(".yaml") ? path : path + "/device.yaml"
    guard isPath || FileManager.default.fileExists(atPath: file) else { return nil }
    let manifest = try Manifest(contentsOf: path)
    return manifest.wiring == nil ? nil : manifest
  }

  /// Parses the arguments of the process, runs the command and ends the process with its status
  /// unless
  /// that is 0.
  ///
  /// - Parameter catalogue: every block that the commands know.
  public static func main(_ catalogue: Catalogue = .standard) async {
    chosen.withLock { $0 = catalogue }
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
