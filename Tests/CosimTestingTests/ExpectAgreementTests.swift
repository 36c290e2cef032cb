import Blocks
import CosimTesting
import Foundation
import Testing

/// The expectation that other packages put into their tests.
@Suite struct ExpectAgreementTests {
  private static let rtl = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("rtl")

  /// What the expectation throws about the smallest requantiser in a folder of RTL.
  private func error(
    in rtl: URL, configuration: String = "smallest", count: Int = 200
  ) async -> (any Error)? {
    do {
      try await expectAgreement(
        of: DyadicRequantizer(), device: rtl.path + "/dyadic_requantizer",
        configuration: configuration, count: count)
      return nil
    } catch {
      return error
    }
  }

  @Test func `a device that agrees passes, by its folder and by its manifest`() async throws {
    #expect(await error(in: Self.rtl) == nil)
    try await expectAgreement(
      of: DyadicRequantizer(), device: Self.rtl.path + "/dyadic_requantizer/device.yaml",
      configuration: "smallest", seed: 2, count: 200)
  }

  @Test func `a planted fault is thrown with the report that locates it`() async throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("cosim-testing-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for name in ["common", "dyadic_requantizer"] {
      try FileManager.default.copyItem(
        at: Self.rtl.appendingPathComponent(name), to: folder.appendingPathComponent(name))
    }
    let source = folder.appendingPathComponent("dyadic_requantizer/dyadic_requantizer.sv")
    let right = try String(contentsOf: source, encoding: .utf8)
    let wrong = right.replacing("(x_identity_multiplier_i[lane])", with: "(x_multiplier_i[lane])")
    try #require(wrong != right)
    try wrong.write(to: source, atomically: true, encoding: .utf8)
    let thrown = await error(in: folder)
    let disagreement = try #require(thrown as? Disagreement, "\(String(describing: thrown))")
    #expect(disagreement.description.hasPrefix("the device disagrees:\nDIFFERS  dyadic_requant"))
    #expect(disagreement.report.contains("mismatch: y.data, transaction "))
    #expect(disagreement.report.contains("repeat: expectAgreement(of: dyadic_requantizer, "))
  }

  @Test func `what cannot be found out is another error`() async {
    let unknown = await error(in: Self.rtl, configuration: "smalest")
    #expect("\(unknown.map { "\($0)" } ?? "")".contains("did you mean 'smallest'?"))
    let missing = await error(in: Self.rtl.appendingPathComponent("nowhere"))
    #expect("\(missing.map { "\($0)" } ?? "")".contains("no such file"))
  }
}
