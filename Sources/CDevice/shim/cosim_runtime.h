// Included before everything else, in Verilator's runtime as well as in the model: sends what would end
// or disturb the process to the device instead.
#ifndef COSIM_RUNTIME_H
#define COSIM_RUNTIME_H

// Verilator then leaves these functions to cosim_device.cpp.
#define VL_USER_FINISH
#define VL_USER_STOP
#define VL_USER_STOP_MAYBE
#define VL_USER_FATAL
#define VL_USER_WARN

// Verilator 5.006 declares this one only in its own definition.
void vl_stop_maybe(const char* file, int line, const char* hierarchy, bool maybe);

// Everything that the model prints. Standard output belongs to the harness.
int cosim_print(const char* format, ...) __attribute__((format(printf, 1, 2)));
#define VL_PRINTF cosim_print

#endif
