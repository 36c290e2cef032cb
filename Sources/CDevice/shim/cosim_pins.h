// Ports, taps and parameters as the table describes them, and where a model has them.
#ifndef COSIM_PINS_H
#define COSIM_PINS_H

#include <cstddef>
#include <type_traits>
#include <utility>

#include "cosim_instance.h"

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

}  // namespace

#endif
