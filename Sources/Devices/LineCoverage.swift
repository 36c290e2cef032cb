import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How often a few lines of RTL ran in one instance of their module.
public struct CoveragePoint: Sendable, Hashable, Codable {
  /// As the simulator names it.
  public var file: String
  /// `.top.u_guard`: instances of a module that share code are counted with the first one.
  public var instance: String
  public var lines: [Int]
  public var count: Int

  public init(file: String, instance: String, lines: [Int], count: Int) {
    self.file = file
    self.instance = instance
    self.lines = lines
    self.count = count
  }
}

/// The counters of a library that was built with `--coverage-line`.
struct CoverageCounters: Sendable {
  typealias Body =
    @convention(c) (
      UnsafeMutableRawPointer?, UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafePointer<CChar>?,
      UInt64
    ) -> Void
  /// Adds up what the devices of this thread counted, before they are destroyed.
  let collect: @convention(c) () -> Void
  private let each: @convention(c) (UnsafeMutableRawPointer?, Body) -> Void

  /// - Returns: nil for a library without counters.
  init?(_ handle: UnsafeMutableRawPointer) {
    guard let collect = dlsym(handle, "cosim_device_coverage_collect"),
      let each = dlsym(handle, "cosim_device_coverage_each")
    else { return nil }
    self.collect = unsafeBitCast(collect, to: (@convention(c) () -> Void).self)
    self.each = unsafeBitCast(
      each, to: (@convention(c) (UnsafeMutableRawPointer?, Body) -> Void).self)
  }

  func points() -> [CoveragePoint] {
    var points: [CoveragePoint] = []
    withUnsafeMutablePointer(to: &points) { pointer in
      each(pointer) { context, file, instance, lines, count in
        guard let context, let file, let instance, let lines else { return }
        context.assumingMemoryBound(to: [CoveragePoint].self).pointee.append(
          CoveragePoint(
            file: String(cString: file), instance: String(cString: instance),
            lines: CoverageCounters.lines(String(cString: lines)), count: Int(clamping: count)))
      }
    }
    return points
  }

  /// `23-24,26` as numbers.
  private static func lines(_ text: String) -> [Int] {
    text.split(separator: ",").flatMap { part -> [Int] in
      let ends = part.split(separator: "-").compactMap { Int($0) }
      guard let first = ends.first, let last = ends.last, first <= last else { return [] }
      return Array(first...last)
    }
  }
}
