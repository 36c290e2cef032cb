import CDevice
import Devices
import Foundation
import Testing

/// Devices written in C by hand: whatever answers the ABI is one.
@Suite struct DeviceLibraryTests {
  private let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "/cosim-device-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  /// Compiles a shared library from C.
  private func library(_ text: String) throws -> String {
    let include = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Sources/CDevice/include").standardizedFileURL.path
    let path = "\(folder)/device.so"
    try text.write(toFile: folder + "/device.c", atomically: false, encoding: .utf8)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["cc", "-shared", "-fPIC", "-I", include, folder + "/device.c", "-o", path]
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return path
  }

  /// A device whose output is its input plus one, with changed lines.
  private func adder(replacing line: String = "", with replacement: String = "") throws -> String {
    let text = """
      #include <cosim_device.h>
      #include <stdlib.h>
      struct cosim_instance { uint8_t a, y; uint32_t words[2][3]; uint64_t time; uint32_t failed; };
      static const cosim_port ports[] = {
        {"a_i", COSIM_INPUT, 8, 1, 0}, {"y_o", COSIM_OUTPUT, 8, 1, 0},
        {"words_o", COSIM_OUTPUT, 20, 4, 2, {2, 3}}};
      static cosim_instance *create(const cosim_options *o, char *e, size_t n) {
        cosim_instance *i = calloc(1, sizeof *i); i->y = (uint8_t)o->seed; return i; }
      static void destroy(cosim_instance *i) { free(i); }
      static void *address(cosim_instance *i, uint32_t p) {
        return p == 0 ? (void *)&i->a : p == 1 ? (void *)&i->y : (void *)i->words; }
      static uint64_t *clock(cosim_instance *i) { return &i->time; }
      static const uint32_t *failed(cosim_instance *i) { return &i->failed; }
      static void evaluate(cosim_instance *i) { i->y = i->a + 1; if (i->a == 9) i->failed = 1; }
      static int take(cosim_instance *i, cosim_failure *f) {
        if (!i->failed) return 0;
        i->failed = 0;
        *f = (cosim_failure){COSIM_FAILURE_ASSERTION, 7, "rtl/../nine.sv", "it is nine", "adder", i->time};
        return 1; }
      static const cosim_device table = {
        .abi_version = COSIM_ABI_VERSION, .device_size = sizeof(cosim_device),
        .port_size = sizeof(cosim_port), .parameter_size = sizeof(cosim_parameter),
        .options_size = sizeof(cosim_options), .failure_size = sizeof(cosim_failure),
        .port_count = 3, .top = "adder", .content_key = "", .simulator = "C", .ports = ports,
        .create = create, .destroy = destroy, .address = address, .time = clock, .failed = failed,
        .evaluate = evaluate, .take_failure = take};
      const cosim_device *cosim_device_table(void) { return &table; }
      """
    #expect(line.isEmpty || text.contains(line))
    return try library(line.isEmpty ? text : text.replacing(line, with: replacement))
  }

  private func remove() { try? FileManager.default.removeItem(atPath: folder) }

  private func message(_ body: () throws -> Void) -> String {
    defer { remove() }
    do {
      try body()
      return "no error"
    } catch {
      return "\(error)".replacing(folder + "/", with: "")
    }
  }

  @Test func `pins are memory, and a failure is a value`() throws {
    defer { remove() }
    let device = try Device(DeviceLibrary(path: try adder()), initialState: .random(seed: 77))
    let input = try device.port(named: "a_i", .input, bits: 8)
    let output = try device.port(named: "y_o", .output, bits: 8)
    #expect(output.value == 77)
    input.value = 41
    device.evaluate()
    #expect(output.pin.pointee == 42)
    // It has no evaluation of its own for clocks.
    input.value = 50
    device.evaluateClock()
    #expect(output.pin.pointee == 51)
    #expect(device.hasFailed == false)
    #expect(device.takeFailure() == nil)
    device.time = 12
    input.pin.pointee = 9
    device.evaluate()
    #expect(device.hasFailed == true)
    let taken = device.takeFailure()
    let failure = try #require(taken)
    #expect(
      failure
        == DeviceFailure(
          kind: .assertion, message: "it is nine", scope: "adder", file: "nine.sv", line: 7,
          time: 12))
    #expect("\(failure)" == "nine.sv:7: assertion failed in adder: it is nine")
    #expect(device.hasFailed == false)
    #expect(device.takeFailure() == nil)
  }

  @Test func `ports are described as they lie in memory`() throws {
    defer { remove() }
    let library = try DeviceLibrary(path: try adder())
    #expect(
      library.ports.map(\.description) == [
        "input a_i, 8 bits", "output y_o, 8 bits", "output words_o [2][3], 20 bits",
      ])
    #expect(library.ports[2].byteCount == 24)
    #expect(!library.canTrace)
  }

  @Test func `a library of another ABI version is refused`() {
    #expect(
      message {
        _ = try DeviceLibrary(
          path: try adder(
            replacing: ".abi_version = COSIM_ABI_VERSION", with: ".abi_version = 9"))
      } == "the device device.so was built for version 9 of the device ABI, but this harness speaks"
        + " version 2; build the device again")
  }

  @Test func `a library of another header is refused`() {
    #expect(
      message {
        _ = try DeviceLibrary(
          path: try adder(
            replacing: ".port_size = sizeof(cosim_port)", with: ".port_size = 8"))
      }
        == "the device device.so was built with another cosim_device.h: cosim_port has 8 bytes there"
        + " and \(MemoryLayout<cosim_port>.size) here; build the device again")
  }

  @Test func `a library that is no device is refused`() {
    #expect(
      message { _ = try DeviceLibrary(path: try library("int other(void) { return 1; }")) }
        == "device.so is a shared library, but not a device: it does not export"
        + " 'cosim_device_table'")
  }

  @Test func `what is not a library is refused`() throws {
    try "text".write(toFile: folder + "/x.so", atomically: false, encoding: .utf8)
    let text = message { _ = try DeviceLibrary(path: folder + "/x.so") }
    #expect(text.hasPrefix("cannot load the device x.so: "))
  }

  @Test func `a device that cannot be created says why`() {
    #expect(
      message {
        let path = try adder(
          replacing: "cosim_instance *i = calloc(1, sizeof *i); i->y = (uint8_t)o->seed; return i;",
          with: "for (size_t i = 0; i < 4; ++i) e[i] = \"why\"[i]; return 0;")
        _ = try Device(DeviceLibrary(path: path))
      } == "device 'adder' cannot be created: why")
  }

  @Test(arguments: [
    ("b_i", PortDirection.input, nil as Int?, "has no input port 'b_i'; did you mean 'a_i'?"),
    ("wordz_o", .output, nil, "has no output port 'wordz_o'; did you mean 'words_o'?"),
    ("sum", nil, nil, "has no port 'sum'; its ports are a_i, words_o, y_o"),
  ])
  func `a port that is not there is answered with the nearest one`(
    name: String, direction: PortDirection?, bits: Int?, expected: String
  ) {
    #expect(
      message {
        let device = try Device(DeviceLibrary(path: try adder()))
        _ = try device.port(named: name, direction, bits: bits)
      } == "device 'adder' \(expected)")
  }

  @Test(arguments: [
    (
      "y_o", PortDirection.input, 8,
      "port 'y_o' of device 'adder' is an output, but an input is needed"
    ),
    (
      "a_i", .input, 1,
      "port 'a_i' of device 'adder' has 8 bits, but 1 bit is expected; do the parameters of block"
        + " and device agree?"
    ),
    (
      "words_o", .output, 120,
      "port 'words_o' of device 'adder' has 6 elements of 20 bits in 2 unpacked dimensions, but 120"
        + " bits are expected; do the parameters of block and device agree?"
    ),
  ])
  func `a port that does not fit is refused with both sides`(
    name: String, direction: PortDirection, bits: Int, expected: String
  ) {
    #expect(
      message {
        let device = try Device(DeviceLibrary(path: try adder()))
        _ = try device.port(named: name, direction, bits: bits)
      } == expected)
  }

  @Test func `a device without waveforms says so`() {
    #expect(
      message {
        let device = try Device(DeviceLibrary(path: try adder()))
        try device.openTrace(at: folder + "/x.fst")
      } == "device 'adder' was built without waveforms")
  }
}
