import Foundation
import Testing

@Suite struct MutateCommandTests {
  /// A design from elsewhere, named from here as its owner would.
  private func path(_ design: String) -> String {
    let path = Command.project.appendingPathComponent("Tests/ForeignTests/Fixtures/\(design)").path
    let here = FileManager.default.currentDirectoryPath + "/"
    return path.hasPrefix(here) ? String(path.dropFirst(here.count)) : path
  }

  /// A file list with a folder of headers; ports that are declared behind their list; a memory that is
  /// filled from a file beside the source.
  @Test(arguments: ["axis_fifo", "divider", "gather_dot"])
  func designsFromElsewhereAreMutatedWhereTheyLie(_ design: String) throws {
    let result = try Command.run(
      [
        "mutate", path(design), "--no-prove", "--count", "64", "--config", "default", "--cache",
        Command.cache,
      ])
    let counts = try #require(
      result.output.firstMatch(of: /default: (\d+) of (\d+) killed/), "\(result.errors)")
    let (killed, all) = (Int(counts.1) ?? 0, Int(counts.2) ?? 0)
    #expect(all > 30)
    #expect(killed < all || design == "axis_fifo")
    #expect(10 * killed > 8 * all)
    // What survives is in the exit status.
    #expect((result.status == 0) == (design == "axis_fifo"))
    #expect(!result.errors.contains("not found"))
  }
}
