/// Binary logarithm of a rounded quotient, without the quotient: with R = sum / exp rounded
/// halfToEven and f = floor(log2(R)),
///   k = f + (2 * (R - 2^f) >= 2^f)
///   zero_o = exp = 0 or k >= 2^CodeBits, code_o = zero_o ? 2^CodeBits - 1 : k.
/// exp = mantissa_i * 2^(exponent_i - MantissaBits + 1) and
/// sum = sum_i * 2^(sum_exponent_i - SumBits + 1) come normalised, that is with the most
/// significant bit set (a mantissa without it is an exp of 0), and sum is at least exp.
///
/// k >= j means R >= T(j), where T(1) = 2 and T(j) = 3 * 2^(j-2) from 2 on. That is
/// 2 * sum >= (2 * T(j) - 1) * exp, without equality where T(j) is odd, since ties go to even:
///   j = 1:          2 * sum        >= 3 * exp
///   j = 2:          2 * sum + exp  >  3 * 2^1 * exp
///   j = 3 and more: 2 * sum + exp  >= 3 * 2^(j-1) * exp
/// The normalised values say in which octave sum / exp lies, and each octave has one T(j) - 1/2, so
/// one such comparison decides. It is exact: no bit of either value is dropped.
/// Free-running: latency 3 cycles.
module log2_code #(
  /// Bits of an exponential's mantissa, 2 or more.
  parameter int unsigned MantissaBits = 22,
  /// Bits of the sum, MantissaBits...63.
  parameter int unsigned SumBits = 62,
  /// Bits of a code, 2...5.
  parameter int unsigned CodeBits = 4,
  /// Do not overwrite: bits of an exponent.
  localparam int unsigned ExponentBits = $clog2(SumBits)
) (
  input  logic                    clk_i,

  input  logic [MantissaBits-1:0] mantissa_i,
  input  logic [ExponentBits-1:0] exponent_i,
  input  logic [SumBits-1:0]      sum_i,
  input  logic [ExponentBits-1:0] sum_exponent_i,

  output logic [CodeBits-1:0]     code_o,
  output logic                    zero_o
);

  localparam int unsigned CompareBits = SumBits + 3;

  // Stage 1: the octave, 2^octaves <= sum / exp < 2^(octaves + 1) when `above`, else one lower.
  logic [ExponentBits-1:0] octaves_d, octaves_q;
  logic                    above_d, above_q;
  logic [MantissaBits-1:0] mantissa_q;
  logic [SumBits-1:0]      sum_q;

  assign octaves_d = sum_exponent_i - exponent_i;
  assign above_d   = sum_i >= {mantissa_i, {(SumBits - MantissaBits){1'b0}}};

  // Stage 2: the sides of the comparison, both over 2^sum_exponent when `above`, else twice that.
  logic [ExponentBits:0]    candidate_d, candidate_q;
  logic [SumBits-1:0]       aligned, term;
  logic [CompareBits-1:0]   left_d, left_q;
  logic [MantissaBits+1:0]  right_d, right_q;
  logic                     is_zero_d, is_zero_q;

  assign candidate_d = (ExponentBits + 1)'(octaves_q) + (ExponentBits + 1)'(above_q);
  assign aligned     = {mantissa_q, {(SumBits - MantissaBits){1'b0}}};
  assign term        = aligned >> (candidate_d - 1'b1);
  assign left_d      = (above_q ? CompareBits'(sum_q) << 1 : CompareBits'(sum_q) << 2)
      + (candidate_d == (ExponentBits + 1)'(1) ? '0 : CompareBits'(term));
  assign right_d     = {1'b0, mantissa_q, 1'b0} + {2'b0, mantissa_q};
  assign is_zero_d   = !mantissa_q[MantissaBits-1];

  // Stage 3: the comparison.
  logic [CompareBits-1:0] right;
  logic [ExponentBits:0]  k;
  logic                   reached, zero_d, zero_q;
  logic [CodeBits-1:0]    code_d, code_q;

  assign right   = CompareBits'(right_q) << (SumBits - MantissaBits);
  assign reached = candidate_q == (ExponentBits + 1)'(2) ? left_q > right : left_q >= right;
  assign k       = reached ? candidate_q : candidate_q - 1'b1;
  assign zero_d  = is_zero_q || (k >> CodeBits) != '0;
  assign code_d  = zero_d ? '1 : k[CodeBits-1:0];

  always_ff @(posedge clk_i) begin
    octaves_q   <= octaves_d;
    above_q     <= above_d;
    mantissa_q  <= mantissa_i;
    sum_q       <= sum_i;
    candidate_q <= candidate_d;
    left_q      <= left_d;
    right_q     <= right_d;
    is_zero_q   <= is_zero_d;
    zero_q      <= zero_d;
    code_q      <= code_d;
  end

  assign code_o = code_q;
  assign zero_o = zero_q;

endmodule
