#include "cosim_shim.h"

#if defined(__clang__) && __STDC_VERSION__ < 202311L
#pragma clang diagnostic ignored "-Wc23-extensions"
#endif

static const unsigned char header[] = {
#embed "include/cosim_device.h"
};
static const unsigned char shim[] = {
#embed "shim/cosim_device.cpp"
};
static const unsigned char evaluation[] = {
#embed "shim/cosim_evaluation.h"
};
static const unsigned char instance[] = {
#embed "shim/cosim_instance.h"
};
static const unsigned char model_hooks[] = {
#embed "shim/cosim_model_hooks.h"
};
static const unsigned char pins[] = {
#embed "shim/cosim_pins.h"
};
static const unsigned char reports[] = {
#embed "shim/cosim_reports.h"
};
static const unsigned char waves[] = {
#embed "shim/cosim_waves.h"
};
static const unsigned char runtime[] = {
#embed "shim/cosim_runtime.h"
};
static const unsigned char lz4[] = {
#embed "shim/lz4.h"
};

static const unsigned char counters_header[] = {
#embed "include/cosim_counters.h"
};
static const unsigned char counters[] = {
#embed "shim/cosim_counters.cpp"
};

static const unsigned char coverage[] = {
#embed "shim/cosim_coverage.h"
};

static const cosim_shim_file files[] = {
    {"cosim_device.h", header, sizeof header},
    {"cosim_device.cpp", shim, sizeof shim},
    {"cosim_evaluation.h", evaluation, sizeof evaluation},
    {"cosim_instance.h", instance, sizeof instance},
    {"cosim_model_hooks.h", model_hooks, sizeof model_hooks},
    {"cosim_pins.h", pins, sizeof pins},
    {"cosim_reports.h", reports, sizeof reports},
    {"cosim_waves.h", waves, sizeof waves},
    {"cosim_runtime.h", runtime, sizeof runtime},
    {"lz4.h", lz4, sizeof lz4},
};

static const cosim_shim_file counters_files[] = {
    {"cosim_counters.h", counters_header, sizeof counters_header},
    {"cosim_counters.cpp", counters, sizeof counters},
};

static const cosim_shim_file none = {NULL, NULL, 0};

cosim_shim_file cosim_coverage_file(void) {
  return (cosim_shim_file){"cosim_coverage.h", coverage, sizeof coverage};
}

cosim_shim_file cosim_shim_file_at(size_t index) {
  return index < sizeof files / sizeof *files ? files[index] : none;
}

cosim_shim_file cosim_counters_file_at(size_t index) {
  return index < sizeof counters_files / sizeof *counters_files ? counters_files[index] : none;
}
