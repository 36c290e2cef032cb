import Foundation
import Testing

/// Lines of RTL that run, from Verilator's counters to the reports of a gate.
@Suite(.serialized) struct CoverageCommandTests {
  private static let rtl = "rtl/dyadic_requantizer/dyadic_requantizer.sv"

  /// The smallest block with two statements of which one never runs.
  private func project(_ scratch: Scratch) throws -> (root: URL, line: Int) {
    let root = try scratch.project()
    let file = root.appendingPathComponent(CoverageCommandTests.rtl)
    try file.replace(
      "endmodule",
      with: """
        logic [40:0] planted_q;
        always_ff @(posedge clk_i) begin
          if (!rst_ni) planted_q <= '0; else planted_q <= planted_q + 1'b1;
          if (rst_ni && planted_q[40]) begin
            planted_q <= '0;
          end
        end
        endmodule
        """)
    try write(
      """
      merge:
        verify: false
        cycles: false
        accuracy: false
        configurations: [smallest]
        coverage: {count: 64, lines: 1}
      """, to: "gate.yaml", in: root)
    let lines = try String(contentsOf: file, encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false)
    let line = try #require(lines.firstIndex { $0.contains("if (rst_ni && planted_q[40])") })
    return (root, line + 1)
  }

  private func write(_ text: String, to name: String, in root: URL) throws {
    try Data(text.utf8).write(to: root.appendingPathComponent(name))
  }

  private func gate(_ root: URL, _ arguments: String...) throws -> Command.Result {
    try Command.run(
      [
        "gate", "--root", root.path, "--only", "coverage", "--no-history", "--report",
        root.appendingPathComponent("report").path,
      ] + arguments, environment: ["COSIM_CACHE": Command.cache])
  }

  private func report(_ name: String, _ root: URL) throws -> String {
    try String(contentsOf: root.appendingPathComponent("report/\(name)"), encoding: .utf8)
  }

  private func waive(_ lines: [Int], until day: String, in root: URL) throws {
    try write(
      "- {file: dyadic_requantizer.sv, lines: \(lines), reason: planted, expires: \(day)}\n",
      to: "rtl/dyadic_requantizer/coverage.yaml", in: root)
  }

  @Test("a line that never runs is found, and waived until the day that the waiver says")
  func planted() throws {
    let scratch = try Scratch()
    let (root, line) = try project(scratch)
    let found = try gate(root)
    #expect(found.status == 1, "\(found.output)\(found.errors)")
    let place = "\(CoverageCommandTests.rtl):\(line),\(line + 1)"
    let flat = found.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(flat.contains("Never ran: \(place)"), "\(found.output)")
    let lcov = try report("coverage.lcov", root)
    #expect(lcov.contains("\nDA:\(line),0\nDA:\(line + 1),0\n"))
    // The line before it has two branches, both of which run.
    #expect(lcov.contains("\nDA:\(line - 1),") && !lcov.contains("\nDA:\(line - 1),0\n"))
    #expect(lcov.contains(",dyadic_requantizer.gen_lane[0].u_add\n"))
    #expect(
      try report("annotations.txt", root).contains("file=\(CoverageCommandTests.rtl),line=\(line)"))

    try waive([line, line + 1], until: "2999-12-31", in: root)
    let waived = try gate(root)
    #expect(waived.status == 0, "\(waived.output)\(waived.errors)")
    #expect(try report("summary.md", root).contains(" | 100.0 % |  |  | 2 |"))

    try waive([line, line + 1], until: "2020-12-31", in: root)
    let expired = try gate(root)
    #expect(expired.status == 1 && expired.output.contains("expired waiver"))
    #expect(
      try report("annotations.txt", root).contains(
        "file=rtl/dyadic_requantizer/coverage.yaml,line=1"))

    try waive([line - 1, line, line + 1], until: "2999-12-31", in: root)
    let needless = try gate(root)
    #expect(needless.status == 0)
    #expect(
      try report("summary.md", root).contains(
        "the waiver of \(CoverageCommandTests.rtl):\(line - 1) is needless, since the line runs"))
  }
}
