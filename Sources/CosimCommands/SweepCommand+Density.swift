import ArgumentParser
import Blocks
import Foundation
import Lockstep
import Reports
import Signals
import Verilation

/// Cycles over the density of sparse weights.
extension SweepCommand {
  /// The densities that are asked for, the last one included.
  var densities: [Double]? {
    guard let density else { return nil }
    let numbers = density.split(separator: ":").map { Double($0) }
    guard numbers.count == 3, let from = numbers[0], let to = numbers[1], let step = numbers[2],
      from >= 0, from <= to, to <= 1, step > 0, (to - from) / step < 10_000
    else { return nil }
    let count = Int(((to - from) / step + 1e-9).rounded(.down))
    return (0...count).map { min(1, from + Double($0) * step) }
  }

  var extents: ProductExtents? {
    let numbers = shape.split(separator: "x").map { Int($0) }
    guard numbers.count == 3, let m = numbers[0], let n = numbers[1], let k = numbers[2],
      [m, n, k].allSatisfy({ (1...65536).contains($0) })
    else { return nil }
    return ProductExtents(m: m, n: n, k: k)
  }

  func sweepDensities() async throws {
    guard let densities, let extents else { return }
    let block = try Program.block(named: block)
    guard let product = block as? any SparseProduct else {
      let known = Program.catalogue.blocks.filter { $0 is any SparseProduct }.map(\.name)
      throw CommandError.notSparse(block.name, known: known)
    }
    let manifest = try project.manifest(of: block)
    let configuration = try parameters.configurations(of: block, manifest)[0]
    let verilation = try await build.verilation()
    let library = try await verilation.interruptibleLibrary(for: manifest, configuration)
    let sweep = DensitySweep(
      product,
      on: DensitySweep.Device(
        block, in: configuration, library: try library.open(), manifest: manifest),
      against: try await dense(product, configuration, extents, verilation), shape: extents,
      densities: densities, distributions: product.distributions, seed: seed)
    let curves = try sweep.run(
      command: densityCommand, isCancelled: { Interrupt.isRequested }
    ) {
      Progress.show("\(block.name): \($0) of \($1) points")
    }
    Progress.clear()
    if let html, !Interrupt.isRequested { try writePage(DensityReport().page(curves), to: html) }
    if json {
      print(try JSONText.encode(curves))
    } else {
      print(DensityReport().render(curves))
    }
    if Interrupt.isRequested {
      Progress.say("interrupted: these are the points that were measured before")
      throw ExitCode(130)
    }
    if !curves.disagreements.isEmpty { throw ExitCode(1) }
  }

  /// int8_gemm with as many multipliers; nil where the project has no RTL of it.
  private func dense(
    _ product: any SparseProduct, _ configuration: Configuration, _ extents: ProductExtents,
    _ verilation: Verilation
  ) async throws -> DensitySweep.Device? {
    guard let gemm = Program.catalogue["int8_gemm"], try project.hasManifest(gemm) else {
      return nil
    }
    let array = product.denseArray(in: configuration)
    let manifest = try project.manifest(of: gemm)
    let dense = try gemm.configuration(
      named: "as many multipliers",
      [
        "Rows": array.rows, "Columns": array.columns, "Depth": array.depth,
        "MaxDepth": max(1024, extents.k),
      ])
    let library = try await verilation.interruptibleLibrary(for: manifest, dense)
    return DensitySweep.Device(
      gemm, in: dense, library: try library.open(), manifest: manifest)
  }

  private var densityCommand: String {
    (["cosim"] + CommandLine.arguments.dropFirst()).joined(separator: " ")
  }
}
