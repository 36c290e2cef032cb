import Devices
import Foundation
import Testing

/// The reference of the manifest against what reads manifests.
@Suite struct ManifestReferenceTests {
  /// A manifest with a key that nobody knows at each place.
  private static let strangers: [(place: String, yaml: String)] = [
    ("the manifest", "zzz: 1"),
    ("clocks.NAME", "clocks: {a: {zzz: 1}}"),
    ("reset", "reset: {zzz: 1}"),
    ("streams.NAME", "streams: {a: {zzz: 1}}"),
    (
      "streams.NAME.fields.NAME",
      "streams: {a: {direction: input, valid: v, fields: {d: {zzz: 1}}}}"
    ),
    ("arrays.NAME", "streams: {}\narrays: {x: {zzz: 1}}"),
    ("settings.NAME", "streams: {}\nsettings: {x: {zzz: 1}}"),
    ("register_bus", "streams: {}\nregister_bus: {zzz: 1}"),
    ("golden", "golden: {zzz: 1}"),
    ("compare.ARRAY", "compare: {y: {zzz: 1}}"),
    ("stimulus", "stimulus: {zzz: 1}"),
    ("taps.NAME", "taps: {x: {zzz: 1}}"),
  ]

  @Test(arguments: strangers.map(\.place))
  func `the reference lists exactly the keys that are read`(place: String) throws {
    let yaml = try #require(Self.strangers.first { $0.place == place }).yaml
    let file = NSTemporaryDirectory() + "/cosim-\(UUID().uuidString).sv"
    try Data().write(to: URL(fileURLWithPath: file))
    defer { try? FileManager.default.removeItem(atPath: file) }
    let section = try #require(ManifestReference.sections.first { $0.place == place })
    do {
      _ = try Manifest(text: "top: t\nsources: [\(file)]\n\(yaml)\n", file: "/tmp/device.yaml")
      Issue.record("the key zzz is not refused in \(place)")
    } catch {
      guard case .manifest(_, _, .unknownKey("zzz", let known)) = error else { throw error }
      #expect(section.keys.map(\.name).sorted() == Array(Set(known)).sorted())
    }
  }

  @Test func `every section has such a test`() {
    #expect(ManifestReference.sections.map(\.place) == Self.strangers.map(\.place))
  }

  @Test func `the committed page is what the reference says`() throws {
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("docs/manifest.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    #expect(
      text == ManifestReference.markdown,
      "write it anew: cosim describe --manifest > docs/manifest.md")
  }
}
