import Foundation

/// Picks what people need out of what a tool printed.
enum ToolMessages {
  /// Lines of a failure that are shown.
  static let limit = 20

  /// The error for a tool that failed.
  ///
  /// - Parameter directory: where the command was run.
  static func failure(
    tool: String, top: String, output: String, command: [String], in directory: String
  ) -> VerilationError {
    let lines = errors(in: output)
    return .toolFailed(
      tool: tool, top: top, messages: Array(lines.prefix(limit)),
      omitted: max(0, lines.count - limit),
      command: "cd \(quoted(directory)) && " + command.map(quoted).joined(separator: " "))
  }

  /// The errors, each with the lines that belong to it. All lines if there are none that look like errors.
  static func errors(in output: String) -> [String] {
    var result: [String] = []
    var isInError = false
    let lines = output.split(separator: "\n").map(String.init)
    for line in lines {
      if line.contains("... See the manual") || line.contains("... For warning description")
        || line.contains("... Use \"/* verilator lint_off") || line.contains("Exiting due to")
        || line.hasSuffix("Error: Cannot continue")
      {
        continue
      }
      if !line.hasPrefix(" ") {
        isInError =
          line.hasPrefix("%Error") || line.contains(" error: ") || line.contains("Error: ")
          || line.contains("undefined reference") || line.contains("cannot find")
      }
      if isInError { result.append(line) }
    }
    return result.isEmpty ? lines.filter { !$0.hasPrefix("%Warning") } : result
  }

  /// Warnings that Verilator printed, first lines only.
  static func warnings(in output: String) -> [String] {
    output.split(separator: "\n").filter { $0.hasPrefix("%Warning") }.map(String.init)
  }

  /// As a shell wants it.
  private static func quoted(_ word: String) -> String {
    let plain = word.allSatisfy {
      $0.isLetter || $0.isNumber || "-_./=+:,@%".contains($0)
    }
    return plain && !word.isEmpty ? word : "'\(word.replacing("'", with: "'\\''"))'"
  }
}
