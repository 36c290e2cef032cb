import Devices
import Testing
import Verilation

@Suite struct PortListTests {
  private static let old = """
    // This class is the main interface to the Verilated model
    class Vcosim VL_NOT_FINAL : public VerilatedModel {
        // PORTS
        // The application code writes and reads these signals to
        // propagate new values into/out from the Verilated model.
        VL_IN8(&clk_i,0,0);
        VL_IN8(&off_i,7,3);
        VL_INOUT8(&io,3,0);
        VL_IN16(&p_i,15,0);
        VL_OUT(&x_o,31,0);
        VL_INW(&wide_i,127,0,4);
        VL_IN64(&q_i,32,0);
        VL_IN8(&rev_i,0,3);
        VL_IN8(&dbl___05Funder_i,0,0);
        VL_IN8(&a__02eb,0,0);
        VL_IN8(&__SYM__register,0,0);
        VL_IN8((&arr_i)[4],7,0);
        VL_OUTW((&warr_o)[2][3],69,0,3);

        // CELLS
        // Public to allow access to /* verilator public */ items.
        VL_IN8(&not_a_port,0,0);
    """

  private static let new = """
        // PORTS
        VL_IN8(&clk_i,0,0);
        VL_OUTW(&w_o,127,0,4);
        VlUnpacked<CData/*7:0*/, 4> &arr_i;
        VlUnpacked<VlUnpacked<VlWide<3>/*69:0*/, 3>, 2> &warr_o;

        // CELLS
    """

  private static let waves = """
    dtype(vlSelf, tracep, "arr_i", 0, c+10, VerilatedTraceSigDirection::OUTPUT);
        VL_TRACE_PUSH_PREFIX(tracep, "$rootio", VerilatedTracePrefixType::SCOPE_MODULE, 0, 0);
        VL_TRACE_DECL_BIT(tracep,c+0,0,"clk_i",-1, VerilatedTraceSigDirection::INPUT, 0);
        Vcosim___024root__trace_init_dtype____0(vlSelf, tracep, "arr_i", 0, c+10, \
    VerilatedTraceSigDirection::INPUT);
        VL_TRACE_PUSH_PREFIX(tracep, "warr_o", VerilatedTracePrefixType::ARRAY_UNPACKED, 0, 1);
        VL_TRACE_DECL_WIDE(tracep,c+14,0,"[0]",-1, VerilatedTraceSigDirection::OUTPUT, 0);
    """

  @Test func `every declaration of 5.006 is understood`() throws {
    let list = try PortList(header: Self.old, waves: "", top: "t")
    #expect(
      list.entries.map { "\($0.port), \($0.port.elementByteCount) bytes" } == [
        "input clk_i, 1 bit, 1 bytes", "input off_i, 5 bits, 1 bytes",
        "bidirectional io, 4 bits, 1 bytes", "input p_i, 16 bits, 2 bytes",
        "output x_o, 32 bits, 4 bytes", "input wide_i, 128 bits, 16 bytes",
        "input q_i, 33 bits, 8 bytes", "input rev_i, 4 bits, 1 bytes",
        "input dbl__under_i, 1 bit, 1 bytes", "input a.b, 1 bit, 1 bytes",
        "input register, 1 bit, 1 bytes", "input arr_i [4], 8 bits, 1 bytes",
        "output warr_o [2][3], 70 bits, 12 bytes",
      ])
    #expect(list.entries[8].member == "dbl___05Funder_i")
  }

  @Test
  func `unpacked ports of newer releases take their direction from the waveform's declaration`()
    throws
  {
    let list = try PortList(header: Self.new, waves: Self.waves, top: "t")
    #expect(
      list.entries.map(\.port.description) == [
        "input clk_i, 1 bit", "output w_o, 128 bits", "input arr_i [4], 8 bits",
        "output warr_o [2][3], 70 bits",
      ])
  }

  @Test func `the shim gets one line a port`() throws {
    let list = try PortList(header: Self.new, waves: Self.waves, top: "t")
    #expect(
      list.includeText == """
        COSIM_PORT("clk_i", clk_i, COSIM_INPUT, 1, 1, 0)
        COSIM_PORT("w_o", w_o, COSIM_OUTPUT, 128, 16, 0)
        COSIM_PORT("arr_i", arr_i, COSIM_INPUT, 8, 1, 1, 4)
        COSIM_PORT("warr_o", warr_o, COSIM_OUTPUT, 70, 12, 2, 2, 3)

        """)
  }

  @Test(arguments: ["double &r_i;", "Vcosim_upair_t__struct__0 &p_i;"])
  func `a port without plain bits is an error that shows it`(declaration: String) {
    let header = Self.new.replacing("VL_IN8(&clk_i,0,0);", with: declaration)
    let error = #expect(throws: VerilationError.self) {
      try PortList(header: header, waves: Self.waves, top: "t")
    }
    #expect(error == .unsupportedPort(declaration: declaration, top: "t"))
  }

  @Test func `an unpacked port without a known direction is an error, not an input`() {
    #expect(throws: VerilationError.self) { try PortList(header: Self.new, waves: "", top: "t") }
  }
}
