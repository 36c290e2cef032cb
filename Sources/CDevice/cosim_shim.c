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
static const unsigned char runtime[] = {
#embed "shim/cosim_runtime.h"
};

const cosim_shim_file cosim_shim_files[] = {
    {"cosim_device.h", header, sizeof header},
    {"cosim_device.cpp", shim, sizeof shim},
    {"cosim_runtime.h", runtime, sizeof runtime},
};
const size_t cosim_shim_file_count = sizeof cosim_shim_files / sizeof *cosim_shim_files;
