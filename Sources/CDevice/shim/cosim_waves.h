// Waveforms: compiled into every model, written while one is open.
#ifndef COSIM_WAVES_H
#define COSIM_WAVES_H

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "cosim_instance.h"

namespace {

void trace_close(cosim_instance* instance) {
  if (!instance->trace) return;
  enter(instance);
  try {
    instance->trace->close();
  } catch (const Unwind&) {
  }
  instance->trace.reset();
}

int trace_open(
    cosim_instance* instance, const char* path, uint32_t depth, char* error, size_t capacity) {
  trace_close(instance);
  enter(instance);
  // The writer reports nothing but "not open".
  if (std::FILE* file = std::fopen(path, "wb")) {
    std::fclose(file);
  } else {
    explain(error, capacity, std::strerror(errno));
    return -1;
  }
  try {
    instance->trace = std::make_unique<VerilatedFstC>();
    instance->model->trace(instance->trace.get(), depth ? static_cast<int>(depth) : 99);
    instance->trace->open(path);
    if (instance->trace->isOpen()) return 0;
    explain(error, capacity, "the FST writer did not open the file");
  } catch (const Unwind&) {
    explain(error, capacity, instance->first.message);
  }
  instance->trace.reset();
  return -1;
}

void trace_dump(cosim_instance* instance, uint64_t time) {
  if (!instance->trace) return;
  enter(instance);
  try {
    instance->trace->dump(time);
  } catch (const Unwind&) {
  }
}

}  // namespace

#endif
