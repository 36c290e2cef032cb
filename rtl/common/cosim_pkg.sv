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

  /// Cycles from operands to result of a `half_up_rescaler`.
  function automatic int unsigned half_up_rescaler_latency();
    return 5;
  endfunction

  /// Cycles from operands to result of a `gemmlowp_rescaler`.
  function automatic int unsigned gemmlowp_rescaler_latency();
    return 7;
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
