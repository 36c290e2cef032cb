// A testbench of int8_gemm (default configuration) as one would write it for speed: a product is made,
// answered and cut into beats when a stream runs dry, and driven and compared in one loop around the
// model's own members.
#include <algorithm>
#include <array>
#include <cmath>

#include "bench.h"

namespace {

constexpr int kRows = 8;
constexpr int kColumns = 8;
constexpr int kDepth = 4;

using Operands = std::array<int8_t, 32>;  // a beat of a or of w

struct Shape {
  uint32_t m, n, k;
};

struct Constants {
  std::array<int32_t, kColumns> bias;
  std::array<uint32_t, kColumns> multiplier;
  uint64_t exponent;  // 7 bits each
};

// Puts a beat on the pins of its stream.
void drive(Vcosim& top, const Shape& beat) {
  top.shape_m_i = beat.m;
  top.shape_n_i = beat.n;
  top.shape_k_i = beat.k;
}

void drive(Vcosim& top, const Constants& beat) {
  std::memcpy(&top.channel_bias_i, beat.bias.data(), sizeof beat.bias);
  std::memcpy(&top.channel_multiplier_i, beat.multiplier.data(), sizeof beat.multiplier);
  top.channel_exponent_i = beat.exponent;
}

void drive(Vcosim& top, const Operands& beat, bool is_weight) {
  if (is_weight) std::memcpy(&top.w_data_i, beat.data(), sizeof beat);
  else std::memcpy(&top.a_data_i, beat.data(), sizeof beat);
}

// One input stream: what is still to cross, and what it did.
template <typename Beat>
struct Source {
  explicit Source(uint64_t seed) : stalls{seed} {}

  // Presents a beat if none waits and none is withheld; `drive_beat` puts it on the pins.
  template <typename Drive, typename Invert>
  void offer(CData& valid, Drive drive_beat, Invert invert_pins) {
    if (holding) return;
    if (!beats.empty() && stalls.may_move()) {
      drive_beat(beats.front());
      valid = 1;
      holding = true;
    } else if (valid) {
      // Nobody may look at the pins, so they hold the complement of the last beat.
      valid = 0;
      invert_pins();
    }
  }

  bool settle(bool valid, bool ready) {
    activity.count(valid, ready);
    moves = valid && ready;
    return moves;
  }

  void rise() {
    if (!moves) return;
    beats.pop_front();
    holding = false;
  }

  std::deque<Beat> beats;
  Stalls stalls;
  Activity activity;
  bool holding = false, moves = false;
};

// Products, in order: beats of every stream and the beats expected.
class Products {
 public:
  explicit Products(uint64_t seed)
      : shapes{seed * 2 + 1}, weights{seed * 4 + 3}, constants{seed * 6 + 5},
        activations{seed * 8 + 7}, random_{seed} {}

  // Makes a product, its answer and its beats.
  void next() {
    draw_shape();
    draw_operands(a_, m_ * k_);
    draw_operands(w_, n_ * k_);
    draw_constants();
    answer();
    shapes.beats.push_back({static_cast<uint32_t>(m_), static_cast<uint32_t>(n_),
                            static_cast<uint32_t>(k_)});
    for (int n = 0; n < n_; n += kColumns) {
      push_constants(n);
      for (int k = 0; k < k_; k += kDepth) weights.beats.push_back(tile(w_, n, n_, k));
      for (int m = 0; m < m_; m += kRows) {
        for (int k = 0; k < k_; k += kDepth) activations.beats.push_back(tile(a_, m, m_, k));
      }
      for (int m = 0; m < m_; ++m) {
        uint64_t beat = 0;
        std::memcpy(&beat, &y_[m * n_ + n], std::min(kColumns, n_ - n));
        expected.push_back(beat);
      }
    }
  }

  Source<Shape> shapes;
  Source<Operands> weights;
  Source<Constants> constants;
  Source<Operands> activations;
  std::deque<uint64_t> expected;

 private:
  int in(int low, int high) { return low + static_cast<int>(random_() % (high - low + 1)); }

  // The shapes that the harness draws.
  int extent(int tile) {
    switch (in(0, 7)) {
      case 0: return 1;
      case 1: return tile;
      case 2: return 2 * tile;
      case 3: return tile + 1;
      default: return in(1, 2 * tile + 1);
    }
  }

  void draw_shape() {
    switch (in(0, 63)) {
      case 0:
        m_ = in(2 * kRows, 4 * kRows);
        n_ = in(2 * kColumns, 4 * kColumns);
        k_ = in(1, 4 * kDepth);
        break;
      case 1:
        m_ = in(1, kRows);
        n_ = in(1, 2 * kColumns);
        k_ = in(16 * kDepth, 64 * kDepth);
        break;
      default:
        m_ = extent(kRows);
        n_ = extent(kColumns);
        k_ = extent(8 * kDepth);
    }
  }

  void draw_operands(std::vector<int8_t>& values, int count) {
    values.resize(count);
    fill(random_, values.data(), count);
    const int style = in(0, 9);
    if (style == 0) {
      for (auto& value : values) value = value < 0 ? -128 : 127;
    } else if (style == 1) {
      for (auto& value : values) value = (value & 3) == 0 ? value : 0;
    } else if (style <= 3) {
      for (auto& value : values) value >>= 5;
    } else if (style == 4) {
      std::fill(values.begin(), values.end(), in(0, 1) == 0 ? -128 : 127);
    }
  }

  void draw_constants() {
    const int fit = 6 + static_cast<int>(std::log2(k_)) / 2;
    bias_.resize(n_);
    multiplier_.resize(n_);
    exponent_.resize(n_);
    for (int n = 0; n < n_; ++n) {
      const uint64_t word = random_();
      const int64_t limit = INT32_MAX - int64_t{k_} * 16384;
      const int64_t range = (word >> 1 & 7) == 0 ? limit : std::min(limit, int64_t{1} << (fit + 7));
      const int64_t magnitude = static_cast<int64_t>(random_() % (range + 1));
      bias_[n] = static_cast<int32_t>(word & 1 ? magnitude : -magnitude);
      multiplier_[n] = (word >> 4 & 3) == 0 ? 1u << 30 : (1u << 30) + (word >> 34);
      exponent_[n] = 31 + fit - 3 + (word >> 8) % 7;
    }
  }

  void answer() {
    y_.resize(m_ * n_);
    for (int m = 0; m < m_; ++m) {
      for (int n = 0; n < n_; ++n) {
        int32_t sum = bias_[n];
        for (int k = 0; k < k_; ++k) sum += int32_t{a_[m * k_ + k]} * w_[n * k_ + k];
        const int64_t product = int64_t{sum} * multiplier_[n];
        const int64_t one = int64_t{1} << exponent_[n];
        int64_t quotient = product >> exponent_[n];
        const int64_t rest = product & (one - 1);
        quotient += 2 * rest > one || (2 * rest == one && (quotient & 1));
        y_[m * n_ + n] = static_cast<int8_t>(std::clamp<int64_t>(quotient, -128, 127));
      }
    }
  }

  // 8 rows by 4 elements; arbitrary bytes beyond the matrix.
  Operands tile(const std::vector<int8_t>& matrix, int row, int rows, int k) {
    Operands beat;
    const int depth = std::min(kDepth, k_ - k);
    if (depth < kDepth || rows - row < kRows) fill(random_, beat.data(), beat.size());
    for (int r = 0; r < std::min(kRows, rows - row); ++r) {
      std::memcpy(&beat[r * kDepth], &matrix[(row + r) * k_ + k], depth);
    }
    return beat;
  }

  void push_constants(int first) {
    Constants beat;
    beat.exponent = random_() >> 8;
    for (int c = 0; c < kColumns; ++c) {
      const int n = std::min(first + c, n_ - 1);
      beat.bias[c] = bias_[n];
      beat.multiplier[c] = multiplier_[n];
      beat.exponent &= ~(uint64_t{127} << (7 * c));
      beat.exponent |= uint64_t(exponent_[n]) << (7 * c);
    }
    constants.beats.push_back(beat);
  }

  std::mt19937_64 random_;
  int m_ = 0, n_ = 0, k_ = 0;
  std::vector<int8_t> a_, w_, y_;
  std::vector<int32_t> bias_;
  std::vector<uint32_t> multiplier_;
  std::vector<int> exponent_;
};

}  // namespace

int main(int argc, char** argv) {
  const uint64_t transactions = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10000;
  const uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  const Stopwatch watch;
  VerilatedContext context;
  context.randReset(2);
  context.randSeed(static_cast<int>(seed));
  const auto top = std::make_unique<Vcosim>(&context);
  Products products{seed};
  auto& shapes = products.shapes;
  auto& weights = products.weights;
  auto& constants = products.constants;
  auto& activations = products.activations;
  auto& expected = products.expected;
  Stalls out_stalls{seed * 10 + 9};
  Activity out;
  top->shape_valid_i = top->w_valid_i = top->channel_valid_i = top->a_valid_i = 0;
  reset(*top);

  uint64_t made = 0, cycle = 0, last_move = 0, compared = 0;
  bool waiting = false;
  uint64_t held = 0;
  while (true) {
    const bool is_dry = shapes.beats.empty() || weights.beats.empty() ||
                        constants.beats.empty() || activations.beats.empty();
    if (is_dry && made < transactions) {
      products.next();
      ++made;
    }
    if (made == transactions && expected.empty()) break;
    shapes.offer(
        top->shape_valid_i, [&](const Shape& beat) { drive(*top, beat); },
        [&] { drive(*top, Shape{~top->shape_m_i & 0x1FFFF, ~top->shape_n_i & 0x1FFFF,
                                ~top->shape_k_i & 0x1FFFF}); });
    weights.offer(
        top->w_valid_i, [&](const Operands& beat) { drive(*top, beat, true); },
        [&] { invert(&top->w_data_i, sizeof(Operands)); });
    constants.offer(
        top->channel_valid_i, [&](const Constants& beat) { drive(*top, beat); },
        [&] {
          invert(&top->channel_bias_i, 32);
          invert(&top->channel_multiplier_i, 32);
          top->channel_exponent_i = ~top->channel_exponent_i & 0xFFFFFFFFFFFFFF;
        });
    activations.offer(
        top->a_valid_i, [&](const Operands& beat) { drive(*top, beat, false); },
        [&] { invert(&top->a_data_i, sizeof(Operands)); });
    top->y_ready_i = out_stalls.may_move();
    top->clk_i = 0;
    top->eval();

    bool moves = shapes.settle(top->shape_valid_i, top->shape_ready_o);
    moves |= weights.settle(top->w_valid_i, top->w_ready_o);
    moves |= constants.settle(top->channel_valid_i, top->channel_ready_o);
    moves |= activations.settle(top->a_valid_i, top->a_ready_o);
    const bool out_valid = top->y_valid_o;
    const bool out_moves = out_valid && top->y_ready_i;
    const uint64_t y = top->y_data_o;
    out.count(out_valid, top->y_ready_i);
    if (waiting && !(out_valid && y == held)) fail(cycle, "a beat did not wait");
    waiting = out_valid && !out_moves;
    held = y;
    if (out_moves) {
      if (expected.empty()) fail(cycle, "a beat that nobody asked for");
      if (y != expected.front()) fail(cycle, "wrong product");
      expected.pop_front();
      ++compared;
    }
    if (moves || out_moves) last_move = cycle;
    if (cycle - last_move > 10000) fail(cycle, "nothing moves");

    top->clk_i = 1;
    top->eval();
    ++cycle;
    shapes.rise();
    weights.rise();
    constants.rise();
    activations.rise();
  }
  if (compared == 0 || out.transfer != compared) fail(cycle, "too little has moved");
  watch.report(cycle, made);
}
