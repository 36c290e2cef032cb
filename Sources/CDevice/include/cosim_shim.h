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

/// The files, `cosim_shim_file_count` of them; they include each other by name.
extern const cosim_shim_file cosim_shim_files[];
extern const size_t cosim_shim_file_count;

#ifdef __cplusplus
}
#endif

#endif
