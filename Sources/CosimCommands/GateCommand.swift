import ArgumentParser
import Blocks
import Foundation
import Gate
import History
import Lockstep
import Verilation

struct GateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gate",
    abstract: "Say whether a change may be merged.",
    discussion: """
      Runs what the plan (gate.yaml in the project's folder, or defaults) says for a level: every block \
      against its golden model, its vectors with expected outputs, failures that were kept as tests, \
      cycles against budgets, golden models against their stated bounds. With --base, only what the \
      change since that commit can affect; what passed before with the same RTL, golden models, vectors, \
      plan and tools is not run again. Both are named in the report. What fails is repeated once: a \
      failure that does not repeat is reported as flaky.

      --report writes report.json, junit.xml, summary.md, annotations.txt and report.html.

      Exit status: 0 passed, 1 something is wrong with what was checked, 2 nothing is known to be wrong \
      but not everything could be checked, 130 interrupted.

      Examples:
        cosim gate --base origin/main --report build/gate
        cosim gate --level nightly --shard 2/4 --report build/gate-2
        cosim report merge build/gate-* --out build/gate
      """)

  @OptionGroup var project: ProjectOptions
  @OptionGroup var build: BuildOptions

  @Option(
    help: ArgumentHelp(
      "Run only what differs from where the current commit left this one.", valueName: "REF"))
  var base: String?

  @Option(help: ArgumentHelp("The plan (default: gate.yaml, if it is there).", valueName: "FILE"))
  var plan: String?

  @Option(help: "merge, nightly or release.")
  var level = "merge"

  @Option(help: ArgumentHelp("Run one of N parts of the tasks.", valueName: "I/N"))
  var shard = "1/1"

  @Option(help: ArgumentHelp("Folder for the report.", valueName: "DIR"))
  var report: String?

  @Option(
    help: ArgumentHelp(
      "Report of the base: what failed there is listed behind what is new.", valueName: "FILE"))
  var baseline: String?

  @Option(
    help: ArgumentHelp("Only tasks with this in their name; may be repeated.", valueName: "TEXT"))
  var only: [String] = []

  @Option(help: "Tasks that run at once; results do not depend on it.")
  var jobs = ProcessInfo.processInfo.activeProcessorCount

  @Flag(name: .customLong("no-cache"), help: "Run what passed before, too.")
  var noCache = false

  @Flag(help: "Write recorded times to the file that the plan names under 'times'.")
  var recordTimes = false

  @Flag(help: "List the tasks, and what is left out, and stop.")
  var list = false

  @Flag(help: "Print the result as JSON.")
  var json = false

  @OptionGroup var explaining: ExplainingOptions
  @OptionGroup var history: HistoryOptions

  @Flag(name: .customLong("no-history"), help: "Do not record this run.")
  var noHistory = false

  @Option(help: "local, or slurm: an array job of shards, of which this command makes one report.")
  var engine = "local"

  @Option(help: "With --engine slurm: tasks of the array.")
  var shards = 4

  @Option(
    help: ArgumentHelp(
      "With --engine slurm: more for sbatch, like --partition=x; may be repeated.",
      valueName: "WORD"))
  var slurmOption: [String] = []

  @Option(help: "With --engine slurm: seconds that all shards together may take, queues included.")
  var slurmTimeout = 14_400

  func validate() throws {
    guard jobs >= 1 else { throw ValidationError("--jobs must be at least 1") }
    guard ["local", "slurm"].contains(engine) else {
      throw ValidationError("--engine must be local or slurm")
    }
    guard shards >= 1, slurmTimeout >= 1 else {
      throw ValidationError("--shards and --slurm-timeout must be at least 1")
    }
    guard engine == "local" || parts?.count == 1 && !list && !recordTimes else {
      throw ValidationError("--engine slurm divides by itself: no --shard, --list, --record-times")
    }
    guard GateLevel(rawValue: level) != nil else {
      throw ValidationError("--level must be merge, nightly or release")
    }
    guard parts != nil else {
      throw ValidationError("--shard must be I/N, like 2/4, with I from 1 to N")
    }
  }

  /// The shard and the number of shards.
  private var parts: (index: Int, count: Int)? {
    let numbers = shard.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let index = numbers[0], let count = numbers[1], count >= 1,
      (1...count).contains(index)
    else { return nil }
    return (index, count)
  }

  func run() async throws {
    let signals = Interrupt.watch()
    defer { signals.forEach { $0.cancel() } }
    let began = Date.now
    // Whatever goes wrong from here on, no report of an earlier run is taken for this one's.
    if let report { try GateReport.prepare(report) }
    let root = try project.folder().path
    let names = GateProject(root: root, catalogue: Program.catalogue).names
    let plan = try GatePlan.load(plan, root: root, blocks: names)
    if engine == "slurm" {
      let slurm = slurm(root: root)
      let result = try await Interrupt.cancelling { try await slurm.run() }
      return try await finish(result, slurm.times, plan, root, since: began)
    }
    let gate = try await makeRun(root, plan)
    if list { return try gate.listing().forEach { print($0) } }
    let worker = Worker(
      path: gate.harness.path, words: [GateWorkerCommand.configuration.commandName ?? ""],
      timeout: plan.timeout)
    let (cache, verilator) = (build.cache, build.verilator)
    let bundles = explaining.options(root: root).bundles
    let seconds = explaining.minimiseTime
    let (result, times) = try await Interrupt.cancelling {
      try await gate.run { task, evidence, threads, looks in
        if task.check.isStatic {
          var runner = TaskRunner(project: gate.project, plan: plan, verilation: nil)
          runner.level = gate.level
          return await runner.run(task, evidence: evidence)
        }
        return await worker.run(
          WorkerRequest(
            root: root, plan: plan, task: task, evidence: evidence, jobs: threads, cache: cache,
            verilator: verilator, bundles: looks ? bundles : nil, minimiseSeconds: seconds))
      }
    }
    try await finish(
      result, times, plan, root, since: began, program: String(gate.harness.digest.prefix(12)))
  }

  private func makeRun(_ root: String, _ plan: GatePlan) async throws -> GateRun {
    guard let level = GateLevel(rawValue: level), let parts else { throw ExitCode(64) }
    // Without tools, files are still looked at, and the report says what is missing.
    let verilation: Verilation?
    do {
      verilation = try await build.verilation()
    } catch {
      Progress.say("cosim: \(error)")
      verilation = nil
    }
    let cache = verilation?.cache ?? Cache()
    var project = GateProject(root: root, catalogue: Program.catalogue)
    let changes: Changes?
    if let base { changes = try await Changes(since: base, root: root) } else { changes = nil }
    for file in changes?.files ?? [] where file.isRemoved && file.name.hasSuffix("device.yaml") {
      project.miss(file.path)
    }
    let harness = try Harness(
      path: GateCommand.executable, rememberedIn: cache.root + "/tools")
    try harness.checkAge(root: project.root)
    var gate = GateRun(
      project: project, plan: plan, level: level, verilation: verilation, harness: harness)
    (gate.shard, gate.shardCount) = (parts.index, parts.count)
    gate.jobs = jobs
    gate.cache = noCache ? nil : VerdictCache(cache)
    gate.only = only
    if let times = plan.times { gate.times = Sharding.times("\(root)/\(times)") }
    gate.planFile = self.plan ?? "\(root)/\(GatePlan.fileName)"
    gate.changes = changes
    gate.commit = await GateRun.commit(of: root)
    if let baseline {
      let base = try GateResult(contentsOf: baseline)
      gate.known = base.clusters.map(\.name)
      for task in base.results { gate.knownCoverage[task.task.id] = task.coverage?.count }
    }
    gate.isCancelled = { Interrupt.isRequested }
    gate.progress = { Progress.show("gate: \($0) of \($1) tasks, \($2)") }
    return gate
  }

  /// This command as an array job: everything but shard and report goes to the shards as it is.
  private func slurm(root: String) -> Slurm {
    // Where nodes have the program at another place, or start it through a script of theirs.
    let program = ProcessInfo.processInfo.environment["COSIM_GATE_PROGRAM"]
    var words = [program ?? GateCommand.executable, "gate", "--root", root, "--level", level]
    func add(_ name: String, _ value: String?) {
      if let value { words += [name, value] }
    }
    add("--base", base)
    add("--plan", plan)
    add("--baseline", baseline)
    add("--cache", build.cache)
    add("--verilator", build.verilator)
    add("--bundles", explaining.bundles)
    words += ["--jobs", String(jobs), "--minimise-time", String(explaining.minimiseTime)]
    for text in only { words += ["--only", text] }
    if noCache { words.append("--no-cache") }
    // The whole run is recorded, by this command.
    words.append("--no-history")
    let folder = URL(fileURLWithPath: report ?? root + "/build/gate").path + "/slurm"
    return Slurm(
      command: words, shards: shards, folder: folder, options: slurmOption,
      timeout: slurmTimeout, progress: { Progress.say("cosim: \($0)") })
  }

  static var executable: String {
    URL(fileURLWithPath: Bundle.main.executablePath ?? CommandLine.arguments[0])
      .resolvingSymlinksInPath().path
  }

  /// Prints and writes what stands at the end, and ends with the status of the verdict.
  private func finish(
    _ result: GateResult, _ times: GateTimes?, _ plan: GatePlan, _ root: String,
    since began: Date, program: String? = nil
  ) async throws {
    Progress.clear()
    if json {
      print(String(decoding: try result.encoded(), as: UTF8.self))
    } else {
      print(GateText().render(result))
    }
    fflush(nil)
    if let report {
      try GateReport(result).write(to: report, times: times)
      if !json { print("report: \(report)/report.html") }
    }
    if recordTimes, let file = plan.times {
      try times?.merge(into: "\(root)/\(file)")
    }
    fflush(nil)
    // A shard is no run: the merged report is, unless a file is named for this one.
    let isRecorded = !noHistory && (result.shards.count == 1 || history.history != nil)
    let recorder = RunRecorder(
      path: isRecorded ? await history.path(plan: plan, root: root, cache: build.cache) : nil,
      report: report)
    recorder.record(
      result, times,
      RunFacts(
        began: began, seconds: Date.now.timeIntervalSince(began), hosts: [RunFacts.host],
        isDirty: await HistoryPlace.isDirty(root), program: program))
    if result.verdict != .passed { throw ExitCode(result.verdict.exitStatus) }
  }
}

/// Does one task of a gate; started by it.
struct GateWorkerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gate-worker", abstract: "Does one task of a gate.", shouldDisplay: false)

  @Argument(help: "The task, as JSON.")
  var request: String

  func run() async throws {
    let signals = Interrupt.watch()
    defer { signals.forEach { $0.cancel() } }
    // The result alone goes to standard output; what RTL prints does not get there.
    let result = dup(STDOUT_FILENO)
    let silence = open("/dev/null", O_WRONLY)
    dup2(silence, STDOUT_FILENO)
    GateWorkerCommand.endWithParent()
    let request = try JSONDecoder().decode(WorkerRequest.self, from: Data(request.utf8))
    let data = try JSONEncoder().encode(try await outcome(of: request))
    if Interrupt.isRequested { throw ExitCode(130) }
    try FileHandle(fileDescriptor: result).write(contentsOf: data)
  }

  private func outcome(of request: WorkerRequest) async throws -> TaskResult {
    var build = BuildOptions()
    (build.cache, build.verilator) = (request.cache, request.verilator)
    let options = build
    let verilation = try await options.verilation()
    var runner = TaskRunner(
      project: GateProject(root: request.root, catalogue: Program.catalogue), plan: request.plan,
      verilation: verilation, jobs: request.jobs, isCancelled: { Interrupt.isRequested })
    if let bundles = request.bundles {
      var explaining = ExplainingOptions()
      explaining.bundles = bundles
      explaining.minimiseTime = request.minimiseSeconds
      runner.explainer = explaining.options(root: request.root)
    }
    let ready = runner
    return try await Interrupt.cancelling {
      await ready.run(request.task, evidence: request.evidence)
    }
  }

  /// Ends this process when the one that started it is gone: nobody would read the result.
  private static func endWithParent() {
    let parent = getppid()
    Thread.detachNewThread {
      while getppid() == parent { usleep(300_000) }
      // As Ctrl-C does it, so that compilers end, too; then for certain.
      kill(getpid(), SIGTERM)
      usleep(3_000_000)
      _exit(130)
    }
  }
}
