public import Foundation
import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Looks at what building a device needs, and says what is missing and how to get it.
public struct Doctor: Sendable {
  /// One thing that was looked at.
  public struct Check: Sendable, Hashable {
    /// What it is: `Verilator`.
    public var name: String
    /// Nil if all is well, else one sentence: what is wrong and what to do.
    public var problem: String?
    /// What was found: version and path.
    public var found: String

    public init(name: String, found: String, problem: String? = nil) {
      self.name = name
      self.found = found
      self.problem = problem
    }
  }

  private let cache: Cache
  private let environment: [String: String]
  private let verilator: String?

  /// - Parameter verilator: path of Verilator, before `$VERILATOR` and `PATH`.
  public init(
    cache: Cache, verilator: String? = nil,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    self.cache = cache
    self.verilator = verilator
    self.environment = environment
  }

  /// All checks, in the order in which things are needed. Starts the tools; writes only to the cache.
  public func checks() async -> [Check] {
    let finder = ToolFinder(cache: cache, environment: environment)
    var checks: [Check] = []
    do throws(VerilationError) {
      let tool = try await finder.verilator(at: verilator)
      checks.append(Check(name: "Verilator", found: "\(tool.release) at \(tool.path)"))
    } catch {
      checks.append(Check(name: "Verilator", found: "", problem: "\(error)"))
    }
    do throws(VerilationError) {
      let compiler = try await finder.compiler()
      checks.append(
        Check(name: "C++ compiler", found: "\(compiler.identity) at \(compiler.path)"))
      checks.append(await zlib(compiler))
    } catch {
      checks.append(Check(name: "C++ compiler", found: "", problem: "\(error)"))
    }
    checks.append(contentsOf: cacheChecks())
    return checks
  }

  /// Compiles and links a program that needs zlib.
  private func zlib(_ compiler: Compiler) async -> Check {
    let name = "zlib"
    do throws(VerilationError) {
      let workspace = try cache.workspace()
      let source = workspace.path + "/zlib.cpp"
      let text = "#include <zlib.h>\nint main() { return zlibVersion() == nullptr; }\n"
      do {
        try Files.write(Array(text.utf8), to: source)
      } catch {
        throw .cache(path: source, attempt: "write", reason: error.description)
      }
      let result = try await Tool.run(
        compiler.path, [source, "-lz", "-o", workspace.path + "/zlib"])
      return result.succeeded
        ? Check(name: name, found: "compiles and links")
        : Check(
          name: name, found: "",
          problem:
            "zlib is needed for waveforms, but a program with it does not compile; install its"
            + " development files (Debian: apt-get install zlib1g-dev)")
    } catch {
      return Check(name: name, found: "", problem: "\(error)")
    }
  }

  private func cacheChecks() -> [Check] {
    do throws(VerilationError) {
      _ = try cache.workspace()
    } catch {
      return [Check(name: "Cache", found: cache.root, problem: "\(error)")]
    }
    var status = statvfs()
    guard statvfs(cache.root, &status) == 0 else {
      return [Check(name: "Cache", found: "\(cache.root), writable")]
    }
    let free = UInt64(status.f_bavail) * UInt64(status.f_frsize)
    let megabytes = free / (1 << 20)
    return [
      Check(name: "Cache", found: "\(cache.root), writable"),
      Check(
        name: "Disk", found: "\(megabytes) MiB free",
        problem: megabytes >= Doctor.neededMegabytes
          ? nil
          : "\(megabytes) MiB are free at \(cache.root), and a build needs up to"
            + " \(Doctor.neededMegabytes); make room, or set COSIM_CACHE to another folder"),
    ]
  }

  private static let neededMegabytes: UInt64 = 256
}
