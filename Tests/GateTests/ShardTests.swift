import Foundation
import Gate
import Testing

@Suite struct ShardTests {
  private let tasks = (0..<40).flatMap { index in
    [task("b\(index)", verify), task("b\(index)", .cycles), task("b\(index)", nil, .accuracy)]
  }

  @Test(arguments: [2, 3, 4, 7])
  func everyTaskIsInExactlyOneShard(count: Int) {
    let parts = (1...count).map { Sharding.tasks(tasks, shard: $0, of: count, seconds: [:]) }
    #expect(parts.flatMap { $0 }.count == tasks.count)
    #expect(Set(parts.flatMap { $0 }) == Set(tasks))
    #expect(parts.allSatisfy { !$0.isEmpty })
  }

  @Test func tasksOfADeviceStayTogether() {
    for index in 1...4 {
      let part = Sharding.tasks(tasks, shard: index, of: 4, seconds: [:])
      for task in part where task.check == verify {
        #expect(part.contains { $0.block == task.block && $0.check == .cycles })
      }
    }
  }

  @Test func recordedTimesBalanceShards() {
    var seconds = Dictionary(uniqueKeysWithValues: tasks.map { ($0.id, 1.0) })
    seconds[tasks[0].id] = 60
    let loads = (1...2).map { index in
      Sharding.tasks(tasks, shard: index, of: 2, seconds: seconds)
        .reduce(0) { $0 + (seconds[$1.id] ?? 0) }
    }
    // 179 seconds in all; a group has at most 2 but for the long one.
    #expect(abs(loads[0] - loads[1]) <= 2)
  }

  @Test func theOrderOfTasksMakesNoDifference() {
    let shuffled = tasks.reversed()
    let first = Set(Sharding.tasks(tasks, shard: 2, of: 3, seconds: [:]))
    #expect(first == Set(Sharding.tasks(Array(shuffled), shard: 2, of: 3, seconds: [:])))
  }

  // MARK: - Merging

  /// One run, and the same as four shards.
  private func runs() -> (whole: GateResult, shards: [GateResult]) {
    let results = tasks.enumerated().map { $0 % 7 == 3 ? failed($1) : passed($1) }
    let whole = gateResult(results)
    let shards = (1...4).map { index in
      var part = whole
      let mine = Set(Sharding.tasks(tasks, shard: index, of: 4, seconds: [:]))
      part.results = whole.results.filter { mine.contains($0.task) }
      part.shards = GateResult.Shards(count: 4, present: [index])
      return part
    }
    return (whole, shards)
  }

  @Test func fourShardsInAnyOrderGiveTheBytesOfOneRun() throws {
    let (whole, shards) = runs()
    for order in [[0, 1, 2, 3], [3, 1, 0, 2], [2, 3, 1, 0]] {
      let merged = try order.dropFirst().reduce(shards[order[0]]) {
        try $0.merged(with: shards[$1])
      }
      for (mine, one) in zip(try GateReport(merged).files(), try GateReport(whole).files()) {
        #expect(mine.data == one.data, "\(mine.name)")
      }
    }
    let pairs = try shards[0].merged(with: shards[1]).merged(
      with: shards[2].merged(with: shards[3]))
    #expect(try pairs.encoded() == whole.encoded())
  }

  @Test func aMissingShardIsAFailureThatNamesIt() throws {
    let shards = runs().shards.map { shard in
      var copy = shard
      copy.results = shard.results.map { passed($0.task) }
      return copy
    }
    let merged = try shards[0].merged(with: shards[1]).merged(with: shards[3])
    #expect(merged.verdict == .broken)
    #expect(merged.shards.missing == [3])
    #expect(Set(merged.lost) == Set(shards[2].results.map(\.task.id)))
    #expect(try merged.merged(with: shards[2]).verdict == .passed)
  }

  @Test func aShardTwiceIsTheSameAsOnce() throws {
    let (_, shards) = runs()
    #expect(try shards[0].merged(with: shards[0]).encoded() == shards[0].encoded())
  }

  @Test func partsOfOtherRunsAreRefused() throws {
    let (whole, shards) = runs()
    #expect(throws: GateError.self) { try shards[0].merged(with: whole) }
    var other = shards[1]
    other.planned.removeLast()
    #expect {
      try shards[0].merged(with: other)
    } throws: {
      "\($0)".contains("the list of tasks differs")
    }
    var differing = shards[0]
    differing.results[0] = failed(differing.results[0].task, Failure("hang", "another"))
    #expect(throws: GateError.self) { try shards[0].merged(with: differing) }
  }

  @Test func theFileSaysWhatFollowsFromIt() throws {
    struct File: Decodable {
      struct Task: Decodable { var name: String }
      struct Cause: Decodable { var name: String }
      var verdict: String
      var exitStatus: Int
      var clusters: [Cause]
      var results: [Task]
    }
    let result = gateResult([passed(task("a", verify)), failed(task("b", verify))])
    let file = try JSONDecoder().decode(File.self, from: try result.encoded())
    #expect(file.verdict == "failed" && file.exitStatus == 1)
    #expect(file.clusters.map(\.name) == ["b: mismatch, y.data"])
    #expect(file.results.map(\.name) == ["a/default/verify seed 1", "b/default/verify seed 1"])
  }

  @Test func aReportThatIsCutShortIsRefused() throws {
    let scratch = try Scratch()
    let data = try runs().whole.encoded()
    try scratch.write(
      String(decoding: data.prefix(data.count / 2), as: UTF8.self), to: "report.json")
    #expect {
      try GateResult(contentsOf: scratch.path)
    } throws: {
      "\($0)" == "reading the report \(scratch.path)/report.json: it is no whole report of a gate"
    }
  }
}
