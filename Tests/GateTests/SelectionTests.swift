import Blocks
import Gate
import Testing

@Suite struct SelectionTests {
  private let golden = GoldenSources(root: projectFolder, catalogue: .standard)

  @Test func everyBlockHasSources() throws {
    let golden = try #require(golden)
    for block in Catalogue.standard.blocks {
      let files = try #require(golden.files[block.name])
      #expect(files.contains { $0.hasSuffix("/\(String(describing: type(of: block))).swift") })
      #expect(files.contains("Block.swift"))
    }
  }

  @Test func aFileOfOneModelBelongsToItAndToThoseThatUseIt() throws {
    let golden = try #require(golden)
    #expect(golden.blocks(of: "Activations/ITAGELU.swift") == ["ita_gelu"])
    let softmax = try #require(golden.blocks(of: "Softmax/IBERTSoftmax.swift"))
    #expect(softmax.contains("ibert_softmax") && softmax.contains("ibert_attention"))
    #expect(!softmax.contains("ita_gelu"))
    // What only stands in one file with others is no part of them.
    #expect(!softmax.contains("ita_attention"))
    #expect(golden.blocks(of: "Softmax/ITASoftmax.swift") == ["ita_softmax", "ita_attention"])
    #expect(
      golden.blocks(of: "Sparse/NMSpMM.swift")?.isSubset(of: [
        "nm_spmm", "block_spmm", "bitmap_spmm", "int8_gemm", "ibert_attention", "ita_attention",
      ]) == true)
    let relations = try #require(golden.blocks(of: "Relations/Softmax+Relations.swift"))
    #expect(relations.contains("shiftmax"))
    #expect(golden.blocks(of: "Block.swift") == Set(Catalogue.standard.blocks.map(\.name)))
    #expect(golden.blocks(of: "Elsewhere.swift") == nil)
  }

  /// What a changed file affects.
  private func affected(_ names: [String], removed: Bool = false, cosmetic: Bool = false)
    -> Affected
  {
    let changes = Changes(
      base: "0123456789abcdef",
      files: names.map {
        var file = Changes.File(path: "\(projectFolder)/\($0)", name: $0, isRemoved: removed)
        file.isCosmetic = cosmetic
        return file
      })
    let project = GateProject(root: projectFolder, catalogue: .standard)
    return Affected(changes, project: project, goldens: golden, plan: projectFolder + "/ci/a.yaml")
  }

  private func runs(_ affected: Affected, _ task: GateTask) -> Bool {
    affected.reason(for: task) != nil
  }

  @Test func rtlAffectsTheDevicesThatContainIt() {
    let own = affected(["rtl/ita_gelu/ita_gelu.sv"])
    #expect(runs(own, task("ita_gelu", verify)))
    #expect(runs(own, task("ita_gelu", .cycles)))
    #expect(own.remarks == ["rtl/ita_gelu/ita_gelu.sv: a part of ita_gelu"])
    #expect(!runs(own, task("ita_gelu", nil, .accuracy)))
    #expect(!runs(own, task("ibert_softmax", verify)))
    let common = affected(["rtl/common/divider_step.sv"])
    #expect(runs(common, task("ibert_softmax", verify)))
    #expect(!runs(common, task("lut_activation", verify)))
  }

  @Test func manifestsAndWhatLiesBesideThemAffectTheirBlock() {
    for name in ["rtl/ita_gelu/device.yaml", "rtl/ita_gelu/table.hex"] {
      #expect(runs(affected([name]), task("ita_gelu", verify)), "\(name)")
      #expect(!runs(affected([name]), task("shiftmax", verify)), "\(name)")
    }
    #expect(!runs(affected(["rtl/ita_gelu/notes.md"]), task("ita_gelu", verify)))
    #expect(runs(affected(["rtl/ita_gelu/gone.sv"], removed: true), task("ita_gelu", verify)))
  }

  @Test(arguments: [false, true])
  func waiversAffectWhatTheyAreAbout(removed: Bool) {
    let mutation = Check.mutation(limit: nil, count: 1, score: 1)
    let shared = affected(["rtl/common/mutants.yaml"], removed: removed)
    for block in ["ibert_softmax", "shiftmax"] {
      #expect(
        shared.reason(for: task(block, mutation)) == "rtl/common/mutants.yaml has changed")
      #expect(!runs(shared, task(block, verify)))
    }
    // Another block's RTL may hold a block's sources.
    let own = affected(["rtl/ibert_softmax/mutants.yaml"], removed: removed)
    #expect(runs(own, task("ibert_softmax", mutation)))
    #expect(runs(own, task("ibert_attention", mutation)))
    #expect(!runs(own, task("shiftmax", mutation)))
    #expect(!runs(own, task("ibert_softmax", verify)))
    #expect(
      own.remarks
        == ["rtl/ibert_softmax/mutants.yaml: a part of ibert_attention, ibert_softmax"])
  }

  @Test func goldenModelsAffectEverythingOfTheirBlocks() {
    let change = affected(["Sources/Blocks/Activations/ITAGELU.swift"])
    #expect(runs(change, task("ita_gelu", verify)))
    #expect(runs(change, task("ita_gelu", nil, .accuracy)))
    #expect(!runs(change, task("shiftmax", verify)))
    // Nobody knows any more whose it was.
    let gone = affected(["Sources/Blocks/Shared/Gone.swift"], removed: true)
    #expect(runs(gone, task("shiftmax", verify)))
  }

  @Test(arguments: [
    "Sources/Lockstep/Simulation.swift", "Sources/FixedPoint/Rounding.swift", "Package.swift",
    "gate.yaml", "ci/a.yaml", "Sources/Blocks/Catalogue.swift",
    "Sources/CDevice/shim/cosim_device.cpp",
  ])
  func theHarnessAffectsEverything(name: String) {
    #expect(affected([name]).everything == name)
    #expect(runs(affected([name]), task("shiftmax", nil, .accuracy)))
  }

  @Test(arguments: ["README.md", "Tests/BlocksTests/ITATests.swift", "ci/test", "doc/x.txt"])
  func whatNoDeviceIsMadeOfAffectsNothing(name: String) {
    let change = affected([name])
    #expect(change.everything == nil)
    #expect(!runs(change, task("shiftmax", verify)))
    #expect(change.remarks == ["\(name): no device, golden model or vector is made of it"])
    #expect(runs(change, task("shiftmax", nil, .presence)))
  }

  @Test func vectorsAffectTheTasksThatReadThem() {
    let change = affected(["vectors/ibert_softmax/x.npz"])
    #expect(runs(change, task("ibert_softmax", .vectors(path: "vectors/ibert_softmax/x.npz"))))
    #expect(!runs(change, task("ibert_softmax", .vectors(path: "vectors/ibert_softmax/y.npz"))))
    #expect(!runs(change, task("ibert_softmax", verify)))
  }

  @Test func filesThatAreGoneAffectWhoeverMayHaveIncludedThem() {
    let change = affected(["rtl/common/gone.svh"], removed: true)
    #expect(runs(change, task("ibert_softmax", verify)))
    #expect(!runs(affected(["rtl/common/new.svh"]), task("ibert_softmax", verify)))
    let vectors = affected(["vectors/ibert_softmax/x.npz"], removed: true)
    #expect(
      vectors.remarks == [
        "vectors/ibert_softmax/x.npz: it is gone, and nothing is held against it any more"
      ])
  }

  @Test func commentsAreLeftOutAndNamed() {
    let change = affected(["rtl/ita_gelu/ita_gelu.sv"], cosmetic: true)
    #expect(!runs(change, task("ita_gelu", verify)))
    #expect(
      change.remarks == ["rtl/ita_gelu/ita_gelu.sv: comments and white space alone have changed"])
  }

  @Test(arguments: [
    ("a = b; // one", "a  =  b; // two\n", true),
    ("a /* x */ = b;\n\n", "a = b;\n", true),
    ("a = b;", "a = c;", false),
    ("a = b; // verilator lint_off WIDTH", "a = b; // verilator lint_on WIDTH", false),
    ("a = \"// one\";", "a = \"// two\";", false),
    ("ab", "a b", false),
    ("`define X 1 // y\n2", "`define X 1 2", false),
    ("a = b; /* open", "a = b;", true),
  ])
  func onlyCommentsAndSpaceAreCosmetic(old: String, new: String, isSame: Bool) {
    #expect(Cosmetics.isSame(old, new) == isSame)
  }
}
