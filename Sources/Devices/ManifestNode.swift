import Yams

/// A piece of a manifest that knows where it stands, so that every complaint names file, line and key.
struct ManifestNode {
  let node: Node
  /// The key that it stands under; its own place in a list has that of the list.
  let key: String
  let file: String

  init(node: Node, key: String, file: String) {
    self.node = node
    self.key = key
    self.file = file
  }

  /// The root of a document.
  init(text: String, file: String) throws(DeviceError) {
    do {
      guard let node = try Yams.compose(yaml: text) else {
        throw DeviceError.manifest(file: file, line: nil, .unreadable(reason: "it is empty"))
      }
      self.init(node: node, key: "the manifest", file: file)
    } catch let error as DeviceError {
      throw error
    } catch {
      throw ManifestNode.deviceError(error, file: file)
    }
  }

  /// The values of a mapping by key.
  ///
  /// - Throws: for a value that is no mapping, and the first key that is not in `allowed`.
  func mapping(allowed: [String]) throws(DeviceError) -> [String: ManifestNode] {
    var result: [String: ManifestNode] = [:]
    for entry in try pairs("a mapping of keys to values") {
      guard allowed.contains(entry.key) else {
        throw entry.problem(.unknownKey(entry.key, known: allowed), at: entry.keyLine)
      }
      result[entry.key] = entry.value
    }
    return result
  }

  func required(
    _ key: String, in keys: [String: ManifestNode]
  ) throws(DeviceError) -> ManifestNode {
    guard let node = keys[key] else { throw missing(key) }
    return node
  }

  func missing(_ key: String) -> DeviceError { .manifest(file: file, line: nil, .missingKey(key)) }

  /// The entries of a mapping, in order.
  func pairs(_ expected: String) throws(DeviceError) -> [Entry] {
    guard case .mapping(let mapping) = node else { throw wrong(expected) }
    var result: [Entry] = []
    for (keyNode, value) in mapping {
      guard let key = keyNode.string else { throw wrong(expected) }
      result.append(
        Entry(
          value: ManifestNode(node: value, key: key, file: file), keyLine: keyNode.mark?.line))
    }
    return result
  }

  func sequence(_ expected: String) throws(DeviceError) -> [ManifestNode] {
    guard case .sequence(let sequence) = node else { throw wrong(expected) }
    return sequence.map { ManifestNode(node: $0, key: key, file: file) }
  }

  func string(_ expected: String) throws(DeviceError) -> String {
    guard case .scalar(let scalar) = node, !scalar.string.isEmpty else { throw wrong(expected) }
    return scalar.string
  }

  func integer() throws(DeviceError) -> Int {
    guard case .scalar = node, let value = node.int else { throw wrong("an integer") }
    return value
  }

  func strings(_ expected: String) throws(DeviceError) -> [String] {
    var result: [String] = []
    for entry in try sequence(expected) { result.append(try entry.string(expected)) }
    return result
  }

  /// Values as they are written; nothing and `null` give the empty string.
  func scalars(_ expected: String) throws(DeviceError) -> [String: String] {
    var result: [String: String] = [:]
    for entry in try pairs(expected) {
      guard case .scalar(let scalar) = entry.node else { throw entry.value.wrong(expected) }
      result[entry.key] = entry.node.null == nil ? scalar.string : ""
    }
    return result
  }

  // MARK: Complaints

  func problem(_ problem: ManifestProblem) -> DeviceError {
    .manifest(file: file, line: node.mark?.line, problem)
  }

  func wrong(_ expected: String) -> DeviceError {
    let found =
      switch node {
      case .scalar(let scalar): scalar.string.isEmpty ? "empty" : "'\(scalar.string)'"
      case .mapping: "a mapping"
      case .sequence(let sequence): sequence.isEmpty ? "an empty list" : "a list"
      case .alias: "an alias"
      }
    return problem(.wrongValue(key: key, expected: expected, found: found))
  }

  private static func deviceError(_ error: any Error, file: String) -> DeviceError {
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      .manifest(file: file, line: mark.line, .syntax(problem))
    case .duplicatedKeysInMapping(let duplicates, let context):
      .manifest(
        file: file, line: context.mark.line, .repeatedKey(duplicates.joined(separator: "', '")))
    default:
      .manifest(file: file, line: nil, .syntax("\(error)"))
    }
  }
}

extension ManifestNode {
  /// A key with its value.
  struct Entry {
    let value: ManifestNode
    let keyLine: Int?

    var key: String { value.key }
    var node: Node { value.node }

    func problem(_ problem: ManifestProblem, at line: Int?) -> DeviceError {
      .manifest(file: value.file, line: line ?? node.mark?.line, problem)
    }

    func problem(_ problem: ManifestProblem) -> DeviceError { self.problem(problem, at: keyLine) }
    func pairs(_ expected: String) throws(DeviceError) -> [Entry] { try value.pairs(expected) }
    func integer() throws(DeviceError) -> Int { try value.integer() }
  }
}
