import Foundation
import Verilation

/// The program that runs, which holds the golden models and the harness.
public struct Harness: Sendable {
  public let path: String
  /// SHA-256 of its bytes.
  public let digest: String

  /// - Parameters:
  ///   - path: of the program.
  ///   - folder: where the digest is kept, under size and date of the program.
  /// - Throws: ``GateError/worker(reason:)`` if it cannot be read.
  public init(path: String, rememberedIn folder: String) throws(GateError) {
    self.path = path
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    let date = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
    let size = attributes?[.size] as? Int ?? 0
    let inode = attributes?[.systemFileNumber] as? Int ?? 0
    let identity = KeyBuilder.digest(Array("\(path) \(size) \(date) \(inode)".utf8))
    let file = "\(folder)/\(identity)"
    if let known = try? String(contentsOfFile: file, encoding: .utf8), known.utf8.count == 64 {
      digest = known
      return
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .worker(reason: "the program '\(path)' cannot be read")
    }
    digest = KeyBuilder.digest(Array(data))
    // Only a convenience.
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try? Data(digest.utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
  }

  /// Checks that no Swift source of the project is younger, where the program was built inside of it.
  ///
  /// - Throws: ``GateError/staleExecutable(executable:source:)``.
  public func checkAge(root: String) throws(GateError) {
    let manager = FileManager.default
    guard path.hasPrefix(root + "/.build/"), let built = Harness.date(path) else { return }
    for folder in ["Sources"] {
      for name in manager.subpaths(atPath: "\(root)/\(folder)") ?? [] where name.hasSuffix(".swift")
      {
        if let date = Harness.date("\(root)/\(folder)/\(name)"), date > built {
          throw .staleExecutable(executable: path, source: "\(folder)/\(name)")
        }
      }
    }
  }

  private static func date(_ path: String) -> Date? {
    (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
  }
}
