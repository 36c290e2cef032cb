import Foundation
import Gate
import History
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

@Suite struct HistoryFileTests {
  @Test func whatWasWrittenIsRead() throws {
    let scratch = try Scratch()
    var fuzz = cycles("b", 7, passes: false)
    fuzz.executions = 2000
    fuzz.mutants = MutantFigures(killed: 9, counted: 10)
    let runs = [
      run("one", at: 0, commit: commit(1), [cycles("a", 4259)]),
      run("two", at: 1, commit: commit(2), isDirty: true, [cycles("a", 4260), fuzz]),
    ]
    // The folder is made, too.
    let path = scratch["new/history.sqlite"]
    for run in runs { #expect(try HistoryFile(writing: path).append(run)) }
    let file = try HistoryFile(reading: path)
    #expect(try file.runs() == runs)
    #expect(try file.runs(limit: 1) == [runs[1]])
    #expect(try file.runs(block: "b").map(\.tasks) == [[runs[1].tasks[1]]])
    #expect(try file.runs(block: "a", configuration: "other").isEmpty)
    // Nothing lies beside it that a copy would miss.
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: scratch["new"]) == ["history.sqlite"])
  }

  @Test func aRunIsThereOnceHoweverOftenAndInWhateverPartsItComes() throws {
    let scratch = try Scratch()
    let file = try HistoryFile(writing: scratch["h"])
    let one = run("one", at: 0, [cycles("a", 1)])
    let two = run("two", at: 1, [cycles("b", 2)])
    var both = run("one", at: 0, [cycles("a", 1), cycles("b", 2)])
    both.facts = two.facts.merged(with: one.facts)
    #expect(try file.append(one) && !file.append(one))
    #expect(try file.append(two))
    #expect(try file.count() == 2)
    // The whole takes the place of its shards, which add nothing any more.
    #expect(try file.append(both))
    #expect(try file.runs() == [both])
    #expect(try !file.append(one) && !file.append(both))
    #expect(try file.count() == 1)
  }

  @Test func mergedFactsAreTheSameInAnyOrder() {
    let a = RunFacts(part: "a", began: time(2), seconds: 5, hosts: ["x"], isDirty: false)
    let b = RunFacts(part: "b", began: time(1), seconds: 9, hosts: ["y"], isDirty: true)
    let c = RunFacts(part: "c", began: time(3), hosts: ["x"], isDirty: nil)
    let all = a.merged(with: b).merged(with: c)
    #expect(
      all == c.merged(with: a.merged(with: b)) && all.id == b.merged(with: c.merged(with: a)).id)
    #expect(all.merged(with: b) == all)
    #expect(all.parts == ["a", "b", "c"] && all.hosts == ["x", "y"])
    #expect(all.began == time(1) && all.seconds == 9 && all.isDirty == true)
    #expect(a.merged(with: c).isDirty == nil)
  }

  @Test func runsOfOneSecondStayInTheOrderOfRecording() throws {
    let scratch = try Scratch()
    let names = (0..<20).map { "run \(($0 * 7) % 20)" }
    for name in names {
      try HistoryFile(writing: scratch["h"]).append(run(name, at: 0, [cycles("a", 1)]))
    }
    #expect(try HistoryFile(reading: scratch["h"]).runs().map(\.facts.id) == names)
  }

  @Test func manyWritersAtOnceLoseNothing() async throws {
    let scratch = try Scratch()
    let path = scratch["h"]
    // Each opens the file by itself, as processes do; one of them begins it.
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<8 {
        group.addTask {
          for index in 0..<5 {
            try HistoryFile(writing: path).append(
              run("\(writer)-\(index)", at: index, [cycles("a", index), cycles("b", writer)]))
          }
        }
      }
      try await group.waitForAll()
    }
    let runs = try HistoryFile(reading: path).runs()
    #expect(runs.count == 40 && runs.allSatisfy { $0.tasks.count == 2 })
  }

  @Test func aFileThatIsNoDatabaseIsLeftAlone() throws {
    let scratch = try Scratch()
    let text = String(repeating: "This is no database at all. ", count: 200)
    try text.write(toFile: scratch["h"], atomically: true, encoding: .utf8)
    let path = scratch["h"]
    let expected =
      "the history \(path) is damaged (file is not a database); move it away, and the next run of the "
      + "gate begins a new one; reports that were kept come back with cosim history import"
    #expect(message { _ = try HistoryFile(writing: path) } == expected)
    #expect(message { _ = try HistoryFile(reading: path) } == expected)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
  }

  @Test func aDatabaseThatIsCutShortIsNoticed() throws {
    let scratch = try Scratch()
    let path = scratch["h"]
    for index in 0..<30 {
      try HistoryFile(writing: path).append(run("\(index)", at: index, [cycles("a", index)]))
    }
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    var damaged = data
    for index in 4096..<data.count { damaged[index] = 0x5A }
    try damaged.write(to: URL(fileURLWithPath: path))
    let text = message { try HistoryFile(writing: path).append(run("x", at: 99, [cycles("a", 1)])) }
    #expect(text?.contains("is damaged (") == true, "\(text ?? "nothing")")
  }

  @Test func aDatabaseOfAnotherProgramIsLeftAlone() throws {
    let scratch = try Scratch()
    let path = scratch["h"]
    try sqlite(path, "CREATE TABLE people (name TEXT)")
    #expect(
      message { _ = try HistoryFile(writing: path) }
        == "\(path) is a database of another program; name another file for the history")
  }

  @Test func aNewerFormIsLeftAlone() throws {
    let scratch = try Scratch()
    let path = scratch["h"]
    try HistoryFile(writing: path).append(run("one", at: 0, [cycles("a", 1)]))
    try sqlite(path, "INSERT INTO grdb_migrations VALUES ('9')")
    let text =
      "the history \(path) was written by a newer cosim (form '9'); use that one, or name another file"
    #expect(message { _ = try HistoryFile(writing: path) } == text)
    #expect(message { _ = try HistoryFile(reading: path) } == text)
  }

  @Test func aFileThatIsNotThereIsNotBegunByReading() throws {
    let scratch = try Scratch()
    let path = scratch["h"]
    #expect(
      message { _ = try HistoryFile(reading: path) }
        == "there is no history \(path) yet; cosim gate begins one")
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func aFolderInItsPlaceIsSaid() throws {
    let scratch = try Scratch()
    #expect(
      message { _ = try HistoryFile(writing: scratch.path) }
        == "cannot open the history \(scratch.path): unable to open database file")
  }

  @Test func aWriterThatHoldsItForTooLongIsSaid() throws {
    let scratch = try Scratch()
    let path = scratch["h"]
    try HistoryFile(writing: path).append(run("one", at: 0, [cycles("a", 1)]))
    let holder = Process()
    holder.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    holder.arguments = [
      "python3", "-c",
      """
      import sqlite3, sys
      db = sqlite3.connect(sys.argv[1], isolation_level=None)
      db.execute("BEGIN EXCLUSIVE")
      print("held", flush=True)
      sys.stdin.read()
      """, path,
    ]
    let (input, output) = (Pipe(), Pipe())
    (holder.standardInput, holder.standardOutput) = (input, output)
    try holder.run()
    // However the word comes in pieces, it holds the file by then.
    #expect(output.fileHandleForReading.availableData.first == UInt8(ascii: "h"))
    #expect(
      message { _ = try HistoryFile(writing: path, patience: 0) }
        == "cannot write to the history \(path): another process has held it for 0 seconds; it is as it was"
    )
    try input.fileHandleForWriting.close()
    holder.waitUntilExit()
    #expect(try HistoryFile(writing: path).append(run("two", at: 1, [cycles("a", 1)])))
  }

  @Test func aWriterThatDiesInTheMiddleLeavesWhatWasThere() throws {
    let scratch = try Scratch()
    let path = scratch["h"]
    let first = run("one", at: 0, [cycles("a", 1)])
    try HistoryFile(writing: path).append(first)
    // A small cache, so that a part of it is in the file already.
    try python(
      """
      import os, sqlite3, sys
      db = sqlite3.connect(sys.argv[1], isolation_level=None)
      db.execute("PRAGMA cache_size = 1")
      db.execute("BEGIN IMMEDIATE")
      db.execute("DELETE FROM run")
      for index in range(5000):
        db.execute("INSERT INTO part VALUES (?, 'r')", (str(index),))
      os._exit(0)
      """, path)
    #expect(FileManager.default.fileExists(atPath: path + "-journal"))
    #expect(try HistoryFile(reading: path).runs() == [first])
    #expect(!FileManager.default.fileExists(atPath: path + "-journal"))
  }

  /// A limit on the size of files stands for a full disk: the write fails in the middle.
  @Test func aDiskThatIsFullLeavesTheOldRunsAndNothingElse() async {
    await #expect(processExitsWith: .success) {
      let scratch = try Scratch()
      let path = scratch["h"]
      let first = run("one", at: 0, [cycles("a", 1)])
      try HistoryFile(writing: path).append(first)
      signal(SIGXFSZ, SIG_IGN)
      let size = rlim_t(try Data(contentsOf: URL(fileURLWithPath: path)).count) + 1000
      var limit = rlimit(rlim_cur: size, rlim_max: size)
      #if canImport(Glibc)
        setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      #else
        setrlimit(RLIMIT_FSIZE, &limit)
      #endif
      let many = (0..<2000).map { cycles("block\($0)", $0) }
      let text = message { try HistoryFile(writing: path).append(run("two", at: 1, many)) }
      #expect(text?.hasPrefix("cannot write to the history \(path): ") == true, "\(text ?? "")")
      #expect(text?.hasSuffix("; it is as it was") == true)
      #expect(try HistoryFile(reading: path).runs() == [first])
    }
  }

  /// Runs a statement on a file, as another program would.
  private func sqlite(_ path: String, _ statement: String) throws {
    try python(
      """
      import sqlite3, sys
      db = sqlite3.connect(sys.argv[1])
      db.execute(sys.argv[2])
      db.commit()
      """, path, statement)
  }

  private func python(_ script: String, _ arguments: String...) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script] + arguments
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
  }
}
