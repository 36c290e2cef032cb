import Blocks
import FixedPoint
import Signals
import Testing

@Suite struct DyadicRequantizerTests {
  let block = DyadicRequantizer()

  /// Compares every element of the reference file, with and without residual.
  ///
  /// - Parameter transform: changes an expectation before it is compared.
  private func compare(
    expecting transform: ([Int64]) -> [Int64] = { $0 }
  ) throws -> (plain: Comparison, residual: Comparison) {
    let oracle = try Oracle("ibert_requant")
    let x = try oracle.integers("x")
    let sets = try oracle.integers("cfg").map { Int($0) }
    let bits = try oracle.integers("cfg_bits")
    var (plain, residual) = (Comparison(), Comparison())
    for width in [8, 16] {
      let chosen = x.indices.filter { bits[sets[$0]] == width }
      func item(_ values: [Int64]) -> RaggedTensor { RaggedTensor([values]) }
      func perSet(_ name: String) throws -> RaggedTensor {
        let values = try oracle.integers(name)
        return item(chosen.map { values[sets[$0]] })
      }
      var batch = Batch(
        count: 1,
        shared: [
          "identity": Tensor(0), "identity_multiplier": Tensor(0), "identity_exponent": Tensor(0),
        ],
        items: [
          "x": item(chosen.map { x[$0] }), "multiplier": try perSet("cfg_m"),
          "exponent": try perSet("cfg_e"),
        ])
      let configuration = try block.configuration(["OutputBits": width])
      let out = try oracle.integers("out")
      plain.compare(
        try block.golden(batch, in: configuration).item("y").values,
        transform(chosen.map { out[$0] }), "y")
      let identity = try oracle.integers("identity")
      batch.shared = [:]
      batch.items["identity"] = item(chosen.map { identity[$0] })
      batch.items["identity_multiplier"] = try perSet("cfg_id_m")
      batch.items["identity_exponent"] = try perSet("cfg_id_e")
      let sum = try oracle.integers("out_with_identity")
      residual.compare(
        try block.golden(batch, in: configuration).item("y").values,
        transform(chosen.map { sum[$0] }), "y")
    }
    return (plain, residual)
  }

  @Test func `every reference value is met`() throws {
    let (plain, residual) = try compare()
    #expect(plain.differences == [])
    #expect(residual.differences == [])
    #expect(plain.compared == 1838 && residual.compared == 1838)
  }

  @Test func `one wrong reference value is reported`() throws {
    let (plain, residual) = try compare { $0.withOneFault }
    // One in each of the two widths.
    #expect(plain.differences.count == 2 && residual.differences.count == 2)
  }

  @Test func `rounding half up would differ on eight reference values`() throws {
    let oracle = try Oracle("ibert_requant")
    let (x, sets) = (try oracle.integers("x"), try oracle.integers("cfg"))
    let (m, e) = (try oracle.integers("cfg_m"), try oracle.integers("cfg_e"))
    let bits = try oracle.integers("cfg_bits")
    let out = try oracle.integers("out")
    let wrong = x.indices.filter { index in
      let set = Int(sets[index])
      let scale = DyadicScale(multiplier: UInt32(m[set]), exponent: Int(e[set]))
      return scale.requantise(x[index], rounding: .halfUp, to: .signed(Int(bits[set])))
        != out[index]
    }
    #expect(wrong.count == 8)
  }

  @Test func `the constants follow from the scales`() throws {
    let oracle = try Oracle("ibert_requant")
    let names = ["cfg_in_scale", "cfg_out_scale", "cfg_id_scale"]
    let scales = try names.map { try oracle.reals($0) }
    let configuration = try block.configuration()
    var comparison = Comparison()
    for set in scales[0].indices {
      let settings = try block.settings(
        from: ["x": scales[0][set], "y": scales[1][set], "identity": scales[2][set]],
        in: configuration)
      for (setting, array) in [
        ("multiplier", "cfg_m"), ("exponent", "cfg_e"), ("identity_multiplier", "cfg_id_m"),
        ("identity_exponent", "cfg_id_e"),
      ] {
        comparison.compare(
          settings[setting]?.values ?? [], [try oracle.integers(array)[set]], "\(setting) \(set)")
      }
    }
    #expect(comparison.differences == [])
    #expect(comparison.compared == 240)
  }

  @Test func `corners contain ties and both saturations`() throws {
    let configuration = try block.configuration()
    let corners = block.corners(in: configuration)
    let batch = try #require(corners.first)
    let golden = try block.golden(batch, in: configuration).item("y").values
    #expect(golden.contains(127) && golden.contains(-128))
    let (x, m, e) = (batch.item("x"), batch.item("multiplier"), batch.item("exponent"))
    let ties = x.values.indices.filter { index in
      let scale = DyadicScale(
        multiplier: UInt32(m.values[index]), exponent: Int(e.values[index]))
      return scale.scaledWide(x.values[index], rounding: .halfToEven)
        != scale.scaledWide(x.values[index], rounding: .halfUp)
    }
    #expect(ties.count > 20)
  }

  @Test func `the scale errors say what is wrong`() throws {
    let configuration = try block.configuration()
    #expect(throws: BlockError.missingScale(block: "dyadic_requantizer", name: "y")) {
      try block.settings(from: ["x": 1], in: configuration)
    }
    let error = #expect(throws: BlockError.self) {
      try block.settings(from: ["x": 0x1p40, "y": 1], in: configuration)
    }
    #expect(
      error?.description == """
        dyadic_requantizer: no settings follow from the given scales: the ratio of the scales must \
        be in 2^-97 ..< 2^31, but found 1099511627776.0
        """)
  }
}
