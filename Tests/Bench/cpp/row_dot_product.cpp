// A testbench of row_dot_product as one would write it for speed: rows are made, answered, driven and
// compared in one loop around the model's own members.
#include "bench.h"

namespace {

constexpr int kLanes = 16;
constexpr int kMaxLength = 256;

// The rows that are under way, in order.
class Rows {
 public:
  explicit Rows(uint64_t seed) : random_{seed} {}

  // Makes a row and its answer.
  void next() {
    length_ = static_cast<int>(random_() % kMaxLength) + 1;
    fill(random_, a_, sizeof a_ < padded() ? sizeof a_ : padded());
    fill(random_, b_, sizeof b_ < padded() ? sizeof b_ : padded());
    int32_t sum = 0;
    for (int i = 0; i < length_; ++i) sum += static_cast<int32_t>(a_[i]) * b_[i];
    expected.push_back(sum);
    at_ = 0;
  }

  bool done() const { return at_ >= length_; }

  // Puts the next beat on the pins; lanes behind the end hold the arbitrary bytes that follow.
  void present(Vcosim& top) {
    std::memcpy(&top.operands_a_i, a_ + at_, kLanes);
    std::memcpy(&top.operands_b_i, b_ + at_, kLanes);
    const int left = length_ - at_;
    top.operands_keep_i = left >= kLanes ? 0xFFFF : (1 << left) - 1;
    top.operands_last_i = left <= kLanes;
    at_ += kLanes;
  }

  // No beat is on the pins: nobody may look at them, so they hold the complement of the last.
  static void withdraw(Vcosim& top) {
    top.operands_valid_i = 0;
    invert(&top.operands_a_i, kLanes);
    invert(&top.operands_b_i, kLanes);
    top.operands_keep_i = ~top.operands_keep_i;
    top.operands_last_i = !top.operands_last_i;
  }

  std::deque<int32_t> expected;

 private:
  size_t padded() const { return (length_ + kLanes - 1) / kLanes * kLanes; }

  std::mt19937_64 random_;
  int8_t a_[kMaxLength];
  int8_t b_[kMaxLength];
  int length_ = 0;
  int at_ = 0;
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
  Rows rows{seed};
  Stalls in_stalls{seed * 2 + 1}, out_stalls{seed * 4 + 3};
  Activity in, out;
  top->operands_valid_i = 0;  // inputs, too, begin with random values
  reset(*top);

  uint64_t sent = 0, received = 0, cycle = 0, last_move = 0;
  bool holding = false;  // a beat is on the pins
  bool waiting = false;  // the sum was valid and not taken
  uint32_t held = 0;
  rows.next();
  while (received < transactions) {
    if (!holding) {
      if (sent < transactions && in_stalls.may_move()) {
        rows.present(*top);
        top->operands_valid_i = 1;
        holding = true;
      } else if (top->operands_valid_i) {
        Rows::withdraw(*top);
      }
    }
    top->sums_ready_i = out_stalls.may_move();
    top->clk_i = 0;
    top->eval();

    const bool in_moves = top->operands_valid_i && top->operands_ready_o;
    const bool out_valid = top->sums_valid_o;
    const bool out_moves = out_valid && top->sums_ready_i;
    const uint32_t sum = top->sums_data_o;
    in.count(top->operands_valid_i, top->operands_ready_o);
    out.count(out_valid, top->sums_ready_i);
    if (waiting && !(out_valid && sum == held)) fail(cycle, "the sum did not wait to be taken");
    waiting = out_valid && !out_moves;
    held = sum;
    if (out_moves) {
      if (rows.expected.empty()) fail(cycle, "a sum that nobody asked for");
      if (static_cast<int32_t>(sum) != rows.expected.front()) fail(cycle, "wrong sum");
      rows.expected.pop_front();
      ++received;
    }
    if (in_moves || out_moves) last_move = cycle;
    if (cycle - last_move > 10000) fail(cycle, "nothing moves");

    top->clk_i = 1;
    top->eval();
    ++cycle;
    if (in_moves) {
      holding = false;
      if (rows.done() && ++sent < transactions) rows.next();
    }
  }
  if (in.transfer == 0 || out.transfer != transactions) fail(cycle, "too little has moved");
  watch.report(cycle, received);
}
