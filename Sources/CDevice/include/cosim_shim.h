/// The text of the C++ shim that implements the device ABI over a Verilated model, for the program that
/// builds devices.
#ifndef COSIM_SHIM_H
#define COSIM_SHIM_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// One file of the shim.
typedef struct cosim_shim_file {
  const char *name;
  const unsigned char *text;
  size_t length;
} cosim_shim_file;

/// File number `index`; one without name and text behind the last. The files include each other by name.
cosim_shim_file cosim_shim_file_at(size_t index);

/// File number `index` of those that the counting flavour has in addition; one without name and text behind
/// the last.
cosim_shim_file cosim_counters_file_at(size_t index);

/// The file that models with line coverage need besides.
cosim_shim_file cosim_coverage_file(void);

#ifdef __cplusplus
}
#endif

#endif
