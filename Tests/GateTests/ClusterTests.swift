import Gate
import Testing

@Suite struct ClusterTests {
  @Test func failuresOfOneKindAtOnePlaceAreOneCluster() {
    let found = gateResult([
      failed(
        task("a", "x", verify), Failure("mismatch", place: "y.data", "expected 1, observed 2")),
      failed(
        task("a", "y", verify), Failure("mismatch", place: "y.data", "expected 7, observed 9")),
      failed(
        task("a", "z", verify), Failure("mismatch", place: "y.keep", "expected 0, observed 1")),
    ])
    #expect(found.clusters.map(\.tasks.count) == [2, 1])
    #expect(found.clusters[0].name == "a: mismatch, y.data")
  }

  @Test func aLineOfRTLIsOnePlaceForAllBlocks() {
    let failure = Failure(
      "device failure", place: "rtl/common/f.sv:3", "assertion", file: "rtl/common/f.sv", line: 3)
    let found = gateResult([failed(task("a", verify), failure), failed(task("b", verify), failure)])
    #expect(found.clusters.count == 1)
  }

  @Test func aConfigurationOfTwoBlocksIsNotOnePlace() {
    let failure = Failure("cycles", place: "default", "", file: "rtl/a/device.yaml", line: 3)
    let found = gateResult([failed(task("a", verify), failure), failed(task("b", verify), failure)])
    #expect(found.clusters.map(\.name) == ["a: cycles, default", "b: cycles, default"])
  }

  @Test func positionAndClassTellCausesApart() {
    func failure(_ position: String, _ kind: String?) -> Failure {
      Failure("mismatch", place: "y", position: position, classification: kind, "")
    }
    let found = gateResult([
      failed(task("a", "1", verify), failure("first beat", nil)),
      failed(task("a", "2", verify), failure("later beats", nil)),
      failed(task("a", "3", verify), failure("later beats", "ties")),
    ])
    #expect(found.clusters.count == 3)
  }

  @Test func whatIsNewComesFirst() {
    var found = gateResult([
      failed(task("a", "1", verify), Failure("hang", place: "y", "")),
      failed(task("a", "2", verify), Failure("hang", place: "y", "")),
      failed(task("b", verify), Failure("hang", place: "y", "")),
    ])
    #expect(found.clusters.map(\.name) == ["a: hang, y", "b: hang, y"])
    found.known = ["a: hang, y"]
    #expect(found.clusters.map(\.name) == ["b: hang, y", "a: hang, y"])
    #expect(found.clusters.map(\.isNew) == [true, false])
  }
}
