// swift-tools-version: 6.1
import PackageDescription

// One place for the language settings: every target is built alike.
let settings: [SwiftSetting] = ["ExistentialAny", "InternalImportsByDefault", "MemberImportVisibility"]
    .map { .enableUpcomingFeature($0) }

// The binary carries Swift's runtime: it runs where no toolchain is, and calls into the runtime cost less. It is linked
// so here, not by `--static-swift-stdlib`, because that also compiles for it, and tests cannot be compiled so.
let staticRuntime = [
    "-static-stdlib", "-lFoundation", "-lCoreFoundation", "-lFoundationInternationalization", "-lFoundationEssentials",
    "-l_FoundationICU", "-l_FoundationCShims", "-l_FoundationCollections",
]

let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
]

// Arrows point strictly down: a target names only targets of a lower level (see README, "Layout").
let package = Package(
    name: "tollbook",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "tollbook", targets: ["tollbook"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.5.1"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // Level 0
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .target(name: "SQLite", dependencies: ["CSQLite"], swiftSettings: settings),
        .target(name: "TollbookCore", swiftSettings: settings),
        // Level 1
        .target(
            name: "TollbookWire",
            dependencies: ["TollbookCore", .product(name: "NIOCore", package: "swift-nio")],
            swiftSettings: settings),
        .target(name: "TollbookPolicy", dependencies: ["TollbookCore"], swiftSettings: settings),
        // Level 2
        .target(
            name: "TollbookLedger",
            dependencies: [
                "TollbookCore", "TollbookPolicy", "SQLite", .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: settings),
        // Level 3
        .target(
            name: "TollbookReports",
            dependencies: [
                "TollbookCore", "TollbookPolicy", "TollbookLedger", "SQLite",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: settings),
        .target(
            name: "TollbookGateway",
            dependencies: nio + [
                "TollbookCore", "TollbookWire", "TollbookPolicy", "TollbookLedger",
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOHPACK", package: "swift-nio-http2"),
                .product(name: "NIOHTTPCompression", package: "swift-nio-extras"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .target(
            name: "TollbookSimulator",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: settings),
        // Level 4
        .target(
            name: "TollbookControl",
            dependencies: nio + [
                "TollbookCore", "TollbookPolicy", "TollbookLedger", "TollbookReports", "TollbookGateway", "SQLite",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        // Level 5
        .target(
            name: "TollbookCommands",
            dependencies: [
                "TollbookCore", "TollbookPolicy", "TollbookLedger", "TollbookReports", "TollbookGateway",
                "TollbookSimulator", "TollbookControl", "SQLite",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Yams", package: "Yams"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "tollbook", dependencies: ["TollbookCommands"], swiftSettings: settings,
            linkerSettings: [.unsafeFlags(staticRuntime, .when(platforms: [.linux]))]),
        // Test support
        .target(
            name: "TollbookTesting",
            dependencies: ["TollbookCore", "TollbookPolicy", "TollbookLedger", "SQLite"],
            swiftSettings: settings),
        // Tests: one target per source target, and the tidy checks
        .testTarget(name: "TollbookCoreTests", dependencies: ["TollbookCore"], swiftSettings: settings),
        .testTarget(name: "SQLiteTests", dependencies: ["SQLite"], swiftSettings: settings),
        .testTarget(
            name: "TollbookWireTests",
            dependencies: ["TollbookWire", "TollbookCore", .product(name: "NIOCore", package: "swift-nio")],
            swiftSettings: settings),
        .testTarget(
            name: "TollbookPolicyTests", dependencies: ["TollbookPolicy", "TollbookCore"], swiftSettings: settings),
        .testTarget(
            name: "TollbookLedgerTests",
            dependencies: ["TollbookLedger", "TollbookPolicy", "TollbookCore", "SQLite", "TollbookTesting"],
            swiftSettings: settings),
        .testTarget(
            name: "TollbookReportsTests",
            dependencies: [
                "TollbookReports", "TollbookLedger", "TollbookPolicy", "TollbookCore", "SQLite", "TollbookTesting",
            ],
            swiftSettings: settings),
        .testTarget(
            name: "TollbookGatewayTests",
            dependencies: [
                "TollbookGateway", "TollbookPolicy", "TollbookCore",
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "TollbookCommandsTests",
            dependencies: ["TollbookCommands", "TollbookLedger", "TollbookPolicy", "TollbookCore", "TollbookTesting"],
            swiftSettings: settings),
        .testTarget(name: "TidyTests", swiftSettings: settings),
    ]
)
