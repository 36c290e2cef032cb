/// What a library of the counting flavour offers beside the device table: how often each edge of the model's
/// code was taken. The counters guide a search; they are no coverage report.
///
/// Such a library exports a second symbol, the function `cosim_device_counters`. The counters belong to the
/// library, not to an instance: whoever wants to attribute them runs one instance at a time in it, or loads
/// a copy of the file.
#ifndef COSIM_COUNTERS_H
#define COSIM_COUNTERS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The second exported symbol.
#define COSIM_COUNTERS_SYMBOL "cosim_device_counters"

/// One counter an edge, in an order that depends on the build alone. A counter wraps around at 256.
/// Whoever reads them may also write them, to begin anew.
typedef struct cosim_counters {
  uint8_t *first;
  size_t count;
} cosim_counters;

/// Returns the counters, which live as long as the library is loaded.
typedef cosim_counters (*cosim_counters_function)(void);

#ifdef __cplusplus
}
#endif

#endif
