// What both C++ testbenches share: stalls, the clock, and the checks that any stream gets.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <deque>
#include <memory>
#include <random>
#include <vector>

#include "Vcosim.h"
#include "verilated.h"

// Random stalls with the probabilities of the harness's profile `random`: one for some dozens of cycles, then
// another.
class Stalls {
 public:
  explicit Stalls(uint64_t seed) : state_{seed} {}

  bool may_move() {
    const uint64_t word = draw();
    if (left_ == 0) {
      static constexpr uint8_t thresholds[] = {24, 64, 128, 192, 230, 255};
      left_ = 16 + static_cast<int>((word >> 8 & 63) * 3 / 4);
      threshold_ = thresholds[(word >> 16) % 6];
    }
    --left_;
    return static_cast<uint8_t>(word) <= threshold_;
  }

 private:
  uint64_t draw() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 0x2545F4914F6CDD1Du >> 32;
  }

  uint64_t state_;
  int left_ = 0;
  uint8_t threshold_ = 0;
};

// How often a stream moved, and why it did not.
struct Activity {
  uint64_t transfer = 0, starved = 0, blocked = 0, idle = 0;

  void count(bool valid, bool ready) {
    ++(valid ? ready ? transfer : blocked : ready ? starved : idle);
  }
};

// Arbitrary bytes, eight a draw.
inline void fill(std::mt19937_64& random, int8_t* bytes, size_t count) {
  for (size_t i = 0; i < count; i += 8) {
    const uint64_t word = random();
    std::memcpy(bytes + i, &word, count - i < 8 ? count - i : 8);
  }
}

// Turns over every bit of a wide port.
inline void invert(void* port, size_t count) {
  auto* const bytes = static_cast<uint8_t*>(port);
  for (size_t i = 0; i < count; ++i) bytes[i] = static_cast<uint8_t>(~bytes[i]);
}

[[noreturn]] inline void fail(uint64_t cycle, const char* what) {
  std::fprintf(stderr, "cycle %llu: %s\n", static_cast<unsigned long long>(cycle), what);
  std::exit(1);
}

// One line that ci/bench reads.
class Stopwatch {
 public:
  void report(uint64_t cycles, uint64_t transactions) const {
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start_;
    const double processor = static_cast<double>(std::clock() - ticks_) / CLOCKS_PER_SEC;
    std::printf("cycles %llu transactions %llu seconds %.6f processor %.6f\n",
                static_cast<unsigned long long>(cycles),
                static_cast<unsigned long long>(transactions), time.count(), processor);
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::clock_t ticks_ = std::clock();
};

inline void reset(Vcosim& top) {
  top.rst_ni = 0;
  for (int i = 0; i < 4; ++i) {
    top.clk_i = 0;
    top.eval();
    top.clk_i = 1;
    top.eval();
  }
  top.clk_i = 0;
  top.eval();
  top.rst_ni = 1;
}
