import Devices
import Testing

@Suite struct NearestTests {
  @Test(arguments: [
    ("kitten", "sitting", 3), ("", "abc", 3), ("abc", "", 3), ("same", "same", 0),
    ("vaild", "valid", 1), ("clk", "clk_i", 2),
  ])
  func `edits are insertions, deletions, replacements and swaps of neighbours`(
    first: String, second: String, count: Int
  ) {
    #expect(Nearest.edits(from: first, to: second) == count)
    #expect(Nearest.edits(from: second, to: first) == count)
  }

  @Test func `the nearest name is found, and none when all are far`() {
    let ports = ["score_valid_i", "score_ready_o", "clk_i"]
    #expect(Nearest.match(for: "scores_valid_i", among: ports) == "score_valid_i")
    #expect(Nearest.match(for: "weights_data_i", among: ports) == nil)
    #expect(Nearest.match(for: "tops", among: ["taps", "top"]) == "top")
    #expect(Nearest.match(for: "x", among: []) == nil)
    #expect(
      Nearest.hint(for: "zzz", among: ["b", "aaaaa"], otherwise: "; they are")
        == "; they are aaaaa, b")
  }
}
