import Foundation

/// Finished parts of sweeps on disk; the file is replaced as a whole.
final class SweepNotes {
  private struct Contents: Codable {
    var key: String
    var done: Set<String>
  }

  private let path: String
  private var contents: Contents

  init(path: String, key: String) {
    self.path = path
    let data = FileManager.default.contents(atPath: path)
    let known = data.flatMap { try? JSONDecoder().decode(Contents.self, from: $0) }
    contents = known.flatMap { $0.key == key ? $0 : nil } ?? Contents(key: key, done: [])
  }

  func contains(_ note: String) -> Bool { contents.done.contains(note) }

  func add(_ note: String) throws(FuzzingError) {
    contents.done.insert(note)
    do {
      let url = URL(fileURLWithPath: path)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try JSONEncoder().encode(contents).write(to: url, options: .atomic)
    } catch {
      throw .file(path: path, attempt: "write", reason: error.localizedDescription)
    }
  }
}
