import ArgumentParser
import Foundation

/// `cosim init --package`: a package with a golden model in Swift, its RTL and a test.
extension InitCommand {
  func writePackage(_ name: String) throws {
    guard name.wholeMatch(of: /[A-Z][A-Za-z0-9]*/) != nil else {
      throw ValidationError("--package takes a name in UpperCamelCase, like Adder")
    }
    let block = InitCommand.snake(name)
    let folder = out ?? name
    let place = try dependency(from: URL(fileURLWithPath: folder).standardizedFileURL.path)
    let files: [(name: String, bytes: [UInt8])] = [
      ("Package.swift", PackageResources.Package_swift_txt),
      ("Sources/\(name)/\(name).swift", PackageResources.Block_swift_txt),
      ("Sources/Command/main.swift", PackageResources.main_swift_txt),
      ("Tests/\(name)Tests/\(name)Tests.swift", PackageResources.Tests_swift_txt),
      ("rtl/\(block)/\(block).sv", PackageResources.block_sv_txt),
      ("rtl/\(block)/device.yaml", PackageResources.device_yaml_txt),
      (".gitignore", PackageResources.gitignore_txt),
    ].map { path, bytes in
      let text = String(decoding: bytes, as: UTF8.self).replacing("__NAME__", with: name)
        .replacing("__BLOCK__", with: block).replacing("__COSIM__", with: place)
      return (path, Array(text.utf8))
    }
    try NewFiles(folder: folder, force: force).write(files)
    for file in files { print("wrote \(folder)/\(file.name)") }
    print(
      """
      next: cd \(folder), then
        swift test                              # the RTL against the golden model
        swift run -c release \(block) verify     # the same with a report, and every other command
      """)
  }

  /// The line of the manifest that says where cosim is.
  private func dependency(from folder: String) throws -> String {
    let built = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().path
    let place = cosim ?? built
    if place.contains("://") || place.hasPrefix("git@") {
      return ".package(url: \"\(place)\", branch: \"main\")"
    }
    let path = URL(fileURLWithPath: place).standardizedFileURL.path
    guard FileManager.default.fileExists(atPath: path + "/Package.swift") else {
      throw cosim == nil
        ? CommandError.noCosim(path: path)
        : CommandError.cannotRead(
          path: path + "/Package.swift")
    }
    // The name of the package is that of its folder where it is given by path.
    return ".package(name: \"cosim\", path: \"\(RelativePath.from(folder, to: path))\")"
  }

  /// `my_block` for `MyBlock`.
  private static func snake(_ name: String) -> String {
    var result = ""
    for character in name {
      if character.isUppercase && !result.isEmpty { result += "_" }
      result += character.lowercased()
    }
    return result
  }
}
