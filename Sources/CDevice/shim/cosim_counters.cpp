// The counters of the counting flavour: what code compiled with
// -fsanitize-coverage=inline-8bit-counters,pc-table calls when it is loaded, kept for the harness. This file itself is
// compiled without.

#include "cosim_counters.h"

namespace {

cosim_counters counters = {nullptr, 0};

}  // namespace

// Called for each translation unit with the counters of the whole library.
extern "C" void __sanitizer_cov_8bit_counters_init(uint8_t* start, uint8_t* stop) {
  counters = {start, static_cast<size_t>(stop - start)};
}

extern "C" void __sanitizer_cov_pcs_init(const uintptr_t*, const uintptr_t*) {}

extern "C" __attribute__((visibility("default"))) cosim_counters cosim_device_counters(void) {
  return counters;
}
