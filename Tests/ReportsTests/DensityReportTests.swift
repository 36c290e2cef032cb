import Foundation
import Lockstep
import Reports
import Testing

/// Speed-up over density, in a terminal and on a page.
@Suite struct DensityReportTests {
  private func curves(disagreements: [String] = []) throws -> DensityCurves {
    let json = """
      {"block": "bitmap_spmm", "configuration": {"name": "default", "values": {"Lanes": 4}},
       "shape": {"m": 16, "n": 32, "k": 64}, "dense": "int8_gemm <x>", "denseCycles": 1200,
       "multipliers": 64, "seed": 1, "command": "cosim sweep bitmap_spmm",
       "disagreements": \(disagreements.isEmpty ? "[]" : "[\"\(disagreements[0])\"]"),
       "curves": [{"distribution": "uniform", "points": [
         {"asked": 0, "density": 0, "cycles": 100}, {"asked": 0.25, "density": 0.25, "cycles": 400},
         {"asked": 1, "density": 1, "cycles": 1250}]}]}
      """
    return try JSONDecoder().decode(DensityCurves.self, from: Data(json.utf8))
  }

  @Test("speed-up is dense cycles over cycles, and the ideal the reciprocal of the density")
  func figures() throws {
    let curves = try curves()
    #expect(curves.curves[0].points.map(curves.speedup) == [12, 3, 0.96])
    #expect(curves.curves[0].points.map(curves.ideal) == [nil, 4, 1])
  }

  @Test("a table has a line a point, in 100 columns, with the ideal marked")
  func table() throws {
    let text = DensityReport().render(try curves())
    let lines = text.split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 100 })
    #expect(lines.contains { $0.contains("0.25") && $0.contains("3.00") && $0.contains("4.00") })
    #expect(lines.contains { $0.hasSuffix("###### |") })
    #expect(text.contains("1,200 cycles, measured on int8_gemm"))
    #expect(!text.contains("differ"))
    let differing = DensityReport().render(try self.curves(disagreements: ["uniform, density 1"]))
    #expect(differing.contains("the device and its golden model differ: uniform, density 1"))
  }

  @Test("a page draws the ideal and each distribution, and needs nothing else")
  func page() throws {
    let page = DensityReport().page(try curves())
    #expect(page.components(separatedBy: "<polyline").count == 3)
    #expect(page.contains("int8_gemm &lt;x&gt;"))
    #expect(page.contains("and agrees"))
    for outside in ["<script", "http:", "https:", "src=", "<link", "url("] {
      #expect(!page.contains(outside))
    }
    #expect(
      DensityReport().page(try curves(disagreements: ["x"])).contains("x differ"))
  }
}
