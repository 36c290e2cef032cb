// One simulated copy of the device: its model, what failed first, and what is printed meanwhile.
#ifndef COSIM_INSTANCE_H
#define COSIM_INSTANCE_H

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "verilated.h"
#include "verilated_fst_c.h"
#include "cosim_device.h"

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

#endif
