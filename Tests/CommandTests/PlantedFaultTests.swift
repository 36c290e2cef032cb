import Foundation
import Testing

/// One wrong line in the RTL, and what `cosim verify` says about it.
struct PlantedFault: Sendable, CustomTestStringConvertible {
  /// What goes wrong.
  let name: String
  /// Below `rtl/`.
  let file: String
  let right: String
  let wrong: String
  var block = "ibert_softmax"
  var configuration = "single_lane"
  /// Every part of what is printed that locates the fault.
  let found: [String]
  /// What must not be said.
  var absent: String?

  var testDescription: String { name }

  static let all = softmax + products + elements

  private static let softmax = [
    PlantedFault(
      name: "rounds ties up instead of to even", file: "common/floor_shift_with_round.sv",
      right: "half && (sticky || floor_o[0])", wrong: "half",
      found: [
        "first divergence: tap exp16 (q), ", "(ties down, x0 -1: every step)",
        "mismatch: probs.data, ",
      ]),
    PlantedFault(
      name: "subtracts from one more than the row's maximum", file: "common/row_distance.sv",
      right: "unsigned'(maximum_i) - data_i", wrong: "unsigned'(maximum_i) + 1'b1 - data_i",
      found: [
        "first divergence: tap exp16 (q), transaction ",
        "mismatch: probs.data, transaction 4 (S 1/64: one hot first)",
      ]),
    PlantedFault(
      name: "does not cut off at Octaves", file: "common/octave_divider.sv",
      right: "if (limited_i && ", wrong: "if (1'b0 && ",
      found: [
        "first divergence: tap exp16 (q), ", "(ties down, x0 -1: every step)",
        "mismatch: probs.data, ",
      ]),
    PlantedFault(
      name: "keeps the maximum of the row before", file: "common/row_maximum.sv",
      right: "first_q || beat_maximum", wrong: "beat_maximum",
      found: ["first divergence: tap exp16 (q), ", "mismatch: probs.data, "]),
    PlantedFault(
      name: "changes the payload of a beat that waits", file: "common/stream_fifo.sv",
      right: "(!out_valid_q || out_ready_i)", wrong: "1'b1",
      found: ["device failure: ", "common/stream_fifo.sv:87: assertion failed in ibert_softmax."]),
    PlantedFault(
      name: "leaves a register out of the reset", file: "common/row_maximum.sv",
      right: "      first_q <= 1'b1;\n      valid_q <= 1'b0;", wrong: "      valid_q <= 1'b0;",
      found: ["first divergence: tap exp16 (q), "]),
    PlantedFault(
      name: "sums lanes that hold no element", file: "ibert_softmax/ibert_exp_requantizer.sv",
      right: "keep[lane] ? scaled : '0", wrong: "scaled", configuration: "odd_length",
      found: [
        "first divergence: tap exp16 (q), transaction 0 (S 1/64: low ramp), beat 2, lane 2: expected 0",
        "then sum at cycle", "mismatch: probs.data, transaction 0 (S 1/64: low ramp)",
      ]),
    PlantedFault(
      name: "does not begin the sum anew", file: "common/row_sum.sv",
      right: "(first_q ? '0 : sum_q)", wrong: "sum_q",
      found: ["first divergence: tap sum (sum), ", "then factor at cycle", "outputs follow at"]),
    PlantedFault(
      name: "rounds the quotient down where it is exact", file: "common/divider_step.sv",
      right: "shifted >= {1'b0, divisor_i}", wrong: "shifted > {1'b0, divisor_i}",
      found: ["first divergence: tap factor (factor), "]),
    PlantedFault(
      name: "lets the quotient of 0 pass, which no output shows",
      file: "ibert_softmax/ibert_softmax.sv",
      right: "quotient == '1 ? '0 : quotient", wrong: "quotient",
      found: ["first divergence: tap factor (factor), ", "; the outputs agree"]),
    PlantedFault(
      name: "rounds the probability, behind every tap", file: "common/row_scaler.sv",
      right: "OutputBits'(product >> Shift)",
      wrong: "OutputBits'((product + (ProductBits'(1) << (Shift - 1))) >> Shift)",
      found: ["- mismatch: probs.data, transaction "], absent: "divergence"),
    PlantedFault(
      name: "gives out one credit too many", file: "common/credit_counter.sv",
      right: "AllCredits = CountBits'(Credits)", wrong: "AllCredits = CountBits'(Credits + 1)",
      found: ["output 'probs' owes ", "input 'scores' has "]),
    PlantedFault(
      name: "takes rows for whose maximum there is no place", file: "common/row_maximum_buffer.sv",
      right: "fifo_ready && space;", wrong: "fifo_ready;",
      found: ["TakesOnlyWhatIsAvailable", "right with stalls 'none', wrong with stalls 'random'"]),
  ]

  private static let elements = [
    PlantedFault(
      name: "answers while the table is written", file: "common/stream_table.sv",
      right: "complete_d      = write_address_q == LastAddress;",
      wrong: "complete_d      = complete_q || write_address_q == LastAddress;",
      block: "lut_activation",
      found: ["mismatch: y.data, ", "minimal case: 2 transactions, 2 input beats"]),
    PlantedFault(
      name: "takes scores behind the first entry of the next tables",
      file: "common/interpolated_table.sv",
      right: "complete_o = pairs_complete && index_q == '0;",
      wrong: "complete_o = pairs_complete;", block: "lut_softmax",
      found: ["NextTablesComeBehindScores"]),
    PlantedFault(
      name: "takes x while intercepts are written", file: "pwl_unit/pwl_unit.sv",
      right: "slope_complete && intercept_complete;", wrong: "slope_complete;",
      block: "pwl_unit", configuration: "odd", found: ["NextTablesComeBehindX"]),
    PlantedFault(
      name: "wraps instead of saturating", file: "common/saturate.sv", right: "top_bits != '1)",
      wrong: "top_bits != '1 && 1'b0)", block: "gemmlowp_requantizer",
      configuration: "single_rounding",
      found: ["mismatch: y.data, ", "minimal case: 1 transaction, 1 input beat"],
      absent: "sign lost"),
    PlantedFault(
      name: "takes an offset without its sign", file: "ita_gelu/ita_gelu.sv",
      right: "erf + FactorBits'(cfg_c_i)", wrong: "erf + FactorBits'(unsigned'(cfg_c_i))",
      block: "ita_gelu",
      found: [
        "first divergence: tap gelu (gen_lane[*].gelu), transaction ", "mismatch: y.data, ",
        "minimal case: 1 transaction, 1 input beat",
      ]),
    PlantedFault(
      name: "never uses the last chord", file: "pwl_unit/pwl_unit.sv",
      right: "LastSegment = 17'(Segments - 1)", wrong: "LastSegment = 17'(Segments - 2)",
      block: "pwl_unit",
      configuration: "odd",
      found: ["first divergence: tap segment (gen_lane[*].index_q), transaction "]),
    PlantedFault(
      name: "divides one less, which looks like other ties", file: "ita_softmax/ita_row_inverse.sv",
      right: "16'd65280", wrong: "16'd65279", block: "ita_softmax", configuration: "odd_group",
      found: ["first divergence: tap inverse (row_inverse), ", "mismatch: probs.data, "],
      absent: "off by one on ties"),
    PlantedFault(
      name: "adds up stored weights of the row before", file: "bitmap_spmm/bitmap_spmm_lane.sv",
      right: "if (step) fresh_d = is_row_end;",
      wrong: "if (step) fresh_d = is_row_end && !is_empty;", block: "bitmap_spmm",
      configuration: "smallest",
      found: ["minimal case: 1 transaction, "]),
  ]
}

/// Bugs planted in the RTL, each found with the options that `cosim verify` has by itself.
@Suite(.serialized) struct PlantedFaultTests {
  private func verify(
    _ root: URL, _ block: String, _ configuration: String
  ) throws -> Command.Result {
    try Command.run(
      ["verify", block, "--config", configuration, "--root", root.path],
      environment: ["COSIM_CACHE": Command.cache])
  }

  @Test(arguments: PlantedFault.all)
  func `a wrong line is found, named and located`(fault: PlantedFault) throws {
    let scratch = try Scratch()
    let root = try scratch.project(fault.block)
    try root.appendingPathComponent("rtl/\(fault.file)").replace(fault.right, with: fault.wrong)
    let result = try verify(root, fault.block, fault.configuration)
    #expect(result.status == 1, "\(result.errors)")
    // Lines are wrapped to the terminal.
    let text = result.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    for part in ["DIFFERS \(fault.block) \(fault.configuration)"] + fault.found {
      #expect(text.contains(part), "\(result.output)")
    }
    if let absent = fault.absent { #expect(!text.contains(absent)) }
  }

  @Test(
    arguments: Set(PlantedFault.all.map { [$0.block, $0.configuration] }).sorted {
      $0.lexicographicallyPrecedes($1)
    })
  func `without a wrong line nothing is found`(device: [String]) throws {
    let (block, configuration) = (device[0], device[1])
    let result = try verify(Command.project, block, configuration)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("AGREES  \(block)  \(configuration)"))
  }
}
