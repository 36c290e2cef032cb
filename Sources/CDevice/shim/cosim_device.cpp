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

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <type_traits>
#include <utility>

#include "verilated.h"
#include "verilated_fst_c.h"

#include "cosim_device.h"

// MARK: Files that the RTL reads

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

// MARK: Initial values

// Newer Verilator draws the initial value of a variable from its name alone, so that all words of a memory begin
// alike. The number of the draw makes them differ.
static uint64_t cosim_next_draw();

#define VL_SCOPED_RAND_RESET_I(bits, scope, salt) \
  VL_SCOPED_RAND_RESET_I(bits, scope, (salt) ^ cosim_next_draw())
#define VL_SCOPED_RAND_RESET_Q(bits, scope, salt) \
  VL_SCOPED_RAND_RESET_Q(bits, scope, (salt) ^ cosim_next_draw())
#define VL_SCOPED_RAND_RESET_W(bits, words, scope, salt) \
  VL_SCOPED_RAND_RESET_W(bits, words, scope, (salt) ^ cosim_next_draw())

// MARK: Model

#define VL_READMEM_N cosim_read_memory
#include "cosim_model.inc"
#undef VL_READMEM_N

// MARK: Instance

namespace {

using Model = Vcosim;

// Thrown by vl_fatal, after which the model cannot be evaluated further: Verilator's own loops rely on
// its not returning.
struct Unwind {};

struct Failure {
  uint32_t kind = 0;
  uint32_t line = 0;
  std::string file;
  std::string message;
  std::string scope;
  uint64_t time = 0;
};

}  // namespace

struct cosim_instance final : VerilatedContext {
  // The hot members first.
  uint32_t failed = 0;
  bool dead = false;
  uint64_t draws = 0;
  uint64_t now = 0;
  std::unique_ptr<Model> model;

  std::unique_ptr<VerilatedFstC> trace;
  std::string directory;
  cosim_output output = nullptr;
  void* output_context = nullptr;
  // Text printed since the last line end: `$error` prints its message, then calls vl_stop_maybe.
  std::string line;
  // The last complete line that reports an error.
  std::string report;
  Failure first;
  Failure taken;

  void print(const char* text, size_t length);
  void fail(uint32_t kind, const char* file, int line, std::string message, std::string scope = "");
};

namespace {

// `%Error: file:line: message`, perhaps after a time in brackets. Returns the length of what stands before
// the file, 0 if `line` is no such report.
size_t report_prefix(const std::string& line, bool* is_fatal) {
  size_t start = 0;
  if (!line.empty() && line[0] == '[') {
    start = line.find("] ");
    if (start == std::string::npos) return 0;
    start += 2;
  }
  *is_fatal = line.compare(start, 7, "%Fatal:") == 0;
  if (!*is_fatal && line.compare(start, 7, "%Error:") != 0) return 0;
  return start + 7;
}

// The instance that this thread entered last. Verilator also knows, but asking it costs more, and telling it
// writes a variable that all threads share: done on every evaluation that would keep their caches busy
// with each other.
thread_local cosim_instance* entered = nullptr;

inline void enter(cosim_instance* instance) {
  if (VL_LIKELY(entered == instance)) return;
  entered = instance;
  Verilated::threadContextp(instance);
}

inline void leave() {
  entered = nullptr;
  Verilated::threadContextp(nullptr);
}

void explain(char* error, size_t capacity, const std::string& text) {
  if (error && capacity) std::snprintf(error, capacity, "%s", text.c_str());
}

}  // namespace

static uint64_t cosim_next_draw() { return 0x9E3779B97F4A7C15u * entered->draws++; }

static std::string cosim_resolved(const std::string& name) {
  const std::string& directory = entered->directory;
  if (directory.empty() || name.empty() || name[0] == '/') return name;
  return directory + "/" + name;
}

void cosim_instance::print(const char* text, size_t length) {
  for (size_t i = 0; i < length; ++i) {
    if (text[i] != '\n') {
      line += text[i];
      continue;
    }
    bool is_fatal = false;
    if (report_prefix(line, &is_fatal)) {
      // Not shown: it becomes the failure's message.
      report = line;
    } else {
      line += '\n';
      if (output) {
        output(output_context, line.data(), line.size());
      } else {
        std::fwrite(line.data(), 1, line.size(), stderr);
      }
    }
    line.clear();
  }
}

void cosim_instance::fail(
    uint32_t kind, const char* file, int number, std::string message, std::string scope) {
  report.clear();
  if (failed) return;
  first.kind = kind;
  first.file = file ? file : "";
  first.line = number > 0 ? static_cast<uint32_t>(number) : 0;
  first.message = std::move(message);
  first.scope = std::move(scope);
  first.time = now;
  failed = 1;
}

// MARK: Verilator's hooks

int cosim_print(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  va_list again;
  va_copy(again, arguments);
  const int length = std::vsnprintf(nullptr, 0, format, again);
  va_end(again);
  std::string text(length > 0 ? static_cast<size_t>(length) + 1 : 1, '\0');
  if (length > 0) std::vsnprintf(&text[0], text.size(), format, arguments);
  va_end(arguments);
  if (length > 0) entered->print(text.data(), static_cast<size_t>(length));
  return length;
}

void vl_finish(const char* file, int line, const char*) VL_MT_UNSAFE {
  entered->gotFinish(true);
  entered->fail(COSIM_FAILURE_FINISH, file, line, "");
}

void vl_stop_maybe(const char* file, int line, const char*, bool) VL_MT_UNSAFE {
  cosim_instance* const instance = entered;
  const std::string report = instance->report;
  bool is_fatal = false;
  const size_t prefix = report_prefix(report, &is_fatal);
  // " file:line: message" follows, the file without its folder; a report of another place does not belong to
  // this stop.
  std::string name = file ? file : "";
  name.erase(0, name.rfind('/') + 1);
  const std::string place = " " + name + ":" + std::to_string(line) + ": ";
  if (!prefix || report.compare(prefix, place.size(), place) != 0) {
    instance->fail(COSIM_FAILURE_STOP, file, line, "");
    return;
  }
  std::string message = report.substr(prefix + place.size());
  // "Assertion failed in TOP.top.name: message"
  static const std::string intro = "Assertion failed in ";
  static const std::string root = "TOP.";
  std::string scope;
  const size_t end = message.find(": ");
  if (message.compare(0, intro.size(), intro) == 0 && end != std::string::npos) {
    scope = message.substr(intro.size(), end - intro.size());
    if (scope.compare(0, root.size(), root) == 0) scope.erase(0, root.size());
    message.erase(0, end + 2);
  }
  instance->fail(is_fatal ? COSIM_FAILURE_FATAL : COSIM_FAILURE_ASSERTION, file, line,
                 std::move(message), std::move(scope));
}

void vl_stop(const char* file, int line, const char* hierarchy) VL_MT_UNSAFE {
  vl_stop_maybe(file, line, hierarchy, false);
}

void vl_fatal(const char* file, int line, const char*, const char* message) VL_MT_UNSAFE {
  entered->fail(COSIM_FAILURE_SIMULATOR, file, line, message ? message : "");
  entered->dead = true;
  throw Unwind{};
}

void vl_warn(const char* file, int line, const char*, const char* message) VL_MT_UNSAFE {
  cosim_print("%%Warning: %s:%d: %s\n", file ? file : "", line, message ? message : "");
}

// MARK: Ports

namespace {

#define COSIM_PORT(name, member, direction, bits, bytes, rank, ...) \
  {name, direction, bits, bytes, rank, {__VA_ARGS__}},
const cosim_port ports[] = {
#include "cosim_ports.inc"
};
#undef COSIM_PORT

constexpr uint32_t port_count = sizeof ports / sizeof *ports;

constexpr size_t product() { return 1; }
template <typename... Rest>
constexpr size_t product(size_t extent, Rest... rest) {
  return extent * product(rest...);
}

#define COSIM_PORT(name, member, direction, bits, bytes, rank, ...)                            \
  static_assert(sizeof(std::remove_reference_t<decltype(std::declval<Model&>().member)>)       \
                    == size_t{bytes} * product(__VA_ARGS__),                                   \
                "port " name " does not lie in memory as its declaration says");
#include "cosim_ports.inc"
#undef COSIM_PORT

void* port_address(Model& model, uint32_t index) {
  uint32_t candidate = 0;
#define COSIM_PORT(name, member, direction, bits, bytes, rank, ...)                            \
  if (candidate++ == index) return const_cast<void*>(static_cast<const void*>(&model.member));
#include "cosim_ports.inc"
#undef COSIM_PORT
  return nullptr;
}

size_t port_bytes(const cosim_port& port) {
  size_t size = port.element_bytes;
  for (uint32_t axis = 0; axis < port.rank; ++axis) size *= port.extents[axis];
  return size;
}

const cosim_parameter parameters[] = {COSIM_PARAMETERS{nullptr, 0}};
constexpr uint32_t parameter_count = sizeof parameters / sizeof *parameters - 1;

// MARK: The functions of the table

// Newer Verilator deletes objects of classes in eval().
template <typename Symbols, typename = void>
struct has_deleter : std::false_type {};
template <typename Symbols>
struct has_deleter<Symbols, std::void_t<decltype(std::declval<Symbols&>().__Vm_deleter)>>
    : std::true_type {};

// What Model::eval() does for a model that has begun. It would also end what threads of Verilator's own
// left to do, of which a model without threads has none; of a small model that is a tenth of the time.
template <typename Root>
inline void step(Model& model, Root& root) {
  if constexpr (has_deleter<std::remove_pointer_t<decltype(root.vlSymsp)>>::value) {
    model.eval();
  } else {
    root.vlSymsp->__Vm_activity = true;
    Vcosim___024root___eval(&root);
  }
}

// Where inputs have changed, or may have.
template <typename Root>
inline void begin(Root& root, bool inputs_changed) {
#ifdef COSIM_SKIPS_INPUTS
  root.__VicoIterCount = inputs_changed ? 0 : 1;
#endif
}

template <bool inputs_changed>
void evaluate(cosim_instance* instance) {
  if (VL_UNLIKELY(instance->dead)) return;
  enter(instance);
  instance->time(instance->now);
  begin(*instance->model->rootp, inputs_changed);
  try {
    step(*instance->model, *instance->model->rootp);
  } catch (const Unwind&) {
    // Recorded by vl_fatal.
  }
}

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

void trace_close(cosim_instance* instance) {
  if (!instance->trace) return;
  enter(instance);
  try {
    instance->trace->close();
  } catch (const Unwind&) {
  }
  instance->trace.reset();
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
