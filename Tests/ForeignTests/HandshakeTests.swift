import Devices
import Lockstep
import Signals
import Testing

/// Designs as strangers write them, unmodified.
@Suite struct HandshakeTests {
  @Test(arguments: Design.all)
  func `a right design agrees under every stall profile`(_ design: Design) async throws {
    let outcome = try await design.verify(StallProfile.allCases)
    #expect(outcome.agrees, "\(outcome.allFindings)")
    let digests = Set(outcome.runs.map(\.digest))
    #expect(digests.count == 1)
    #expect(outcome.runs.allSatisfy { $0.comparedBeats > 0 })
  }

  @Test(arguments: Design.all)
  func `a manifest with its golden model is an example of at most sixty lines that agrees`(
    _ design: Design
  ) async throws {
    #expect(try design.lineCount() <= 60)
    let outcome = try await design.verifyAsExample()
    #expect(outcome.agrees, "\(outcome.allFindings)")
    #expect(outcome.runs.allSatisfy { $0.comparedBeats > 0 })
  }

  @Test func `parameters reach expressions of widths`() async throws {
    var design = Design.divider
    design.configuration = "wide"
    let outcome = try await design.verify()
    #expect(outcome.agrees, "\(outcome.allFindings)")
  }

  @Test func `a profile that can hold nothing up is not called vacuous`() async throws {
    let outcome = try await Design.divider.verify([.throttled])
    #expect(outcome.agrees && outcome.runs[0].isUnstallable, "\(outcome.allFindings)")
    let stallable = try await Design.fifo.verify([.throttled])
    #expect(!stallable.runs[0].isUnstallable && stallable.runs[0].streams[1].withheld > 0)
  }

  @Test func `streams of a slower clock move at its edges alone`() async throws {
    let outcome = try await Design.bridge.verify([.none])
    // 15 units of time have 5 edges of one clock and 3 of the other, 7 steps in all.
    let read = try #require(outcome.runs[0].streams.first { $0.stream == "read" })
    #expect(read.transfer == 320 && outcome.runs[0].cycles > 320 * 7 / 3)
    #expect(outcome.runs[0].cycles < 320 * 7 / 3 + 100)
  }
}

/// Faults that each design must be caught with.
@Suite struct PlantedFaultTests {
  /// A fault, and the kinds of findings of which one at least must be there.
  struct Fault: Sendable, CustomStringConvertible {
    var design: Design
    var expected: Set<String>
    var profiles: [StallProfile] = [.none, .random]
    var description: String { "\(design): \(design.edits.last?.new ?? "")" }
  }

  static let faults = [
    Fault(
      design: .fifo.with("assign s_axis_tready = ~full", "assign s_axis_tready = 1'b1"),
      expected: ["mismatch", "hang"]),
    Fault(
      design: .fifo.with("`define KEEP_VALID ~m_axis_tready", "`define KEEP_VALID 1'b0"),
      expected: ["streamRule"]),
    Fault(
      design: .fifo.with("s_axis_tlast, s_axis_tkeep, s_axis", "1'b0, s_axis_tkeep, s_axis"),
      expected: ["mismatch"], profiles: [.none]),
    Fault(design: .divider.with("\">=\"", "\">\""), expected: ["mismatch"], profiles: [.none]),
    Fault(design: .divider.with("done <= 1;", "done <= 0;"), expected: ["hang"]),
    Fault(
      design: .products.with("half[0] + half[1]", "half[0] - half[1]"), expected: ["mismatch"],
      profiles: [.none]),
    Fault(
      design: .products.with("if (ce) prod[g]", "prod[g]"), expected: ["mismatch"],
      profiles: [.random]),
    Fault(
      design: .bridge.with("{~wq2[A:A-1], wq2[A-2:0]}", "{~wq2[A], wq2[A-1:0]}"),
      expected: ["mismatch", "hang"]),
    Fault(
      design: .gather.with("WAIT: if (mem_rvalid)", "WAIT: if (1)"), expected: ["mismatch"]),
    Fault(
      design: .gather.with("item * 4;", "(item == 2 ? 1 : item) * 4;"), expected: ["mismatch"],
      profiles: [.none]),
    Fault(
      design: .scaler.with("if (req_out && ack_out)", "if (req_out)"), expected: ["streamRule"],
      profiles: [.random]),
    Fault(
      design: .scaler.with("product >>> shift", "product >> shift"), expected: ["mismatch"],
      profiles: [.none]),
    Fault(
      design: .link.with("fill != 0 && credits != 0", "fill != 0"), expected: ["streamRule"],
      profiles: [.throttled]),
    Fault(
      design: .outer.with("r*C+c] = sum[r*C+c] +", "r*C+c] = sum[c] +"), expected: ["mismatch"],
      profiles: [.none]),
    Fault(
      design: .outer.with("cfg_paddr == 8'h10", "cfg_paddr == 8'h14"), expected: ["mismatch"],
      profiles: [.none]),
    Fault(
      design: .outer.with("    after: sums\n", "    gaps: true\n"),
      expected: ["mismatch", "hang"], profiles: [.throttled]),
    Fault(
      design: .outer.with("    after: go\n", "    gaps: true\n"),
      expected: ["mismatch", "hang"]),
    Fault(
      design: .outer.with("latency: 1", "latency: 0"), expected: ["mismatch"], profiles: [.none]),
    Fault(
      design: .gate.with("out_vld <= rst ? 0 : in_vld", "out_vld <= rst ? 0 : {N{|in_vld}}"),
      expected: ["mismatch"], profiles: [.none]),
    Fault(
      design: .gate.with("wb_sel[0] & wb_adr == 4", "wb_sel[0] & wb_adr == 8"),
      expected: ["mismatch"], profiles: [.none]),
  ]

  @Test(arguments: faults)
  func `a planted fault is found`(_ fault: Fault) async throws {
    let outcome = try await fault.design.verify(fault.profiles)
    #expect(!outcome.kinds.isDisjoint(with: fault.expected), "\(outcome.allFindings)")
  }
}
