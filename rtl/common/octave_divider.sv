/// Splits a distance into whole octaves and a rest: with d = min(distance_i, Octaves * octave_i),
///   octaves_o = floor(d / octave_i), rest_o = d - octaves_o * octave_i.
/// All unsigned. Octave and limit come from `octave_limit`. Restoring division, one quotient bit a
/// stage behind the limit.
/// Free-running: one distance a cycle, latency cosim_pkg::octave_divider_latency(Octaves) cycles.
module octave_divider #(
  /// Bits of an octave, 1...32.
  parameter int unsigned OctaveBits = 17,
  /// Bits of a distance, 1...32.
  parameter int unsigned DistanceBits = 8,
  /// Largest number of octaves, 1...31.
  parameter int unsigned Octaves = 30,
  /// Do not overwrite: bits of `octaves_o`.
  localparam int unsigned CountBits = cosim_pkg::value_bits(64'(Octaves)),
  /// Do not overwrite: bits of a distance once limited.
  localparam int unsigned LimitedBits =
      cosim_pkg::limited_distance_bits(DistanceBits, OctaveBits, Octaves),
  /// Do not overwrite: bits of `rest_o`.
  localparam int unsigned RestBits = cosim_pkg::minimum(LimitedBits, OctaveBits)
) (
  input  logic                    clk_i,

  input  logic [OctaveBits-1:0]   octave_i,
  input  logic [LimitedBits-1:0]  limit_i,
  input  logic                    limited_i,

  input  logic [DistanceBits-1:0] distance_i,
  output logic [CountBits-1:0]    octaves_o,
  output logic [RestBits-1:0]     rest_o
);

  localparam int unsigned StepBits = cosim_pkg::maximum(LimitedBits, OctaveBits + CountBits);

  // rest[i] and octaves[i] come out of stage i: first the limit, then one quotient bit a stage.
  logic [LimitedBits-1:0] rest_d [CountBits+1], rest_q [CountBits+1];
  logic [CountBits-1:0]   octaves_d [CountBits+1], octaves_q [CountBits+1];

  always_comb begin
    rest_d[0]    = LimitedBits'(distance_i);
    octaves_d[0] = '0;
    if (limited_i && distance_i > DistanceBits'(limit_i)) rest_d[0] = limit_i;
  end

  for (genvar i = 0; i < CountBits; i++) begin : gen_step
    localparam int unsigned Place = CountBits - 1 - i;
    logic [StepBits-1:0] step;

    assign step = StepBits'(octave_i) << Place;

    always_comb begin
      rest_d[i+1]    = rest_q[i];
      octaves_d[i+1] = octaves_q[i];
      if (StepBits'(rest_q[i]) >= step) begin
        rest_d[i+1]           = rest_q[i] - LimitedBits'(step);
        octaves_d[i+1][Place] = 1'b1;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    for (int unsigned i = 0; i <= CountBits; i++) begin
      rest_q[i]    <= rest_d[i];
      octaves_q[i] <= octaves_d[i];
    end
  end

  assign octaves_o = octaves_q[CountBits];
  assign rest_o    = rest_q[CountBits][RestBits-1:0];

endmodule
