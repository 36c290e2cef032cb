// The functions that Verilator leaves to cosim: what would print, or end the process, becomes a failure of the
// instance that is being evaluated.
#ifndef COSIM_REPORTS_H
#define COSIM_REPORTS_H

#include <cstdarg>
#include <cstdio>
#include <string>
#include <utility>

#include "cosim_instance.h"

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

#endif
