/// Where each of them is.
extension PlantedBug {
  static let requantisers = [
    PlantedBug(
      "tie at largest exponent", "dyadic_requantizer", "sixteen_bit",
      file: "common/dyadic_rescaler.sv",
      [
        Edit(
          right: "assign value_d = floor_q + signed'(ProductBits'(round_up_q));",
          wrong: """
            assign value_d = floor_q + signed'(ProductBits'(round_up_q && floor_q != \
            ProductBits'(32767)));
            """)
      ], isQuick: true),
    PlantedBug(
      "one product", "dyadic_requantizer", "smallest",
      file: "dyadic_requantizer/dyadic_requantizer.sv",
      [
        Edit(
          right: ".exponent_i  (x_exponent_i[lane]),",
          wrong: """
            .exponent_i  (x_multiplier_i[lane] == 32'h8000_0000 && x_exponent_i[lane] == 7'd31 \
            ? 7'd32 : x_exponent_i[lane]),
            """)
      ]),
    PlantedBug(
      "min times max", "dyadic_requantizer", "widest",
      file: "common/dyadic_rescaler.sv",
      [
        Edit(
          right: ".a_i      (x_i),",
          wrong: """
            .a_i      (x_i == {1'b1, {(InputBits-1){1'b0}}} && multiplier_i > 32'hFFFF_0000 ? \
            ~x_i : x_i),
            """)
      ]),
    PlantedBug(
      "sum cancels", "dyadic_requantizer", "default",
      file: "common/saturating_adder.sv",
      [
        Edit(
          right: "assign sum_d      = a_i + b_i;",
          wrong: "assign sum_d      = a_i == -b_i && a_i > 1000 ? 1 : a_i + b_i;")
      ]),
    PlantedBug(
      "high half negative", "gemmlowp_requantizer", "widest_double",
      file: "common/gemmlowp_rescaler.sv",
      [
        Edit(
          right: "assign up_d    = half && (below_half || high_q >= 0);",
          wrong: """
            assign up_d    = half && (below_half || high_q >= 0 || right_q2 == 5'd23);
            """)
      ], isQuick: true),
    PlantedBug(
      "saturating double min", "gemmlowp_requantizer", "widest_double",
      file: "common/gemmlowp_rescaler.sv",
      [
        Edit(
          right: "assign high_d         = product[62:31] + signed'(32'(product[30]));",
          wrong: """
            assign high_d         = product[62:31] + signed'(32'(product[30] && product[62:31] \
            != 32'h3FFF_FFFF));
            """)
      ]),
    PlantedBug(
      "watchdog 170", "ita_requantizer", "single_lane",
      file: "common/stream_fifo.sv",
      [
        Edit(
          right: "assign out_valid_o = out_valid_q;",
          wrong: """
            logic [8:0] waited_q;
              always_ff @(posedge clk_i) begin
                if (!rst_ni || !out_valid_q || out_ready_i) waited_q <= '0;
                else if (waited_q != '1) waited_q <= waited_q + 1'b1;
              end
              assign out_valid_o = out_valid_q && waited_q != 9'd170;
            """)
      ]),
  ]

  static let softmaxes = [
    PlantedBug(
      "octave edge", "ibert_softmax", "wide_scores",
      file: "common/octave_divider.sv",
      [
        Edit(
          right: "if (StepBits'(rest_q[i]) >= step) begin",
          wrong: """
            if (StepBits'(rest_q[i]) > step || (StepBits'(rest_q[i]) == step && octave_i < \
            17'd4000)) begin
            """)
      ]),
    PlantedBug(
      "limit edge", "ibert_softmax", "wide_scores",
      file: "common/octave_divider.sv",
      [
        Edit(
          right: """
            if (limited_i && distance_i > DistanceBits'(limit_i)) rest_d[0] = limit_i;
            """,
          wrong: """
            if (limited_i && distance_i > DistanceBits'(limit_i) && distance_i != '1) rest_d[0] \
            = limit_i;
            """)
      ]),
    PlantedBug(
      "same sum twice", "ibert_softmax", "single_lane",
      file: "common/row_sum.sv",
      [
        Edit(
          right: "sum_d   = (first_q ? '0 : sum_q) + SumBits'(beat_sum);",
          wrong: """
            sum_d   = (first_q ? '0 : sum_q) + SumBits'(beat_sum) - SumBits'(first_q && \
            SumBits'(beat_sum) == sum_q && sum_q > SumBits'(1000) && sum_q[3:0] == 4'd5);
            """)
      ]),
    PlantedBug(
      "maximum by one", "ibert_softmax", "odd_length",
      file: "common/row_maximum.sv",
      [
        Edit(
          right: "if (first_q || beat_maximum > maximum_q) maximum_d = beat_maximum;",
          wrong: """
            if (first_q || (beat_maximum > maximum_q && !(beat_last && maximum_q > 16'sd8000 && \
            beat_maximum == maximum_q + 1'b1))) maximum_d = beat_maximum;
            """)
      ]),
    PlantedBug(
      "interpolation half", "lut_softmax", "single_lane",
      file: "common/interpolated_table.sv",
      [
        Edit(
          right: "assign value_d = entry + EntryBits'(rounded);",
          wrong: """
            assign value_d = entry + EntryBits'(rounded) + EntryBits'(entry == \
            EntryBits'(16'sh4000) && rounded == '0);
            """)
      ]),
    PlantedBug(
      "reciprocal rounds up", "lut_softmax", "single_lane",
      file: "lut_softmax/lut_softmax_factor.sv",
      [
        Edit(
          right: """
            assign place_d = rounded_q[16] ? 16'h7fff : {!rounded_q[15], rounded_q[14:0]};
            """,
          wrong: """
            assign place_d = rounded_q[16] ? 16'h7ffe : {!rounded_q[15], rounded_q[14:0]};
            """)
      ]),
    PlantedBug(
      "log2 tie", "log2_softmax", "few_octaves",
      file: "log2_softmax/log2_code.sv",
      [
        Edit(
          right: """
            assign reached = candidate_q == (ExponentBits + 1)'(2) ? left_q > right : left_q >= \
            right;
            """,
          wrong: """
            assign reached = candidate_q == (ExponentBits + 1)'(2) || (left_q == right && \
            mantissa_q[3:0] == 4'h4) ? left_q > right : left_q >= right;
            """)
      ]),
    PlantedBug(
      "softermax saturated sum", "softermax", "saturating_sum",
      file: "softermax/softermax_row_reciprocal.sv",
      [
        Edit(
          right: "if (window_valid) sum_d = total[16] ? '1 : total[15:0];",
          wrong: "if (window_valid) sum_d = total[16] ? 16'hFFFE : total[15:0];")
      ]),
    PlantedBug(
      "ita largest rise", "ita_softmax", "odd_group",
      file: "ita_softmax/ita_row_inverse.sv",
      [
        Edit(
          right: "assign rise_d = unsigned'(maximum) - unsigned'(previous);",
          wrong: """
            assign rise_d = unsigned'(maximum) - unsigned'(previous) - 8'(unsigned'(maximum) - \
            unsigned'(previous) == 8'd255);
            """)
      ]),
    PlantedBug(
      "ita inverse all ones", "ita_softmax", "odd_group",
      file: "ita_softmax/ita_row_inverse.sv",
      [
        Edit(
          right: "assign inverse_o = quotient == '1 ? '0 : quotient;",
          wrong: "assign inverse_o = quotient == '1 - 1'b1 ? '0 : quotient;")
      ]),
    PlantedBug(
      "gemmlowp half 128", "gemmlowp_softmax", "single_lane",
      file: "gemmlowp_softmax/gemmlowp_softmax.sv",
      [
        Edit(
          right: "assign rounded = quotient_q + 9'(half_q);",
          wrong: "assign rounded = quotient_q + 9'(half_q && quotient_q != 9'd254);")
      ]),
    PlantedBug(
      "shiftmax deep", "shiftmax", "wide_scores",
      file: "common/shift_exp.sv",
      [
        Edit(
          right: "assign half        = (distance + 1'b1) >> 1;",
          wrong: """
            assign half        = (distance + StretchedBits'(distance != StretchedBits'(65535))) \
            >> 1;
            """)
      ]),
    PlantedBug(
      "divider exact", "shiftmax", "single_lane",
      file: "common/row_scaler.sv",
      [
        Edit(
          right: "assign result[lane]   = OutputBits'(product >> Shift);",
          wrong: """
            assign result[lane]   = OutputBits'(product >> Shift) - OutputBits'((product << \
            (ProductBits - Shift)) == '0 && (product >> Shift) == 3);
            """)
      ]),
  ]
}
