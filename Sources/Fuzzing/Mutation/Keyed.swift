import Foundation

/// What stands in a file about one thing only. The file is replaced as a whole: it is never half written.
protocol Keyed: Codable {
  /// What it is about.
  var key: String { get }
}

extension Keyed {
  /// Nil where there is no such file, or none about this key.
  static func read(from path: String, about key: String) -> Self? {
    guard let data = FileManager.default.contents(atPath: path),
      let contents = try? JSONDecoder().decode(Self.self, from: data), contents.key == key
    else { return nil }
    return contents
  }

  /// Makes the folder where there is none.
  func write(to path: String) throws {
    let url = URL(fileURLWithPath: path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try JSONEncoder().encode(self).write(to: url, options: .atomic)
  }
}
