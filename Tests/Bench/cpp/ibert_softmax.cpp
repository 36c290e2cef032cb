// A testbench of ibert_softmax (default configuration) as one would write it for speed: rows are made,
// answered, driven and compared in one loop around the model's own members.
#include <algorithm>
#include <array>
#include <cmath>

#include "bench.h"

namespace {

constexpr int kLanes = 16;
constexpr int kMaxLength = 1024;
constexpr int kOctaves = 30;

struct Settings {
  int64_t x0, b, c;
  uint64_t multiplier;
  int exponent;

  // The integer constants of a scale, the requantiser calibrated to the largest exponential.
  explicit Settings(double scale) {
    x0 = static_cast<int64_t>(std::floor(-0.6931 / scale));
    b = static_cast<int64_t>(std::floor(0.96963238 / 0.35815147 / scale));
    c = static_cast<int64_t>(std::floor(1.0 / 0.35815147 / (scale * scale)));
    const float unit = static_cast<float>(std::ldexp(static_cast<double>(c), kOctaves) / 32767);
    int k = 0;
    const double fraction = std::frexp(1 / static_cast<double>(unit), &k);
    multiplier = static_cast<uint64_t>(std::round(std::ldexp(fraction, 31)));
    exponent = 31 - k;
  }

  void drive(Vcosim& top) const {
    top.cfg_x0_i = static_cast<uint32_t>(x0) & 0x3FFFF;
    top.cfg_b_i = static_cast<uint32_t>(b);
    top.cfg_c_i = static_cast<uint64_t>(c);
    top.cfg_exp_multiplier_i = static_cast<uint32_t>(multiplier);
    top.cfg_exp_exponent_i = static_cast<uint8_t>(exponent);
  }

  // The 16-bit exponential of a score `drop` below the maximum.
  int64_t exp16(int64_t drop) const {
    const int64_t depth = std::min(drop, -x0 * kOctaves);
    const int64_t q = depth / -x0;
    const int64_t r = -x0 * q - depth;
    const int64_t z = (r + b) * r + c;
    const int64_t e = z > 0 ? z << (kOctaves - q) : 0;
    const unsigned __int128 product = static_cast<unsigned __int128>(e) * multiplier;
    auto value = static_cast<uint64_t>(product >> exponent);
    const auto rest = product - (static_cast<unsigned __int128>(value) << exponent);
    const auto half = static_cast<unsigned __int128>(1) << (exponent - 1);
    if (rest > half || (rest == half && (value & 1))) ++value;
    return static_cast<int64_t>(std::min<uint64_t>(value, 32767));
  }
};

// Probabilities of a beat, packed as on the pins.
struct Beat {
  std::array<uint32_t, 5> data;
  uint16_t keep;
  bool last;

  bool operator==(const Beat& other) const {
    return data == other.data && keep == other.keep && last == other.last;
  }
};

class Rows {
 public:
  explicit Rows(uint64_t seed) : random_{seed} {}

  // Settings for the next 16 to 64 rows.
  Settings settings() {
    const Settings settings{std::ldexp(1 + (random_() & 0xFFFFF) * 0x1p-20, -6 - int(random_() % 7))};
    for (int drop = 0; drop < 256; ++drop) table_[drop] = settings.exp16(drop);
    spread_ = std::min(2.5 * static_cast<double>(-settings.x0), 63.5);
    left = 16 + static_cast<int>(random_() % 49);
    return settings;
  }

  // Makes a row and its answer.
  void next() {
    --left;
    length_ = length();
    at_ = 0;
    if (random_() % 3 == 0) {
      for (int i = 0; i < length_; ++i) scores_[i] = bell();
      fill(random_, scores_ + length_, padded() - length_);
    } else {
      fill(random_, scores_, padded());
    }
    answer();
  }

  bool done() const { return at_ >= length_; }

  // Puts the next beat on the pins; lanes behind the end hold arbitrary bytes.
  void present(Vcosim& top) {
    std::memcpy(&top.scores_data_i, scores_ + at_, kLanes);
    const int left = length_ - at_;
    top.scores_keep_i = left >= kLanes ? 0xFFFF : (1 << left) - 1;
    top.scores_last_i = left <= kLanes;
    at_ += kLanes;
  }

  // No beat is on the pins: nobody may look at them, so they hold the complement of the last.
  static void withdraw(Vcosim& top) {
    top.scores_valid_i = 0;
    invert(&top.scores_data_i, kLanes);
    top.scores_keep_i = ~top.scores_keep_i;
    top.scores_last_i = !top.scores_last_i;
  }

  std::deque<Beat> expected;
  int left = 0;

 private:
  size_t padded() const { return (length_ + kLanes - 1) / kLanes * kLanes; }

  int in(int low, int high) { return low + static_cast<int>(random_() % (high - low + 1)); }

  // Mostly short, some long, some whole beats: the lengths that the harness draws.
  int length() {
    switch (in(0, 9)) {
      case 0: case 1: case 2: case 3: return in(1, 2 * kLanes + 2);
      case 4: case 5: return kLanes * in(1, 8);
      case 6: case 7: return in(1, 192);
      case 8: return in(1, 1024);
      default: return in(0, 2) == 0 ? kMaxLength : in(1, 320);
    }
  }

  // About normal: the sum of twelve uniforms.
  int8_t bell() {
    int64_t sum = 0;
    for (int i = 0; i < 3; ++i) {
      const uint64_t word = random_();
      sum += (word & 0xFFFF) + (word >> 16 & 0xFFFF) + (word >> 32 & 0xFFFF) + (word >> 48);
    }
    const double value = (static_cast<double>(sum) - 6 * 65535) / 65536 * spread_;
    return static_cast<int8_t>(std::clamp(std::nearbyint(value), -128.0, 127.0));
  }

  void answer() {
    const int maximum = *std::max_element(scores_, scores_ + length_);
    int64_t sum = 0;
    for (int i = 0; i < length_; ++i) {
      exp16_[i] = table_[maximum - scores_[i]];
      sum += exp16_[i];
    }
    const int64_t factor = sum == 0 ? 0 : (int64_t{1} << 32) / sum;
    for (int start = 0; start < length_; start += kLanes) {
      const int lanes = std::min(kLanes, length_ - start);
      Beat beat{{}, static_cast<uint16_t>((1 << lanes) - 1), start + kLanes >= length_};
      for (int lane = 0; lane < lanes; ++lane) {
        const uint64_t value = exp16_[start + lane] * factor >> 24;
        const uint64_t bits = value << (9 * lane % 32);
        beat.data[9 * lane / 32] |= static_cast<uint32_t>(bits);
        if (bits >> 32) beat.data[9 * lane / 32 + 1] |= static_cast<uint32_t>(bits >> 32);
      }
      expected.push_back(beat);
    }
  }

  std::mt19937_64 random_;
  std::array<int64_t, 256> table_{};
  double spread_ = 0;
  int8_t scores_[kMaxLength + kLanes];
  int64_t exp16_[kMaxLength];
  int length_ = 0;
  int at_ = 0;
};

Beat sample(const Vcosim& top) {
  Beat beat{{}, top.probs_keep_o, top.probs_last_o != 0};
  std::memcpy(beat.data.data(), &top.probs_data_o, sizeof beat.data);
  return beat;
}

}  // namespace

int main(int argc, char** argv) {
  const uint64_t transactions = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10000;
  const uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  const Stopwatch watch;
  VerilatedContext context;
  context.randReset(2);
  context.randSeed(static_cast<int>(seed));
  const auto top = std::make_unique<Vcosim>(&context);
  Rows rows{seed};
  Stalls in_stalls{seed * 2 + 1}, out_stalls{seed * 4 + 3};
  Activity in, out;
  top->scores_valid_i = 0;  // inputs, too, begin with random values
  reset(*top);

  uint64_t begun = 0, received = 0, cycle = 0, last_move = 0;
  bool has_row = false;
  bool holding = false;  // a beat is on the pins
  bool waiting = false;  // a beat was valid and not taken
  Beat held{};
  while (received < transactions) {
    if (!has_row && begun < transactions) {
      // Settings change only while nothing is in flight.
      if (rows.left == 0 && rows.expected.empty()) rows.settings().drive(*top);
      if (rows.left > 0) {
        rows.next();
        ++begun;
        has_row = true;
      }
    }
    if (!holding) {
      if (has_row && in_stalls.may_move()) {
        rows.present(*top);
        top->scores_valid_i = 1;
        holding = true;
      } else if (top->scores_valid_i) {
        Rows::withdraw(*top);
      }
    }
    top->probs_ready_i = out_stalls.may_move();
    top->clk_i = 0;
    top->eval();

    const bool in_moves = top->scores_valid_i && top->scores_ready_o;
    const bool out_valid = top->probs_valid_o;
    const bool out_moves = out_valid && top->probs_ready_i;
    in.count(top->scores_valid_i, top->scores_ready_o);
    out.count(out_valid, top->probs_ready_i);
    if (waiting && !(out_valid && sample(*top) == held)) fail(cycle, "a beat did not wait");
    if (out_valid) held = sample(*top);
    waiting = out_valid && !out_moves;
    if (out_moves) {
      if (rows.expected.empty()) fail(cycle, "a beat that nobody asked for");
      if (!(held == rows.expected.front())) fail(cycle, "wrong probabilities");
      received += rows.expected.front().last;
      rows.expected.pop_front();
    }
    if (in_moves || out_moves) last_move = cycle;
    if (cycle - last_move > 10000) fail(cycle, "nothing moves");

    top->clk_i = 1;
    top->eval();
    ++cycle;
    if (in_moves) {
      holding = false;
      if (rows.done()) has_row = false;
    }
  }
  if (in.transfer == 0 || out.transfer == 0) fail(cycle, "nothing has moved");
  watch.report(cycle, received);
}
