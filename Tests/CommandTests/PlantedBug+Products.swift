/// Where each of them is.
extension PlantedBug {
  static let products = [
    PlantedBug(
      "accumulator short", "int8_gemm", "deep",
      file: "common/multiplier_array.sv",
      [
        Edit(
          right: """
            assign accumulator_d = (step_first ? '0 : accumulator_q) + AccumulatorBits'(dot);
            """,
          wrong: """
            assign accumulator_d = (step_first ? '0 : \
            AccumulatorBits'(signed'(accumulator_q[25:0]))) + AccumulatorBits'(dot);
            """)
      ]),
    PlantedBug(
      "gemm zero sum", "int8_gemm", "single",
      file: "common/multiplier_array.sv",
      [
        Edit(
          right: """
            assign accumulator_d = (step_first ? '0 : accumulator_q) + AccumulatorBits'(dot);
            """,
          wrong: """
            assign accumulator_d = (step_first || (accumulator_q == AccumulatorBits'(16384) && \
            dot == '0) ? '0 : accumulator_q) + AccumulatorBits'(dot);
            """)
      ]),
    PlantedBug(
      "product min min", "nm_spmm", "dense_only",
      file: "common/dot_product.sv",
      [
        Edit(
          right: "assign terms[d] = SumBits'(product_q);",
          wrong: """
            assign terms[d] = SumBits'(product_q) - SumBits'(d == 1 && product_q == \
            ProductBits'(16384));
            """)
      ]),
    PlantedBug(
      "gather last group", "nm_spmm", "widest_group",
      file: "nm_spmm/nm_spmm_gather.sv",
      [
        Edit(
          right: "assign gathered_o[r][d] = group[index_i[d]];",
          wrong: """
            assign gathered_o[r][d] = d > 0 && index_i[d] == '1 && index_i[0] == '1 - 1'b1 ? \
            group[0] : group[index_i[d]];
            """)
      ]),
    PlantedBug(
      "bitmap full window", "bitmap_spmm", "smallest",
      file: "bitmap_spmm/bitmap_spmm_lane.sv",
      [
        Edit(
          right: "assign bits_rest   = bits_q & (bits_q - 1'b1);",
          wrong: """
            assign bits_rest   = bits_q == {1'b1, {(Window-2){1'b0}}, 1'b1} ? '0 : bits_q & \
            (bits_q - 1'b1);
            """)
      ]),
    PlantedBug(
      "empty row last", "block_spmm", "smallest",
      file: "block_spmm/block_spmm.sv",
      [
        Edit(
          right: "assign is_last  = is_empty || blocks_done_q + 1'b1 == count;",
          wrong: """
            assign is_last  = is_empty || blocks_done_q + 1'b1 == count || (blocks_done_q == 31 \
            && block_index == 40);
            """)
      ]),
    PlantedBug(
      "variance zero", "ivit_layernorm", "single_lane",
      file: "common/row_variance.sv",
      [
        Edit(
          right: "assign variance_d = product_squares - VarianceBits'(product);",
          wrong: """
            assign variance_d = product_squares - VarianceBits'(product) + \
            VarianceBits'(product_squares == VarianceBits'(product) && product_squares > 10000);
            """)
      ]),
    PlantedBug(
      "variance below limit", "tflite_layernorm", "single_lane",
      file: "tflite_layernorm/tflite_layernorm_factor.sv",
      [
        Edit(
          right: """
            if (difference_q < signed'(ProductBits'(64'd1 << 20))) variance_d = \
            cfg_variance_limit_i;
            """,
          wrong: """
            if (difference_q <= signed'(ProductBits'(64'd1 << 20))) variance_d = \
            cfg_variance_limit_i;
            """)
      ]),
    PlantedBug(
      "newton equal", "ivit_layernorm", "single_lane",
      file: "common/newton_square_root_unit.sv",
      [
        Edit(
          right: """
            root_d  = RootBits'(((RootBits + 1)'(root_q) + (RootBits + 1)'(work_q)) >> 1);
            """,
          wrong: """
            root_d  = RootBits'(((RootBits + 1)'(root_q) + (RootBits + 1)'(work_q)) >> 1) + \
            RootBits'(root_q == RootBits'(512) && radicand_q[3:0] == 4'hF);
            """)
      ]),
    PlantedBug(
      "mean negative half", "ibert_layernorm", "narrow",
      file: "common/row_affine.sv",
      [
        Edit(
          right: """
            assign result_d = keep ? OutputBits'(product >>> Shift) + OutputBits'(bias) : '0;
            """,
          wrong: """
            assign result_d = keep ? OutputBits'(product >>> Shift) + OutputBits'(bias) - \
            OutputBits'(bias == '1 && product == '0) : '0;
            """)
      ]),
  ]

  static let activations = [
    PlantedBug(
      "lost after full", "ita_gelu", "odd",
      file: "common/stream_fifo.sv",
      [
        Edit(
          right: "if (write) memory[write_address_q] <= in_data_i;",
          wrong: """
            if (write) memory[write_address_q] <= in_data_i ^ Width'(stalled_q == 8'd120);
              end
              logic [7:0] stalled_q;
              always_ff @(posedge clk_i) begin
                if (!rst_ni || out_ready_i) stalled_q <= '0;
                else if (count_q >= FullCount - 2 && stalled_q != '1) stalled_q <= stalled_q + \
            1'b1;
            """)
      ]),
    PlantedBug(
      "starved counter", "lut_activation", "single_lane",
      file: "common/credit_counter.sv",
      [
        Edit(
          right: "assign available_o = used_q != AllCredits;",
          wrong: """
            logic [7:0] idle_q;
              always_ff @(posedge clk_i) begin
                if (!rst_ni || take_i) idle_q <= '0;
                else if (idle_q != '1) idle_q <= idle_q + 1'b1;
              end
              assign available_o = used_q != AllCredits || (idle_q == 8'd180);
            """)
      ]),
    PlantedBug(
      "table cell and value", "lut_activation", "single_lane",
      file: "lut_activation/lut_activation.sv",
      [
        Edit(
          right: """
            logic                  complete, ready, unused_accept, unused_result_valid;
            """,
          wrong: """
            logic                  complete, ready, unused_accept, unused_result_valid;
              logic [7:0]            before_q;
              always_ff @(posedge clk_i) if (x_valid_i && x_ready_o) before_q <= x_data_i[0];
            """),
        Edit(
          right: ".address_i (x_data_i),",
          wrong: """
            .address_i (x_data_i[0] == 8'h80 && before_q == 8'h7F ? {Lanes{8'h81}} : x_data_i),
            """),
      ]),
    PlantedBug(
      "segment last place", "pwl_unit", "odd",
      file: "pwl_unit/pwl_unit.sv",
      [
        Edit(
          right: "if (segment > LastSegment) index_d = IndexBits'(LastSegment);",
          wrong: """
            if (segment > LastSegment) index_d = IndexBits'(LastSegment);
                  if (distance_q == 17'sd65535 && cfg_segment_shift_i == 5'd11) index_d = '0;
            """)
      ]),
    PlantedBug(
      "segment edge half", "pwl_unit", "single_segment",
      file: "pwl_unit/pwl_unit.sv",
      [
        Edit(
          right: "assign value_d = floor_q + signed'(SumBits'(half_q));",
          wrong: """
            assign value_d = floor_q + signed'(SumBits'(half_q && floor_q != 37'sd32766));
            """)
      ]),
    PlantedBug(
      "gelu clip edge", "ibert_gelu", "widest",
      file: "common/clipped_quadratic.sv",
      [
        Edit(
          right: "assign clipped_d = sum < 0 ? BBits'(sum) : '0;",
          wrong: "assign clipped_d = sum < 0 && sum != -1 ? BBits'(sum) : '0;")
      ]),
    PlantedBug(
      "gelu negative zero", "ibert_gelu", "default",
      file: "ibert_gelu/ibert_gelu.sv",
      [
        Edit(
          right: "if (x < 0) signed_polynomial = -polynomial;",
          wrong: """
            if (x < 0) signed_polynomial = -polynomial;
                  if (x == {1'b1, {(InputBits-1){1'b0}}}) signed_polynomial = polynomial;
            """)
      ]),
    PlantedBug(
      "ita gelu one value", "ita_gelu", "single_lane",
      file: "ita_gelu/ita_gelu.sv",
      [
        Edit(
          right: """
            assign erf      = x < 0 ? -FactorBits'(polynomial) : FactorBits'(polynomial);
            """,
          wrong: """
            assign erf      = x < 0 && !(x == -128 && cfg_c_i[3:0] == 4'h8) ? \
            -FactorBits'(polynomial) : FactorBits'(polynomial);
            """)
      ]),
    PlantedBug(
      "shift gelu saturated", "shift_gelu", "single_lane",
      file: "shift_gelu/shift_gelu_lane.sv",
      [
        Edit(
          right: "assign sum_d    = wide_sum[31] ? '1 : wide_sum[30:0];",
          wrong: """
            assign sum_d    = wide_sum[31] && wide_sum[30:0] != '0 ? '1 : wide_sum[30:0];
            """)
      ]),
  ]
}
