// swift-tools-version: 6.2
import PackageDescription

/// Strictness of every Swift target. Warnings are errors where COSIM_STRICT is set (all `ci/` scripts
/// set it), so that a newer compiler's new warning never keeps a user from building.
let settings: [SwiftSetting] =
  [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ] + (Context.environment["COSIM_STRICT"] == nil ? [] : [.treatAllWarnings(as: .error)])

/// A library target and the product of the same name, which other packages import.
struct Library {
  var name: String
  var dependencies: [Target.Dependency] = []
  /// Folders that hold no Swift.
  var exclude: [String] = []
  /// Files that become a part of the code.
  var resources: [Resource] = []
}

// The arrows between modules. Golden models (Blocks) see no files, clocks or RTL; Lockstep cannot
// see Verilator; the builder (Verilation) cannot see golden models.
let libraries: [Library] = [
  Library(name: "FixedPoint"),
  Library(name: "Signals"),
  Library(name: "Sparsity", dependencies: ["Signals"]),
  Library(name: "Blocks", dependencies: ["FixedPoint", "Signals", "Sparsity"]),
  Library(name: "Vectors", dependencies: ["Signals", "CZlib"]),
  Library(
    name: "Devices",
    dependencies: ["Signals", "CDevice", .product(name: "Yams", package: "Yams")]),
  Library(
    name: "Verilation",
    dependencies: [
      "Signals", "Devices", "CDevice",
      .product(name: "Crypto", package: "swift-crypto"),
      .product(name: "Logging", package: "swift-log"),
      .product(name: "Subprocess", package: "swift-subprocess"),
      .product(name: "SystemPackage", package: "swift-system"),
    ]),
  Library(
    name: "Lockstep",
    dependencies: ["Signals", "Sparsity", "Blocks", "Vectors", "Devices", "CZlib"]),
  // Designs that no block in Swift stands for: a manifest says what crosses their pins.
  Library(
    name: "External",
    dependencies: [
      "Signals", "Blocks", "Devices", "Vectors", .product(name: "Crypto", package: "swift-crypto"),
    ], resources: [.embedInCode("Python")]),
  Library(name: "Accuracy", dependencies: ["Signals", "Blocks", "Vectors"]),
  Library(
    name: "Fuzzing",
    dependencies: [
      "Signals", "Blocks", "Devices", "Lockstep", .product(name: "Yams", package: "Yams"),
    ]),
  Library(
    name: "Reports",
    dependencies: ["Signals", "Blocks", "Devices", "Lockstep", "Accuracy", "Fuzzing"]),
  // It renders its own results, with the sentences of Reports.
  Library(
    name: "Gate",
    dependencies: [
      "Signals", "Blocks", "Vectors", "Devices", "Verilation", "External", "Lockstep", "Accuracy",
      "Fuzzing", "Reports",
      .product(name: "Subprocess", package: "swift-subprocess"),
      .product(name: "SystemPackage", package: "swift-system"),
      .product(name: "Yams", package: "Yams"),
    ]),
  // What gates came to, in a database. No verdict depends on it: Gate does not know it.
  Library(
    name: "History",
    dependencies: [
      "Signals", "Verilation", "Lockstep", "Reports", "Gate",
      .product(name: "GRDB", package: "GRDB.swift"),
    ]),
  Library(
    name: "CosimTesting",
    dependencies: [
      "Signals", "Blocks", "Devices", "Verilation", "Lockstep", "Reports",
      .product(name: "Logging", package: "swift-log"),
    ]),
  // The commands, over any catalogue of blocks.
  Library(
    name: "CosimCommands",
    dependencies: [
      "FixedPoint", "Signals", "Sparsity", "Blocks", "Vectors", "Devices", "Verilation",
      "External", "Lockstep", "Accuracy", "Fuzzing", "Reports", "Gate", "History",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
      .product(name: "Logging", package: "swift-log"),
    ], resources: [.embedInCode("Template")]),
]

/// Tests of a module, and what they need besides it.
let tests: [Library] = [
  Library(name: "FixedPoint", dependencies: ["Signals", "Vectors"]),
  Library(name: "Signals"),
  Library(name: "Vectors", dependencies: ["Signals"]),
  Library(name: "Sparsity", dependencies: ["Signals", "Vectors"]),
  Library(name: "Blocks", dependencies: ["FixedPoint", "Signals", "Sparsity", "Vectors"]),
  Library(name: "Devices", dependencies: ["CDevice", "Signals"]),
  Library(
    name: "Verilation",
    dependencies: ["Devices", "Signals", .product(name: "Logging", package: "swift-log")]),
  Library(name: "External", dependencies: ["Signals", "Blocks", "Devices"]),
  Library(name: "Accuracy", dependencies: ["Signals", "Blocks", "Vectors"]),
  Library(name: "CosimTesting", dependencies: ["Blocks"]),
  Library(
    name: "Fuzzing",
    dependencies: [
      "Signals", "Blocks", "Devices", "Lockstep", "Verilation", "Reports",
      .product(name: "Logging", package: "swift-log"),
    ],
    exclude: ["Fixtures"]),
  Library(name: "Reports", dependencies: ["Signals", "Blocks", "Accuracy", "Lockstep"]),
  Library(
    name: "Gate",
    dependencies: [
      "Signals", "Blocks", "Devices", "Lockstep", "Verilation",
      .product(name: "Logging", package: "swift-log"),
    ]),
  Library(name: "History", dependencies: ["Signals", "Lockstep", "Gate"]),
  Library(
    name: "Lockstep",
    dependencies: [
      "Signals", "Blocks", "Devices", "Vectors", "Verilation", "Reports",
      .product(name: "Logging", package: "swift-log"),
    ],
    exclude: ["Fixtures"]),
]

/// Foreign designs from their manifests to their findings: tests of several modules.
let foreignTests = Target.testTarget(
  name: "ForeignTests",
  dependencies: [
    "Signals", "Blocks", "Devices", "Verilation", "Lockstep", "External",
    .product(name: "Logging", package: "swift-log"),
  ], exclude: ["Fixtures"], swiftSettings: settings)

/// Tests of the executable, which they start.
let commandTests = Target.testTarget(
  name: "CommandTests", dependencies: ["cosim", "Signals", "Vectors"], swiftSettings: settings)

let command = Target.executableTarget(
  name: "cosim", dependencies: ["CosimCommands"], swiftSettings: settings)

/// The harness's side of `ci/bench`.
let bench = Target.executableTarget(
  name: "cosim-bench",
  dependencies: [
    "Signals", "Blocks", "Devices", "Verilation", "Lockstep",
    .product(name: "Logging", package: "swift-log"),
  ], path: "Tests/Bench/Sources", swiftSettings: settings)

let system: [Target] = [
  .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
  .target(name: "CDevice", exclude: ["shim"], linkerSettings: [.linkedLibrary("dl")]),
]

let modules = libraries.map {
  Target.target(
    name: $0.name, dependencies: $0.dependencies, resources: $0.resources, swiftSettings: settings)
}

let suites = tests.map {
  Target.testTarget(
    name: $0.name + "Tests", dependencies: $0.dependencies + [.byName(name: $0.name)],
    exclude: $0.exclude, swiftSettings: settings)
}

let package = Package(
  name: "cosim",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "cosim", targets: ["cosim"])]
    + libraries.map { .library(name: $0.name, targets: [$0.name]) },
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
  ],
  targets: system + modules + [command, bench] + suites + [foreignTests, commandTests]
)
