/// The device ABI: what a shared library offers so that a harness can drive it cycle by cycle.
///
/// A library exports one symbol, the function `cosim_device_table`. Everything else is reached through
/// the constant table that it returns. Verilated RTL is the usual device; anything that fills in this
/// table is one.
///
/// A port is an address. `address` gives a pointer to the simulator's own variable, so that a pin is
/// written and read as memory, with no call. An input that is written is seen by the next `evaluate`;
/// an output holds the value of the last `evaluate`, or of `create` before the first.
///
/// Life of an instance:
///
///     create → (write inputs → evaluate → read outputs)* → destroy
///
/// Threads: the table, and everything that hangs on it, may be read from any thread. Different
/// instances may be used by different threads at once. One instance belongs to one thread at a time.
/// An instance shares no state with another, with one exception: `$random` and `$urandom` called by
/// the RTL while it is evaluated draw from a generator of the thread.
///
/// Text is UTF-8 and ends with a zero byte. Integers are in the byte order of the machine.
#ifndef COSIM_DEVICE_H
#define COSIM_DEVICE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Version of this header. A harness refuses a library of another version. It changes whenever the
/// layout or the meaning of anything below changes.
#define COSIM_ABI_VERSION 2u

/// The one exported symbol.
#define COSIM_DEVICE_SYMBOL "cosim_device_table"

/// The most unpacked dimensions of a port.
#define COSIM_MAX_RANK 6

/// One simulated copy of the device. Opaque.
typedef struct cosim_instance cosim_instance;

/// Directions of a port.
enum {
  /// Written by the harness. Zero after `create`.
  COSIM_INPUT = 0,
  /// Written by the device. Only to be read.
  COSIM_OUTPUT = 1,
  /// Two-way pin, as the simulator resolves it.
  COSIM_INOUT = 2,
  /// A signal inside the device. Only to be read.
  COSIM_TAP = 3
};

/// One port: a name, and how its value lies in memory.
///
/// An element of up to 8, 16, 32 or 64 bits takes 1, 2, 4 or 8 bytes; a wider one takes 32-bit words,
/// least significant first. The bits above `bits` in the last byte or word are zero: the harness
/// keeps them zero on inputs. Unpacked elements follow each other, last dimension fastest, in the order
/// in which the RTL declares the range (`[4]` and `[0:3]` begin with element 0, `[3:1]` with element 1).
typedef struct cosim_port {
  /// As the RTL spells it.
  const char *name;
  /// COSIM_INPUT, COSIM_OUTPUT, COSIM_INOUT or COSIM_TAP.
  uint32_t direction;
  /// Bits of one element.
  uint32_t bits;
  /// Bytes of one element.
  uint32_t element_bytes;
  /// Number of unpacked dimensions; 0 for a plain port.
  uint32_t rank;
  /// Extent of each unpacked dimension, outermost first.
  uint32_t extents[COSIM_MAX_RANK];
} cosim_port;

/// A parameter of the top module that was set when the device was built.
typedef struct cosim_parameter {
  const char *name;
  int64_t value;
} cosim_parameter;

/// Values that registers and memories without initial value begin with.
enum {
  COSIM_INITIAL_ZEROS = 0,
  COSIM_INITIAL_ONES = 1,
  /// Drawn from the seed: equal seeds give equal values, whatever other instances do.
  COSIM_INITIAL_RANDOM = 2
};

/// How an instance begins. A harness fills in all of it.
typedef struct cosim_options {
  /// Seed of random initial values. Any value.
  uint64_t seed;
  /// COSIM_INITIAL_ZEROS, COSIM_INITIAL_ONES or COSIM_INITIAL_RANDOM.
  uint32_t initial_values;
  /// Zero.
  uint32_t reserved;
  /// Where relative names of files that the RTL reads (`$readmemh`) begin; null for the working
  /// directory of the process. Copied.
  const char *directory;
} cosim_options;

/// Kinds of failure.
enum {
  /// An assertion that does not hold, or `$error`. With Verilator 5.006 also `$fatal`, which
  /// it does not tell apart.
  COSIM_FAILURE_ASSERTION = 1,
  /// `$fatal`.
  COSIM_FAILURE_FATAL = 2,
  /// `$stop`.
  COSIM_FAILURE_STOP = 3,
  /// `$finish`.
  COSIM_FAILURE_FINISH = 4,
  /// The simulator could not continue: a combinational loop that does not settle, a file that cannot
  /// be read. `evaluate` does nothing from here on.
  COSIM_FAILURE_SIMULATOR = 5
};

/// What went wrong first. The strings belong to the instance and live until the next call of
/// `take_failure` or `destroy`.
typedef struct cosim_failure {
  /// COSIM_FAILURE_ASSERTION and so on.
  uint32_t kind;
  /// Line in `file`, from 1; 0 if unknown.
  uint32_t line;
  /// Source file, as it was named to the simulator: relative to the manifest. Empty if unknown.
  const char *file;
  /// What the RTL said. Empty for `$stop` and `$finish`.
  const char *message;
  /// Hierarchical name of the module instance or assertion: `top.stage.bounds`. Empty if unknown.
  const char *scope;
  /// The value behind `time` when it happened.
  uint64_t time;
} cosim_failure;

/// Receives what the RTL prints (`$display`, `$warning`, `$info`), one call a line with its line end.
/// `context` is the one given to `set_output`. Called on the thread that evaluates.
typedef void (*cosim_output)(void *context, const char *text, size_t length);

/// Features: what this library was built with. A function whose bit is clear is null.
enum {
  COSIM_FEATURE_TRACE = 1u << 0,
  COSIM_FEATURE_SAVE = 1u << 1,
  COSIM_FEATURE_COVERAGE = 1u << 2
};

/// The constant description of a library.
typedef struct cosim_device {
  /// COSIM_ABI_VERSION. Always the first member, in every version.
  uint32_t abi_version;
  /// `sizeof` of the structures here, as a second guard against a library of another header.
  uint32_t device_size;
  uint32_t port_size;
  uint32_t parameter_size;
  uint32_t options_size;
  uint32_t failure_size;
  /// COSIM_FEATURE_* bits.
  uint32_t features;
  uint32_t port_count;
  uint32_t parameter_count;
  uint32_t reserved;
  /// Name of the top module.
  const char *top;
  /// Hash of everything that the library was made of, in hexadecimal.
  const char *content_key;
  /// The simulator, for people: `Verilator 5.006 2023-01-22`.
  const char *simulator;
  /// `port_count` ports, in an order that has no meaning.
  const cosim_port *ports;
  /// `parameter_count` parameters, in alphabetical order.
  const cosim_parameter *parameters;

  /// Makes an instance. Every input is zero, `initial` blocks have run, and combinational logic has
  /// settled on that; no clock edge has happened. A failure in an `initial` block is there to be taken.
  ///
  /// Returns null if that is impossible, with a sentence of at most `capacity` bytes in `error`.
  cosim_instance *(*create)(const cosim_options *options, char *error, size_t capacity);

  /// Runs `final` blocks, closes an open trace and frees the instance with all that it owns. Null is
  /// allowed. Every address of the instance is invalid afterwards.
  void (*destroy)(cosim_instance *instance);

  /// Where the value of `ports[index]` lies in this instance: `element_bytes` times the product of the
  /// extents. Never moves. Null if there is no such port.
  void *(*address)(cosim_instance *instance, uint32_t index);

  /// Where the time of this instance lies, for `$time`. Zero after `create`; only the harness
  /// changes it, in whatever unit it likes.
  uint64_t *(*time)(cosim_instance *instance);

  /// Where the failure flag lies: 0 until something fails, and again after `take_failure`. Poll it
  /// after `evaluate`; this needs no call.
  const uint32_t *(*failed)(cosim_instance *instance);

  /// Lets the device see the inputs as they are now. A clock edge is a change of the clock's pin
  /// between two calls. A failure does not stop it, except COSIM_FAILURE_SIMULATOR.
  void (*evaluate)(cosim_instance *instance);

  /// The same where no input but the clock has changed since the last `evaluate`. Null where that makes no
  /// difference.
  void (*evaluate_clock)(cosim_instance *instance);

  /// Stores the first failure since the last call, clears the flag, and returns 1; returns 0 and
  /// stores nothing if there was none.
  int (*take_failure)(cosim_instance *instance, cosim_failure *failure);

  /// Switches assertions on (1, as after `create`) or off (0), as during reset.
  void (*set_assertions)(cosim_instance *instance, int on);

  /// Sends what the RTL prints to `output`; null, as after `create`, sends it to standard error.
  void (*set_output)(cosim_instance *instance, cosim_output output, void *context);

  /// Begins a waveform (FST) in a new file at `path`, `depth` levels of hierarchy deep, 0 for all. It
  /// replaces a file that is there and closes a trace that is open. Returns 0, or -1 with a sentence in
  /// `error`.
  int (*trace_open)(
      cosim_instance *instance, const char *path, uint32_t depth, char *error, size_t capacity);

  /// Writes the present values as those at `time`, which must grow from call to call. Does nothing
  /// if no trace is open.
  void (*trace_dump)(cosim_instance *instance, uint64_t time);

  /// Completes the file. Only after this, or `destroy`, is it whole. Does nothing if none is open.
  void (*trace_close)(cosim_instance *instance);

  /// Writes the whole state to a file, and reads it back into an instance of the same library.
  /// Return 0, or -1 with a sentence in `error`.
  int (*save)(cosim_instance *instance, const char *path, char *error, size_t capacity);
  int (*restore)(cosim_instance *instance, const char *path, char *error, size_t capacity);

  /// Writes coverage counters to a file. Returns 0, or -1 with a sentence in `error`.
  int (*write_coverage)(cosim_instance *instance, const char *path, char *error, size_t capacity);
} cosim_device;

/// Returns the table, which lives as long as the library is loaded.
typedef const cosim_device *(*cosim_device_table_function)(void);

#ifdef __cplusplus
}
#endif

#endif
