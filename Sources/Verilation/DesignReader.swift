public import Devices
import Foundation

extension Verilation {
  /// Reads the ports and parameters of a design through Verilator, which is told nothing but where
  /// the
  /// sources are: as XML where the release writes it, as JSON where it writes that, and from the
  /// class
  /// header otherwise, which knows ports alone.
  ///
  /// - Parameters:
  ///   - files: sources; what else the top module needs is looked for around them.
  ///   - lists: `.f` files, passed on.
  /// - top: the top module; by default the one that has the name of the first file, or its only
  /// one.
  /// - Throws: ``VerilationError`` with what Verilator says about the RTL.
  public func sketch(
    of files: [String], lists: [String], top: String?
  ) async throws(VerilationError) -> DesignSketch {
    let folders = files.map { URL(fileURLWithPath: $0).deletingLastPathComponent().path }
    // What is not around the sources may lie some folders further up.
    var level = 0
    while true {
      let index = SourceIndex(files: files, folders: Verilation.around(folders, level: level))
      do {
        return try await sketch(of: files, lists: lists, top: top, index)
      } catch {
        let wider = Verilation.around(folders, level: level + 1)
        guard level < 3, wider != Verilation.around(folders, level: level),
          "\(error)".contains(/Cannot find|Package\/class .* not found|[Ii]mport.*not found/)
        else { throw error }
        level += 1
      }
    }
  }

  /// Folders, and those above them up to some level; not those that hold everything there is.
  private static func around(_ folders: [String], level: Int) -> [String] {
    let home = FileManager.default.homeDirectoryForCurrentUser.standardizedFileURL.path
    var result: [String] = []
    for step in 0...level {
      for folder in folders {
        var url = URL(fileURLWithPath: folder, isDirectory: true).resolvingSymlinksInPath()
        for _ in 0..<step {
          let isRoot = FileManager.default.fileExists(atPath: url.path + "/.git")
          if !isRoot { url = url.deletingLastPathComponent() }
        }
        let path = url.standardizedFileURL.path
        let isCommon = path.split(separator: "/").count < 2 || path == home
        if !result.contains(path), step == 0 || !isCommon { result.append(path) }
      }
    }
    return result
  }

  private func sketch(
    of files: [String], lists: [String], top: String?, _ index: SourceIndex
  ) async throws(VerilationError) -> DesignSketch {
    let top = if let top { top } else { try Verilation.topModule(of: files, index) }
    let closure = index.closure(of: top)
    // With file lists, these say what there is.
    let sources = lists.isEmpty ? closure.sources : files
    let workspace = try cache.workspace()
    defer { withExtendedLifetime(workspace) {} }
    let folder = workspace.path + "/sketch"
    try cache.make(folder)
    let base =
      ["--top-module", top, "--Mdir", folder, "--prefix", "Vcosim", "--bbox-unsup"]
      + ["-Wno-fatal", "-Wno-lint", "-Wno-style"]
      + closure.includeDirectories.map { "-I" + $0 } + lists.flatMap { ["-f", $0] } + sources
    var output = ""
    for form in Form.allCases {
      let arguments = [form.rawValue] + base
      let result = try await Tool.run(toolchain.verilator.path, arguments)
      output = result.output
      if !result.succeeded {
        if output.contains("Invalid option") { continue }
        throw ToolMessages.failure(
          tool: "Verilator", top: top, output: output,
          command: [toolchain.verilator.path] + arguments,
          in: FileManager.default.currentDirectoryPath)
      }
      guard var sketch = try form.read(folder, top: top) else { continue }
      sketch.sources = sources
      sketch.includeDirectories = closure.includeDirectories
      sketch.text = index.file(ofModule: top).map(index.text) ?? ""
      sketch.remarks = closure.remarks
      if form != .header { sketch.flags = try await flags(base) }
      return sketch
    }
    throw .cannotRead(
      path: folder, reason: "Verilator wrote neither XML nor JSON nor C++: \(output)")
  }

  /// The flags with which Verilator makes C++ of a design that it refuses for what can be allowed.
  private func flags(_ arguments: [String]) async throws(VerilationError) -> [String] {
    var flags: [String] = []
    for _ in 0..<4 {
      let result = try await Tool.run(
        toolchain.verilator.path,
        ["--cc", "--no-timing"] + BuildFlags.lenient + arguments + flags)
      if result.succeeded { return flags }
      let found = result.output.matches(of: /%Error-([A-Z]+):/).map { "-Wno-" + $0.1 }
      let new = Set(found).subtracting(flags).subtracting(["-Wno-UNSUPPORTED"])
      if new.isEmpty { return flags }
      flags += new.sorted()
    }
    return flags
  }

  /// A form in which Verilator describes a design.
  private enum Form: String, CaseIterable {
    case xml = "--xml-only"
    case json = "--json-only"
    case header = "--cc"

    /// - Returns: nil where Verilator wrote nothing of the kind.
    func read(_ folder: String, top: String) throws(VerilationError) -> DesignSketch? {
      switch self {
      case .xml: return text(folder + "/Vcosim.xml").flatMap { DesignXML($0).sketch(top: top) }
      case .json:
        return text(folder + "/Vcosim.tree.json").flatMap { DesignJSON($0)?.sketch(top: top) }
      case .header:
        guard let header = text(folder + "/Vcosim.h") else { return nil }
        let ports = try PortList(header: header, waves: "", top: top)
        return DesignSketch(
          top: top,
          ports: ports.entries.map {
            DesignSketch.Port(
              name: $0.port.name, direction: $0.port.direction,
              shape: DesignSketch.Shape(bits: $0.port.bits, unpacked: $0.port.extents))
          })
      }
    }

    private func text(_ path: String) -> String? {
      (try? Files.read(path)).map { String(decoding: $0, as: UTF8.self) }
    }
  }

  /// The module that has the name of the first file, or the only one in it, or the only one that
  /// no other
  /// one in it instantiates.
  private static func topModule(
    of files: [String], _ index: SourceIndex
  ) throws(VerilationError) -> String {
    guard let first = files.first else { throw .noTop(file: "", modules: []) }
    let name = URL(fileURLWithPath: first).deletingPathExtension().lastPathComponent
    let modules = index.modules(in: first)
    if modules.contains(name) { return name }
    if modules.count == 1 { return modules[0] }
    let words = index.text(of: first).matches(of: /[A-Za-z_]\w*/).map { String($0.output) }
    let roots = modules.filter { module in words.filter { $0 == module }.count == 1 }
    if roots.count == 1 { return roots[0] }
    throw .noTop(file: first, modules: modules)
  }
}
