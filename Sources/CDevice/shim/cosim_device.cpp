// The device ABI over one Verilated model.
//
// Compiled as one translation unit together with everything that Verilator generates for the model. What
// varies from device to device:
//
//   cosim_ports.inc    COSIM_PORT(name, member, direction, bits, bytes, rank, extents...) for each port
//   cosim_model.inc    an #include of each generated C++ file
//   COSIM_TOP, COSIM_CONTENT_KEY, COSIM_SIMULATOR   string literals
//   COSIM_PARAMETERS   {"Name", value}, ... for each parameter; may be empty
//   COSIM_SKIPS_INPUTS   defined if the model leaves it to this file to begin `__VicoIterCount`, the passes over
//                        logic between inputs and registers that an evaluation has made: 0, or 1 to make none

#include "cosim_runtime.h"

#include <cstring>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "cosim_model_hooks.h"

#define VL_READMEM_N cosim_read_memory
#include "cosim_model.inc"
#undef VL_READMEM_N

#include "cosim_evaluation.h"
#include "cosim_instance.h"
#include "cosim_pins.h"
#include "cosim_reports.h"
#include "cosim_waves.h"

// Every context asks for the number of processors, for which the C library reads files of the system. A model
// has one thread; the answer is for this library alone, which exports nothing but the table.
unsigned int std::thread::hardware_concurrency() noexcept { return 1; }

namespace {

int seed_of(uint64_t seed) {
  // Verilator's seed has 31 bits, and 0 stands for one that differs from run to run. Mixed (splitmix64),
  // so that neighbouring seeds give unrelated values.
  seed += 0x9E3779B97F4A7C15u;
  seed = (seed ^ (seed >> 30)) * 0xBF58476D1CE4E5B9u;
  seed = (seed ^ (seed >> 27)) * 0x94D049BB133111EBu;
  seed ^= seed >> 31;
  return static_cast<int>(1 + seed % 0x7FFFFFFE);
}

cosim_instance* create(const cosim_options* options, char* error, size_t capacity) {
  // Verilator draws initial values from a generator of the thread, which the seeding of any other
  // context of this library would restart.
  static std::mutex drawing;
  const std::lock_guard<std::mutex> guard{drawing};
  try {
    auto instance = std::make_unique<cosim_instance>();
    enter(instance.get());
    if (options->directory) instance->directory = options->directory;
    // A context for more would start them.
    instance->threads(1);
    instance->traceEverOn(true);
    instance->randReset(static_cast<int>(options->initial_values));
    instance->randSeed(seed_of(options->seed));
    try {
      instance->model = std::make_unique<Model>(static_cast<VerilatedContext*>(instance.get()));
    } catch (const Unwind&) {
      explain(error, capacity, instance->first.message);
      leave();
      return nullptr;
    }
    for (uint32_t index = 0; index < port_count; ++index) {
      if (ports[index].direction != COSIM_INPUT) continue;
      std::memset(port_address(*instance->model, index), 0, port_bytes(ports[index]));
    }
    // Runs `initial` blocks, too, which evaluate() does not.
    begin(*instance->model->rootp, true);
    try {
      instance->model->eval();
    } catch (const Unwind&) {
      // Recorded by vl_fatal.
    }
    return instance.release();
  } catch (const std::exception& exception) {
    leave();
    explain(error, capacity, exception.what());
    return nullptr;
  }
}

void destroy(cosim_instance* instance) {
  if (!instance) return;
  enter(instance);
  trace_close(instance);
  if (!instance->dead) {
    try {
      instance->model->final();
    } catch (const Unwind&) {
    }
  }
  instance->model.reset();
  delete instance;
  leave();
}

int take_failure(cosim_instance* instance, cosim_failure* failure) {
  if (!instance->failed) return 0;
  instance->taken = std::move(instance->first);
  instance->first = Failure{};
  instance->failed = 0;
  instance->gotFinish(false);
  const Failure& taken = instance->taken;
  *failure = {taken.kind,           taken.line,          taken.file.c_str(),
              taken.message.c_str(), taken.scope.c_str(), taken.time};
  return 1;
}

const cosim_device table = {
    COSIM_ABI_VERSION,
    sizeof(cosim_device),
    sizeof(cosim_port),
    sizeof(cosim_parameter),
    sizeof(cosim_options),
    sizeof(cosim_failure),
    COSIM_FEATURE_TRACE,
    port_count,
    parameter_count,
    0,
    COSIM_TOP,
    COSIM_CONTENT_KEY,
    COSIM_SIMULATOR,
    ports,
    parameters,
    create,
    destroy,
    [](cosim_instance* instance, uint32_t index) -> void* {
      return port_address(*instance->model, index);
    },
    [](cosim_instance* instance) -> uint64_t* { return &instance->now; },
    [](cosim_instance* instance) -> const uint32_t* { return &instance->failed; },
    evaluate<true>,
#ifdef COSIM_SKIPS_INPUTS
    evaluate<false>,
#else
    nullptr,
#endif
    take_failure,
    [](cosim_instance* instance, int on) { instance->assertOn(on != 0); },
    [](cosim_instance* instance, cosim_output output, void* context) {
      instance->output = output;
      instance->output_context = context;
    },
    trace_open,
    trace_dump,
    trace_close,
    nullptr,
    nullptr,
    nullptr,
};

}  // namespace

extern "C" __attribute__((visibility("default"))) const cosim_device* cosim_device_table(void) {
  return &table;
}
