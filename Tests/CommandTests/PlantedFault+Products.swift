/// Faults of the matrix product and of attention, each located to its stage by the first tap that differs.
extension PlantedFault {
  static let products = gemm + attention

  private static func gemm(
    _ name: String, _ file: String, _ right: String, _ wrong: String, _ found: [String],
    absent: String? = nil
  ) -> PlantedFault {
    PlantedFault(
      name: "int8_gemm \(name)", file: file, right: right, wrong: wrong, block: "int8_gemm",
      configuration: "odd", found: found, absent: absent)
  }

  /// - Parameter tap: the first that differs.
  private static func attention(
    _ name: String, _ file: String, _ right: String, _ wrong: String, tap: String,
    _ found: [String] = []
  ) -> PlantedFault {
    PlantedFault(
      name: "ita_attention \(name)", file: file, right: right, wrong: wrong,
      block: "ita_attention", configuration: "odd",
      found: ["first divergence: tap \(tap), "] + found)
  }

  /// The accumulators of the array that attention shares.
  private static let sums = "u_core.u_products.u_array.gen_row[*].gen_column[*].sum_q"

  private static let gemm = [
    gemm(
      "leaves out the bias", "int8_gemm/int8_gemm_drain.sv",
      "32'(signed'(sums[r][c])) + signed'(channel_bias[c])", "32'(signed'(sums[r][c]))",
      ["first divergence: tap acc (u_drain.acc), ", "AccIsExact"]),
    gemm(
      "loses the sign of the activations", "common/dot_product.sv",
      "ActivationSigned != 0 && a_i[d][ActivationBits-1]", "1'b0",
      ["first divergence: tap acc (u_drain.acc), "]),
    gemm(
      "has accumulators one bit short", "int8_gemm/int8_gemm.sv", "(WeightBits + 6)) + 1,",
      "(WeightBits + 6)),",
      ["first divergence: tap acc (u_drain.acc), ", "(MaxDepth products of -128"]),
    gemm(
      "multiplies what lies behind K", "common/matrix_steps.sv",
      "last_k ? k_left_q[DepthBits-1:0] : DepthBits'(Depth)", "DepthBits'(Depth)",
      ["first divergence: tap acc (u_drain.acc), "]),
    gemm(
      "rounds ties up, behind every tap", "common/floor_shift_with_round.sv",
      "half && (sticky || floor_o[0])", "half", ["- mismatch: y.data, "], absent: "divergence"),
  ]

  private static let attention = [
    attention(
      "loses the sign of the queries", "common/attention_products.sv",
      "ActivationBits'(signed'(queries_q[r][d]))", "ActivationBits'(queries_q[r][d])",
      tap: "dots (\(sums))", ["then logits at "]),
    attention(
      "reads the keys of another head", "common/attention_token_buffer.sv",
      "      loaded_d[bank_i] = '0;\n", "", tap: "dots (\(sums))"),
    attention(
      "reads a key before it has come", "common/attention_token_buffer.sv",
      "loaded_q[bank_i] >= needed_i", "loaded_q[bank_i] + 1'b1 >= needed_i", tap: "dots (\(sums))"),
    attention(
      "hides a query's own key from it", "common/attention_scanner.sv",
      "<= Bits'(position_q) + Bits'(r)", "< Bits'(position_q) + Bits'(r)",
      tap: "visible (u_core.tile_keep)", ["(typical: causal)"]),
    attention(
      "shows the first key of the padding", "common/attention_scanner.sv",
      "key_q + Bits'(c) < Bits'(keys_q)", "key_q + Bits'(c) <= Bits'(keys_q)",
      tap: "visible (u_core.tile_keep)"),
    attention(
      "leaves out the last partial tile", "common/attention_scanner.sv",
      "if (key_end >= visible_end) state_d", "if (key_end + Bits'(Columns) > visible_end) state_d",
      tap: "visible (u_core.tile_keep)"),
    attention(
      "rounds ties to even", "common/half_up_rescaler.sv", "signed'(ProductBits'(half_q))",
      "signed'(ProductBits'(half_q && floor_q[0]))", tap: "logits (scores)"),
    attention(
      "does not clear the places of tiles that are left out", "common/attention_scores.sv",
      "score_slots[s] = score.opens || ", "score_slots[s] = ", tap: "logits (keep, scores_keep)"),
    attention(
      "subtracts from one more than the row's maximum", "common/row_distance.sv",
      "unsigned'(maximum_i) - data_i", "unsigned'(maximum_i) + 1'b1 - data_i",
      tap: "probs (probs)"),
    attention(
      "gives large probabilities a sign", "common/attention_products.sv",
      "array_context ? {1'b0, probs_i[r][prob_slice_q][d]}",
      "array_context ? ActivationBits'(signed'(probs_i[r][prob_slice_q][d]))",
      tap: "acc (\(sums))", ["outputs follow at "]),
    attention(
      "loses the sign of the values", "common/attention_products.sv",
      "array_context ? values_i[d][c]",
      "array_context ? {1'b0, values_i[d][c][6:0]}", tap: "acc (\(sums))"),
    PlantedFault(
      name: "ita_attention ends a head with each block of queries",
      file: "common/attention_answers.sv",
      right: "out_block_last && out_head_last", wrong: "out_block_last", block: "ita_attention",
      configuration: "odd", found: ["mismatch: context.last, "], absent: "divergence"),
    PlantedFault(
      name: "ibert_attention rounds ties up", file: "common/floor_shift_with_round.sv",
      right: "half && (sticky || floor_o[0])", wrong: "half", block: "ibert_attention",
      configuration: "smallest",
      found: ["first divergence: tap probs (probs), ", "(softmax, ties down, x0 -1: "]),
  ]
}
