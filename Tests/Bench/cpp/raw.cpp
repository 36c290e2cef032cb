// Evaluations of the model and nothing else: two for each cycle, the inputs at rest.
#include "bench.h"

int main(int argc, char** argv) {
  const uint64_t cycles = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1000000;
  VerilatedContext context;
  const auto top = std::make_unique<Vcosim>(&context);
  reset(*top);
  const Stopwatch watch;
  for (uint64_t cycle = 0; cycle < cycles; ++cycle) {
    top->clk_i = 0;
    top->eval();
    top->clk_i = 1;
    top->eval();
  }
  watch.report(cycles, 0);
}
