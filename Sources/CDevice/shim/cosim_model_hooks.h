// Included before the model: what its own text calls in the place of Verilator's macros.
#ifndef COSIM_MODEL_HOOKS_H
#define COSIM_MODEL_HOOKS_H

#include <cstdint>
#include <string>
#include <utility>

#include "verilated.h"

// Relative names of files begin at the folder of the instance.
static std::string cosim_resolved(const std::string& name);

template <typename... Rest>
static void cosim_read_memory(
    bool hex, int bits, QData depth, int first, const std::string& name, Rest&&... rest) {
  VL_READMEM_N(hex, bits, depth, first, cosim_resolved(name), std::forward<Rest>(rest)...);
}

template <typename... Rest>
static void cosim_read_memory(bool hex, int bits, const std::string& name, Rest&&... rest) {
  VL_READMEM_N(hex, bits, cosim_resolved(name), std::forward<Rest>(rest)...);
}

// Newer Verilator draws the initial value of a variable from its name alone, so that all words of a memory begin
// alike. The number of the draw makes them differ.
static uint64_t cosim_next_draw();

#define VL_SCOPED_RAND_RESET_I(bits, scope, salt) \
  VL_SCOPED_RAND_RESET_I(bits, scope, (salt) ^ cosim_next_draw())
#define VL_SCOPED_RAND_RESET_Q(bits, scope, salt) \
  VL_SCOPED_RAND_RESET_Q(bits, scope, (salt) ^ cosim_next_draw())
#define VL_SCOPED_RAND_RESET_W(bits, words, scope, salt) \
  VL_SCOPED_RAND_RESET_W(bits, words, scope, (salt) ^ cosim_next_draw())

#endif
