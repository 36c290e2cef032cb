/// Widths, counts and latencies that modules derive from their parameters. Only constant
/// functions: what computes on data is a module.
package cosim_pkg;

  /// Cycles from operands to result of a `dyadic_rescaler`.
  function automatic int unsigned dyadic_rescaler_latency();
    return 5;
  endfunction

  /// Cycles from operands to result of a `saturating_rescaler`.
  function automatic int unsigned saturating_rescaler_latency();
    return 5;
  endfunction

  /// Cycles from distance to octaves and rest of an `octave_divider`.
  function automatic int unsigned octave_divider_latency(int unsigned octaves);
    return value_bits(64'(octaves)) + 1;
  endfunction

  /// Cycles from distance to exponential of an `ibert_exp`.
  function automatic int unsigned ibert_exp_latency(int unsigned octaves);
    return octave_divider_latency(octaves) + 4;
  endfunction

  /// Cycles from distance to exponential of a `shift_exp`.
  function automatic int unsigned shift_exp_latency(int unsigned octaves);
    return octave_divider_latency(octaves) + 3;
  endfunction

  /// Cycles from value to exponential of a `shift_exp_saturating`: 16...30 octaves or doublings.
  function automatic int unsigned shift_exp_saturating_latency();
    return octave_divider_latency(16) + 3;
  endfunction

  /// Cycles from operands to result of a `pipelined_divider`.
  function automatic int unsigned pipelined_divider_latency(int unsigned quotient_bits,
                                                            int unsigned bits_per_stage);
    return ceil_divide(quotient_bits, bits_per_stage);
  endfunction

  /// Cycles from a beat to the row's maximum so far of a `running_maximum`.
  function automatic int unsigned running_maximum_latency(int unsigned lanes);
    return $clog2(lanes) + 1;
  endfunction

  /// Cycles from value to normalised value of a `normaliser`.
  function automatic int unsigned normaliser_latency();
    return 2;
  endfunction

  /// Cycles from operand to root of a `pipelined_square_root`.
  function automatic int unsigned pipelined_square_root_latency(int unsigned radicand_bits,
                                                                int unsigned bits_per_stage);
    return ceil_divide(ceil_divide(radicand_bits, 2), bits_per_stage);
  endfunction

  /// Cycles from a row's last beat to its sum in a `row_sum`.
  function automatic int unsigned row_sum_latency(int unsigned lanes);
    return $clog2(lanes) + 1;
  endfunction

  /// Cycles from a row's last beat to its mean in a `row_mean`.
  function automatic int unsigned row_mean_latency(int unsigned lanes, int unsigned bits);
    return row_sum_latency(lanes) + pipelined_divider_latency(bits, 2) + 1;
  endfunction

  /// Cycles from operands to result of a `half_up_rescaler`.
  function automatic int unsigned half_up_rescaler_latency();
    return 5;
  endfunction

  /// Cycles from operands to result of a `gemmlowp_rescaler`.
  function automatic int unsigned gemmlowp_rescaler_latency();
    return 7;
  endfunction

  /// Cycles from operands to product of a `gemmlowp_multiplier`.
  function automatic int unsigned gemmlowp_multiplier_latency();
    return 4;
  endfunction

  /// Cycles from value to exponential of a `gemmlowp_exp`: eleven products in a row.
  function automatic int unsigned gemmlowp_exp_latency();
    return 11 * gemmlowp_multiplier_latency() + 1;
  endfunction

  /// Cycles from value to mantissa of a `gemmlowp_reciprocal`: seven products in a row.
  function automatic int unsigned gemmlowp_reciprocal_latency();
    return normaliser_latency() + 7 * gemmlowp_multiplier_latency() + 1;
  endfunction

  /// Cycles from operands to result of a `saturating_adder`.
  function automatic int unsigned saturating_adder_latency();
    return 2;
  endfunction

  /// Cycles from operands to result of an `ita_rescaler`.
  function automatic int unsigned ita_rescaler_latency();
    return half_up_rescaler_latency() + saturating_adder_latency();
  endfunction

  /// Cycles from operands to result of a `clipped_quadratic`.
  function automatic int unsigned clipped_quadratic_latency();
    return 5;
  endfunction

  /// Bits of a distance after `octave_limit`'s limit.
  function automatic int unsigned limited_distance_bits(int unsigned distance_bits,
                                                        int unsigned octave_bits,
                                                        int unsigned octaves);
    return minimum(distance_bits, octave_bits + value_bits(64'(octaves)));
  endfunction

  /// Cycles from an element to its square where rows of squares are summed.
  function automatic int unsigned square_latency();
    return 3;
  endfunction

  /// Cycles from a row's last beat to its variance in a `row_variance`.
  function automatic int unsigned row_variance_latency(int unsigned lanes, int unsigned bits);
    return row_mean_latency(lanes, bits) + square_latency() + 1;
  endfunction

  /// Bits of the sum of squared deviations from their mean of up to `length` signed numbers of
  /// `bits` bits, and of the sum of their squares.
  function automatic int unsigned variance_bits(int unsigned bits, int unsigned length);
    return value_bits(64'(length) << (2 * bits - 2));
  endfunction

  /// Cycles of a division in a `newton_square_root_unit`.
  function automatic int unsigned newton_divide_cycles(int unsigned radicand_bits,
                                                       int unsigned bits_per_cycle);
    return ceil_divide(ceil_divide(radicand_bits, 2) + 1, bits_per_cycle);
  endfunction

  /// Cycles from operand to root of a `newton_square_root_unit`.
  function automatic int unsigned newton_square_root_latency(int unsigned radicand_bits,
                                                             int unsigned steps,
                                                             int unsigned bits_per_cycle);
    return (steps - 1) * (newton_divide_cycles(radicand_bits, bits_per_cycle) + 1) + 1;
  endfunction

  /// Bits of the largest iterate after the first step of a `newton_square_root_unit`.
  function automatic int unsigned newton_root_bits(int unsigned radicand_bits,
                                                   int unsigned start_bits);
    longint unsigned largest;
    largest = ((64'd1 << radicand_bits) - 1) >> start_bits;
    return value_bits(((largest + (64'd1 << start_bits)) >> 1) + 1);
  endfunction

  /// Cycles from a row's last beat to its factor in an `ivit_layernorm_factor` that is not held up.
  function automatic int unsigned ivit_layernorm_factor_latency(int unsigned lanes,
                                                                int unsigned bits,
                                                                int unsigned max_length);
    return row_variance_latency(lanes, bits) + 2
        + newton_square_root_latency(variance_bits(bits, max_length), 10, 2)
        + pipelined_divider_latency(25, 2);
  endfunction

  /// Bits of the sum of squares of up to `length` numbers of `bits` bits besides their sign.
  function automatic int unsigned square_sum_bits(int unsigned bits, int unsigned length);
    return 2 * bits + $clog2(length);
  endfunction

  /// Cycles from a row's last beat to its factor in an `ibert_layernorm_factor`.
  function automatic int unsigned ibert_layernorm_factor_latency(int unsigned lanes,
                                                                 int unsigned centred_bits,
                                                                 int unsigned max_length,
                                                                 int unsigned most_bits);
    int unsigned radicand_bits;
    radicand_bits = minimum(square_sum_bits(centred_bits - 1, max_length), most_bits);
    return 1 + square_latency() + row_sum_latency(lanes)
        + pipelined_square_root_latency(radicand_bits, 2) + pipelined_divider_latency(32, 2) + 1;
  endfunction

  /// Rows that a `row_pass` of all its latencies together holds: enough for rows of one interval to
  /// follow each other, behind a row of up to 64 beats too.
  function automatic int unsigned row_pass_rows(int unsigned row_beats, int unsigned latency,
                                                int unsigned row_interval);
    return ceil_divide(minimum(row_beats, 64) + latency + 4, row_interval);
  endfunction

  /// Cycles from the exponentials to the result of a `shift_gelu_lane`.
  function automatic int unsigned shift_gelu_lane_latency();
    return 1 + pipelined_divider_latency(30, 2) + 3 + 2;
  endfunction

  /// Cycles from value to result of an `interpolated_table`.
  function automatic int unsigned interpolated_table_latency();
    return 4;
  endfunction

  /// Cycles from distances to exponentials of a `lut_softmax_exp`.
  function automatic int unsigned lut_softmax_exp_latency();
    return gemmlowp_rescaler_latency() + saturating_adder_latency() + interpolated_table_latency();
  endfunction

  /// Cycles from a row's last exponentials to its factor in a `lut_softmax_factor`.
  function automatic int unsigned lut_softmax_factor_latency(int unsigned lanes);
    return row_sum_latency(lanes) + normaliser_latency() + 2 + interpolated_table_latency();
  endfunction

  /// Cycles from value to mantissa of a `gemmlowp_inverse_square_root`: thirteen products in a row.
  function automatic int unsigned gemmlowp_inverse_square_root_latency();
    return normaliser_latency() + 13 * gemmlowp_multiplier_latency() + 2;
  endfunction

  /// Cycles from a row's last beat to its factor in a `tflite_layernorm_factor`.
  function automatic int unsigned tflite_layernorm_factor_latency(int unsigned lanes);
    return row_sum_latency(lanes) + 1 + pipelined_divider_latency(26, 2) + 1 + square_latency() + 2
        + gemmlowp_inverse_square_root_latency();
  endfunction

  /// Cycles from an element to its result in a `tflite_layernorm_lane`.
  function automatic int unsigned tflite_layernorm_lane_latency();
    return 1 + gemmlowp_rescaler_latency() + 3 + 1 + 2 + gemmlowp_rescaler_latency() + 1;
  endfunction

  /// Bits of the sum of `depth` products of an activation and a weight.
  function automatic int unsigned dot_product_bits(int unsigned depth, int unsigned activation_bits,
                                                   int unsigned weight_bits);
    return activation_bits + weight_bits + $clog2(depth);
  endfunction

  /// Cycles from operands to sum of a `dot_product`.
  function automatic int unsigned dot_product_latency(int unsigned depth);
    return $clog2(depth) + 1;
  endfunction

  /// Cycles from a tile's last step to its sums in a `multiplier_array`.
  function automatic int unsigned multiplier_array_latency(int unsigned depth);
    return dot_product_latency(depth) + 1;
  endfunction

  /// The smaller of two numbers.
  function automatic int unsigned minimum(int unsigned a, int unsigned b);
    return a < b ? a : b;
  endfunction

  /// The larger of two numbers.
  function automatic int unsigned maximum(int unsigned a, int unsigned b);
    return a > b ? a : b;
  endfunction

  /// ceil(a / b), b > 0.
  function automatic int unsigned ceil_divide(int unsigned a, int unsigned b);
    return a / b + (a % b == 0 ? 0 : 1);
  endfunction

  /// Bits that tell `count` things apart, at least 1.
  function automatic int unsigned index_bits(int unsigned count);
    return count <= 2 ? 1 : $clog2(count);
  endfunction

  /// Bits that hold every value 0...`largest`, at least 1.
  function automatic int unsigned value_bits(longint unsigned largest);
    int unsigned bits;
    bits = 1;
    while (bits < 64 && (largest >> bits) != 0) bits++;
    return bits;
  endfunction

endpackage
