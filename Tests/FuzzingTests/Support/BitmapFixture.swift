import Blocks
import Devices
import Fuzzing
import Signals

/// `bitmap_spmm` as small as it can be, whose structure is valid only as a whole.
struct BitmapFixture {
  let block = BitmapSpMM()
  let configuration = Configuration(
    name: "smallest",
    values: ["Rows": 1, "Lanes": 1, "Window": 8, "Slack": 2, "MaxDepth": 8])
  let space: FuzzSpace

  init() throws {
    space = try FuzzSpace(
      block, in: configuration, manifest: Fixture.manifest, hangLimit: 10_000)
  }
}
