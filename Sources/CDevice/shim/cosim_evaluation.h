// Evaluating a model, the path of every half cycle.
#ifndef COSIM_EVALUATION_H
#define COSIM_EVALUATION_H

#include <type_traits>
#include <utility>

#include "cosim_instance.h"

namespace {

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

}  // namespace

#endif
