import Devices
import Foundation
import Signals
import Testing
import Verilation

/// What a built device does when it runs.
@Suite struct BehaviourTests {
  private static let failing = """
    module failing (
      input logic clk_i, input logic rst_ni, input logic fatal_i, input logic error_i,
      input logic stop_i, input logic finish_i, input logic assert_i, input logic print_i,
      input logic loop_i, input logic [7:0] value_i, output logic [7:0] count_o
    );
      always_ff @(posedge clk_i) begin
        count_o <= rst_ni ? count_o + 1 : 0;
        if (fatal_i) $fatal(1, "value %0d is bad", value_i);
        if (error_i) $error("value %0d is odd", value_i);
        if (stop_i) $stop;
        if (finish_i) $finish;
        if (print_i) $display("value is %0d", value_i);
      end
      quiet: assert property (@(posedge clk_i) disable iff (!rst_ni) !assert_i)
          else $error("%m does not hold");
    endmodule

    """

  private static func failing() async throws -> DeviceLibrary {
    try await Shared.device("failing", failing)
  }

  @Test func `each kind of failure is a value with file and line, and the process lives on`()
    async throws
  {
    let library = try await Self.failing()
    let device = try Device(library)
    let clock = try Clock(device)
    try device.port(named: "rst_ni").value = 1
    try device.port(named: "value_i").value = 7
    let isOld = library.simulator == "Verilator 5.006"
    let expected: [(String, DeviceFailure.Kind, String, String, Int)] = [
      ("fatal_i", isOld ? .assertion : .fatal, "value 7 is bad", "failing", 8),
      ("error_i", .assertion, "value 7 is odd", "failing", 9),
      ("stop_i", .stop, "", "", 10),
      ("finish_i", .finish, "", "", 11),
      ("assert_i", .assertion, "TOP.failing.quiet does not hold", "failing.quiet", 15),
    ]
    for (time, (port, kind, message, scope, line)) in expected.enumerated() {
      device.time = UInt64(time)
      try device.port(named: port).value = 1
      clock.tick(device)
      try device.port(named: port).value = 0
      #expect(device.hasFailed == true, "\(port)")
      let taken = device.takeFailure()
      let failure = try #require(taken)
      #expect(failure.kind == kind, "\(port)")
      #expect(failure.file == "failing.sv", "\(port)")
      #expect(failure.line == line, "\(port)")
      #expect(failure.message == message, "\(port)")
      #expect(failure.scope == scope, "\(port)")
      #expect(failure.time == UInt64(time), "\(port)")
      clock.tick(device, 3)
      #expect(device.hasFailed == false, "\(port)")
    }
  }

  @Test func `an assertion in a source of another folder keeps its name and its message`()
    async throws
  {
    let folder = try TemporaryFolder()
    try folder.write(Self.failing, to: "parts/failing.sv")
    let manifest = Manifest(
      directory: folder.path, top: "failing", sources: ["parts/failing.sv"])
    let built = try await Shared.verilation().library(
      for: manifest, configuration: Configuration(name: "test", values: [:]))
    let device = try Device(try built.open())
    let clock = try Clock(device)
    try device.port(named: "rst_ni").value = 1
    try device.port(named: "assert_i").value = 1
    clock.tick(device)
    let taken = device.takeFailure()
    let failure = try #require(taken)
    #expect(failure.kind == .assertion)
    #expect(failure.file == "parts/failing.sv")
    #expect(failure.scope == "failing.quiet")
    #expect(failure.message == "TOP.failing.quiet does not hold")
  }

  @Test func `the first of several failures is kept`() async throws {
    let device = try Device(try await Self.failing())
    let clock = try Clock(device)
    try device.port(named: "stop_i").value = 1
    clock.tick(device)
    try device.port(named: "stop_i").value = 0
    try device.port(named: "finish_i").value = 1
    clock.tick(device)
    #expect(device.takeFailure()?.kind == .stop)
    #expect(device.takeFailure() == nil)
  }

  @Test func `assertions can be switched off and on again`() async throws {
    let device = try Device(try await Self.failing())
    let clock = try Clock(device)
    try device.port(named: "rst_ni").value = 1
    try device.port(named: "assert_i").value = 1
    device.setAssertions(false)
    clock.tick(device, 3)
    #expect(device.hasFailed == false)
    device.setAssertions(true)
    clock.tick(device)
    #expect(device.takeFailure()?.kind == .assertion)
  }

  @Test func `what the RTL prints goes where it is sent, line by line`() async throws {
    var device = try Device(try await Self.failing())
    var lines: [String] = []
    device.setOutput { lines.append($0) }
    let clock = try Clock(device)
    try device.port(named: "value_i").value = 200
    try device.port(named: "print_i").value = 1
    clock.tick(device, 2)
    #expect(lines == ["value is 200\n", "value is 200\n"])
  }

  @Test func `instances in different threads fail independently`() async throws {
    let library = try await Self.failing()
    let results = await withTaskGroup(of: (Int, [String]).self) { group in
      for index in 0..<4 {
        group.addTask {
          var messages: [String] = []
          do {
            let device = try Device(library)
            let clock = try Clock(device)
            for round in 0..<50 {
              try device.port(named: "value_i").value = UInt64(index * 50 + round)
              try device.port(named: "error_i").value = 1
              clock.tick(device)
              messages.append(device.takeFailure()?.message ?? "nothing")
            }
          } catch {
            messages.append("\(error)")
          }
          return (index, messages)
        }
      }
      var results: [Int: [String]] = [:]
      for await (index, messages) in group { results[index] = messages }
      return results
    }
    for index in 0..<4 {
      #expect(results[index] == (0..<50).map { "value \(index * 50 + $0) is odd" })
    }
  }

  @Test func `a combinational loop ends the simulation, not the process`() async throws {
    let library = try await Shared.device(
      "looping",
      """
      module looping (input logic on_i, output logic y_o);
        /* verilator lint_off UNOPTFLAT */
        logic a;
        assign a = on_i ? ~a : 1'b0;
        assign y_o = a;
      endmodule

      """)
    let device = try Device(library)
    device.evaluate()
    #expect(device.hasFailed == false)
    try device.port(named: "on_i").value = 1
    device.evaluate()
    let taken = device.takeFailure()
    let failure = try #require(taken)
    #expect(failure.kind == .simulator)
    #expect(failure.message.contains("converge"))
    device.evaluate()
    #expect(device.hasFailed == false)
  }

  @Test func `two devices of different tops live in one process`() async throws {
    let first = try await Self.failing()
    let second = try await Shared.device("memory_block", InitialValueTests.memory)
    let a = try Device(first)
    let b = try Device(second)
    let c = try Device(first)
    try a.port(named: "value_i").value = 3
    try a.port(named: "error_i").value = 1
    try Clock(a).tick(a)
    try Clock(b).tick(b)
    try Clock(c).tick(c)
    #expect([a.hasFailed, b.hasFailed, c.hasFailed] == [true, false, false])
    #expect(first.top == "failing" && second.top == "memory_block")
  }

  // MARK: Ports

  @Test func `wide and unpacked ports lie in memory as described`() async throws {
    let library = try await Shared.device(
      "shapes",
      """
      module shapes #(parameter int unsigned Lanes = 2, parameter int Bias = 0) (
        input logic [69:0] wide_i [2][3], output logic [69:0] wide_o [2][3],
        input logic [Lanes-1:0][7:0] lanes_i, output logic [Lanes-1:0][7:0] lanes_o,
        input logic [7:0] down_i [3:1], output logic [7:0] first_o, output int bias_o
      );
        always_comb begin
          for (int i = 0; i < 2; i++)
            for (int j = 0; j < 3; j++) wide_o[i][j] = wide_i[i][j] + 70'(i * 3 + j);
          for (int i = 0; i < int'(Lanes); i++) lanes_o[i] = lanes_i[i] + 8'd1;
        end
        assign first_o = down_i[1];
        assign bias_o = Bias;
      endmodule

      """, ["Lanes": 20, "Bias": -3])
    #expect(library.parameters == ["Lanes": 20, "Bias": -3])
    let device = try Device(library)
    let input = try device.port(named: "wide_i", .input)
    #expect(input.description.extents == [2, 3] && input.byteCount == 72)
    let output = try device.port(named: "wide_o", .output)
    let lanes = try device.port(named: "lanes_i", .input, bits: 160)
    for index in 0..<20 { lanes.bytes[index] = UInt8(index * 12) }
    for index in 0..<18 {
      input.bytes.bindMemory(to: UInt32.self)[index] = index % 3 == 2 ? 5 : .max
    }
    try device.port(named: "down_i", .input).bytes.copyBytes(from: [11, 22, 33])
    device.evaluate()
    let sums = try device.port(named: "lanes_o", .output, bits: 160)
    #expect((0..<20).allSatisfy { sums.bytes[$0] == UInt8($0 * 12) &+ 1 })
    let words = output.bytes.bindMemory(to: UInt32.self)
    #expect(Array(words[0..<3]) == [.max, .max, 5])
    #expect(Array(words[12..<15]) == [3, 0, 6])
    #expect(try device.port(named: "first_o").value == 11)
    #expect(try device.port(named: "bias_o").value == 0xFFFF_FFFD)
  }

  @Test func `files that the RTL reads are found from the given folder`() async throws {
    let folder = try TemporaryFolder()
    try folder.write("11\n22\n33\n44\n", to: "table.hex")
    try folder.write(
      """
      module rom (input logic [1:0] address_i, output logic [7:0] data_o);
        logic [7:0] words[4];
        initial $readmemh("table.hex", words);
        assign data_o = words[address_i];
      endmodule

      """, to: "rom.sv")
    let manifest = Manifest(directory: folder.path, top: "rom", sources: ["rom.sv"])
    let verilation = try await Shared.verilation()
    let library = try await verilation.library(
      for: manifest, configuration: manifest.configurations[0]
    ).open()
    let device = try Device(library, directory: folder.path)
    #expect(device.hasFailed == false)
    try device.port(named: "address_i").value = 2
    device.evaluate()
    #expect(try device.port(named: "data_o").value == 0x33)
  }

  // MARK: Waveforms

  @Test func `a waveform is written, twice if asked, and a bad path is an error`() async throws {
    let library = try await Self.failing()
    #expect(library.canTrace)
    let folder = try TemporaryFolder()
    let device = try Device(library)
    let clock = try Clock(device)
    for name in ["a.fst", "b.fst"] {
      let path = "\(folder.path)/\(name)"
      try device.openTrace(at: path)
      for time in UInt64(0)..<100 {
        clock.tick(device)
        device.dumpTrace(at: time)
      }
      device.closeTrace()
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      #expect(bytes.count > 300)
      #expect(bytes.first == 0)
    }
    let error = #expect(throws: DeviceError.self) {
      try device.openTrace(at: "/nowhere/x.fst")
    }
    #expect(
      error.map(String.init(describing:))
        == "cannot write the waveform /nowhere/x.fst: No such file or directory")
    clock.tick(device)
    #expect(device.hasFailed == false)
  }
}
