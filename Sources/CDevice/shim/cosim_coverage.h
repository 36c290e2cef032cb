// Included before a model that was verilated with --coverage-line: keeps the model's own counters for the
// harness, in place of Verilator's database, which belongs to one context and ends with it.
//
// A point is a few lines of a file in an instance: a block, or a branch, of which one line may have several.
// Counters belong to an instance of the model and go with it, so the harness adds them up before it destroys
// one, on the thread that made it.
#ifndef COSIM_COVERAGE_H
#define COSIM_COVERAGE_H

#include "verilated.h"
#include "verilated_cov.h"

#include <cstdio>
#include <cstring>
#include <map>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

namespace cosim_coverage {

/// File, instance, lines like `23-24,26`, and what tells points with the same lines apart.
using Point = std::tuple<std::string, std::string, std::string, std::string>;

struct Counter {
  const uint32_t *count;
  Point point;
};

/// What instances of this thread count.
inline thread_local std::vector<Counter> alive;
inline std::mutex mutex;
inline std::map<Point, uint64_t> sums;

inline std::string text(const char *value) { return value; }
inline std::string text(const std::string &value) { return value; }
inline std::string text(int value) { return std::to_string(value); }

inline void read(std::map<std::string, std::string> &) {}

template <typename Key, typename Value, typename... Rest>
void read(std::map<std::string, std::string> &values, const Key &key, const Value &value,
          const Rest &...rest) {
  values[text(key)] = text(value);
  read(values, rest...);
}

/// Keeps a counter of the instance that is being made. Instances of one module after the first count with
/// it, and have none of their own.
template <typename... Pairs>
void insert(bool counts, const uint32_t *count, const Pairs &...pairs) {
  if (!counts) return;
  std::map<std::string, std::string> values;
  read(values, pairs...);
  if (values["linescov"].empty()) return;
  const std::string place = values["lineno"] + ":" + values["column"] + " " + values["comment"];
  alive.push_back({count, Point(values["filename"], values["hier"], values["linescov"], place)});
}

}  // namespace cosim_coverage

#undef VL_COVER_INSERT
#define VL_COVER_INSERT(context, count, ...) cosim_coverage::insert(enable, count, __VA_ARGS__)

extern "C" {

/// Adds up what the instances of this thread counted, which are about to be destroyed.
__attribute__((visibility("default"))) void cosim_device_coverage_collect() {
  const std::lock_guard<std::mutex> guard(cosim_coverage::mutex);
  for (const auto &counter : cosim_coverage::alive) {
    cosim_coverage::sums[counter.point] += *counter.count;
  }
  cosim_coverage::alive.clear();
}

/// Calls `body` with every point: file, instance, lines, how often.
__attribute__((visibility("default"))) void cosim_device_coverage_each(
    void *context, void (*body)(void *, const char *, const char *, const char *, uint64_t)) {
  const std::lock_guard<std::mutex> guard(cosim_coverage::mutex);
  for (const auto &[point, sum] : cosim_coverage::sums) {
    body(context, std::get<0>(point).c_str(), std::get<1>(point).c_str(),
         std::get<2>(point).c_str(), sum);
  }
}
}

#endif
