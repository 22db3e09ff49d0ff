// swift-tools-version: 6.1
import PackageDescription

// Arrows point down only (the order of this list): a target depends on targets above it, never on one below.
// `DataPath` and the control side (`Agent`, `Controllers`) never import each other: they meet on a socket whose
// messages are in `WireFormat`.

let swiftSettings: [SwiftSetting] = [
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
]

func module(_ name: String, path: String? = nil, exclude: [String] = [], _ dependencies: [Target.Dependency]) -> Target
{
    .target(name: name, dependencies: dependencies, path: path, exclude: exclude, swiftSettings: swiftSettings)
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: swiftSettings)
}

func tests(
    _ name: String, path: String? = nil, exclude: [String] = [], resources: [Resource] = [],
    _ dependencies: [Target.Dependency]
) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, path: path, exclude: exclude, resources: resources,
        swiftSettings: swiftSettings)
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioFoundation = Target.Dependency.product(name: "NIOFoundationCompat", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let hashTrees = Target.Dependency.product(name: "HashTreeCollections", package: "swift-collections")

// Intel's ipsec-mb is there on x86-64 alone.
#if arch(x86_64)
    let ipsecMB: [Target] = [.systemLibrary(name: "CIPsecMB", providers: [.apt(["libipsec-mb-dev"])])]
#else
    let ipsecMB: [Target] = []
#endif

let package = Package(
    name: "cloudvlan",
    products: [
        .executable(name: "cvlan", targets: ["cvlan"]),
        .executable(name: "cvlan-controller", targets: ["cvlan-controller"]),
        .executable(name: "cvlan-ctrl", targets: ["cvlan-ctrl"]),
        .executable(name: "vrouterd", targets: ["vrouterd"]),
        .executable(name: "cvland", targets: ["cvland"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.0"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        // C libraries, each wrapped by exactly one Swift target.
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CGit2", pkgConfig: "libgit2", providers: [.apt(["libgit2-dev"])]),
        // The header alone: modules are loaded by name.
        .systemLibrary(name: "CPKCS11", pkgConfig: "p11-kit-1", providers: [.apt(["libp11-kit-dev"])]),
        .target(name: "CLinux"),

        // Foundations.
        module("Addressing", []),
        module("OpenSSL", ["COpenSSL"]),
        module("AEAD", ["OpenSSL"] + ipsecMB.map { .target(name: $0.name) }),
        module("Sodium", ["CSodium"]),
        // SSH's keys and signatures, as git signs commits with them.
        module("SSHSignatures", ["OpenSSL", "Sodium"]),
        // Keys in tokens.
        module("PKCS11", ["CPKCS11", "Sodium"]),
        // Generated/ comes from Protos/, in Sources/WireFormat:
        // protoc -IProtos --swift_out=Generated --swift_opt=Visibility=Package \
        //     --swift_opt=UseAccessLevelOnImports=true Protos/*.proto
        module("WireFormat", exclude: ["Protos"], ["Addressing", "Sodium", protobuf]),

        // What users write, and where it is kept.
        module("DiffSync", []),
        module("Manifests", ["CYAML", "Addressing"]),
        module("GitRepository", ["CGit2", crypto]),
        module("ManifestSource", ["Manifests", "GitRepository"]),

        // The data path: protocol cores without I/O, then I/O, then the engine.
        module("Tunneling", ["Addressing"]),
        module("WireGuard", ["AEAD", "Addressing", "OpenSSL", "Sodium", "Tunneling"]),
        module("IPsec", ["AEAD", "Addressing", "OpenSSL", "Tunneling"]),
        module("Forwarding", ["Addressing"]),
        module("PacketIO", ["CLinux", "Addressing"]),
        module(
            "DataPath",
            [
                "AEAD", "Tunneling", "WireGuard", "IPsec", "Forwarding", "PacketIO", "WireFormat", "Addressing",
                "OpenSSL",
                logging,
            ]),

        // The control side.
        module("Trust", ["Addressing", "PKCS11", "SSHSignatures", "Sodium", "WireFormat", crypto, x509, asn1]),
        // Not `Network`: that is Apple's framework to the packages below, which ask `canImport(Network)` and would take ours.
        module(
            "OverlayNetwork", path: "Sources/Network",
            ["Manifests", "DiffSync", "WireFormat", "Addressing", "OpenSSL", crypto]),
        module("Lint", ["OverlayNetwork", "Manifests", "SSHSignatures", "Addressing"]),
        module("Plan", ["OverlayNetwork", "Lint", "ManifestSource", "Manifests", "GitRepository", "Addressing"]),
        module(
            "Authorization",
            [
                "Plan", "OverlayNetwork", "ManifestSource", "Manifests", "GitRepository", "SSHSignatures", "Sodium",
                "Trust", hashTrees,
            ]),
        module(
            "Agent",
            [
                "Trust", "DiffSync", "WireFormat", "Addressing", "Sodium", logging, httpClient, nioCore, nioPosix,
                nioSSL,
                nioFoundation, grdb, serviceLifecycle, unixSignals, crypto, x509, argumentParser,
            ]),
        // One reconciler per kind of manifest, without I/O: what is published follows from git through these alone.
        module(
            "Reconciling", path: "controllers/Reconciling",
            ["Authorization", "OverlayNetwork", "Lint", "ManifestSource", "Manifests", "GitRepository"]),
        module(
            "Controllers", path: "controllers", exclude: ["Reconciling"],
            [
                "Reconciling", "Authorization", "OverlayNetwork", "Trust", "GitRepository", "ManifestSource", "Lint",
                "Manifests", "DiffSync", "WireFormat", "SSHSignatures", "Sodium", "Addressing", logging, hummingbird,
                hummingbirdTLS, nioCore, nioPosix, nioSSL, nioFoundation, grdb, serviceLifecycle, crypto, x509, asn1,
            ]),

        // What git alone proves of the past.
        module(
            "Audit",
            [
                "Reconciling", "Authorization", "Trust", "Plan", "Lint", "OverlayNetwork", "DiffSync", "ManifestSource",
                "Manifests", "GitRepository", "SSHSignatures", "WireFormat", "Addressing", hashTrees,
            ]),

        // Programs: thin mains.
        program(
            "cvlan",
            [
                "Controllers", "Agent", "Audit", "Authorization", "Reconciling", "Plan", "Lint", "OverlayNetwork",
                "Trust",
                "ManifestSource", "GitRepository", "Manifests", "SSHSignatures", "WireFormat", "Addressing",
                argumentParser, httpClient,
                nioCore, nioSSL, nioFoundation,
            ]),
        program("cvlan-controller", ["Controllers", argumentParser, logging, serviceLifecycle, unixSignals]),
        program("cvlan-ctrl", ["Agent", argumentParser]),
        program("vrouterd", ["Agent", argumentParser]),
        program("cvland", ["DataPath", argumentParser, logging]),

        // Tests: unit and property tests beside their target's name, none of them needs root.
        module("TestRandom", path: "Tests/Random", []),
        tests("AddressingTests", ["TestRandom", "Addressing"]),
        tests("DiffSyncTests", ["TestRandom", "DiffSync"]),
        tests("ManifestsTests", ["TestRandom", "Manifests", "Addressing"]),
        tests(
            "LintTests", exclude: ["Corpus", "validate-reports", "validate-schemas", "check-command"],
            ["TestRandom", "Lint", "OverlayNetwork", "Manifests", "Addressing"]),
        module("TestPrograms", path: "Tests/Programs", ["GitRepository"]),
        tests("GitRepositoryTests", ["TestPrograms", "TestRandom", "GitRepository"]),
        tests("SSHSignaturesTests", ["TestPrograms", "SSHSignatures", "GitRepository", "OpenSSL", "Sodium"]),
        module("TestRepository", path: "Tests/Repository", ["GitRepository"]),
        tests("ManifestSourceTests", ["TestRepository", "ManifestSource", "Manifests", "GitRepository"]),
        tests(
            "PlanTests", exclude: ["Golden", "check-command", "check-seal", "validate-plans"],
            [
                "TestRandom", "TestRepository", "Plan", "OverlayNetwork", "Lint", "ManifestSource", "Manifests",
                "GitRepository",
                "Addressing",
            ]),
        module("TestCertificates", path: "Tests/Certificates", exclude: ["make"], []),
        tests("OpenSSLTests", ["TestCertificates", "OpenSSL"]),
        tests("AEADTests", ["TestRandom", "AEAD", "OpenSSL"]),
        tests("VectorTests", exclude: ["wycheproof"], ["AEAD", "OpenSSL"]),
        tests("TunnelingTests", ["TestRandom", "Tunneling", "Addressing"]),
        tests("WireGuardTests", ["TestRandom", "AEAD", "Tunneling", "WireGuard", "Addressing", "OpenSSL", "Sodium"]),
        tests("IPsecTests", ["TestCertificates", "TestRandom", "IPsec", "AEAD", "Addressing", "OpenSSL", "Tunneling"]),
        module("TestRoguePeer", path: "Tests/RoguePeer", ["IPsec", "OpenSSL"]),
        tests(
            "RoguePeerTests",
            ["TestCertificates", "TestRandom", "TestRoguePeer", "IPsec", "Addressing", "OpenSSL", "Tunneling"]),
        tests("ForwardingTests", ["TestRandom", "Forwarding", "Addressing"]),
        module("TestDatagrams", path: "Tests/Datagrams", ["PacketIO", "Addressing"]),
        module("TestPackets", path: "Tests/Packets", ["TestRandom", "PacketIO"]),
        tests("PacketIOTests", ["TestDatagrams", "TestPackets", "TestRandom", "PacketIO", "Addressing"]),
        tests(
            "DataPathTests",
            [
                "TestRandom", "DataPath", "Tunneling", "WireGuard", "IPsec", "Forwarding", "PacketIO", "WireFormat",
                "Addressing", "OpenSSL", logging,
            ]),
        tests(
            "TrustTests",
            [
                "TestPrograms", "TestRandom", "Trust", "PKCS11", "SSHSignatures", "Sodium", "WireFormat", crypto, x509,
            ]),
        tests(
            "AuthorizationTests",
            [
                "TestPrograms", "TestRandom", "TestRepository", "Authorization", "Plan", "ManifestSource", "Manifests",
                "GitRepository", "SSHSignatures", "Sodium", "Trust",
            ]),
        tests(
            "AuditTests", exclude: ["Golden", "validate-reports"],
            [
                "TestRepository", "Audit", "Authorization", "Reconciling", "OverlayNetwork", "ManifestSource",
                "Manifests", "GitRepository", "SSHSignatures", "Sodium", "Trust", "WireFormat",
            ]),
        tests(
            "AttackTests", path: "Tests/Attacks",
            [
                "TestPrograms", "Authorization", "GitRepository", "SSHSignatures", "Sodium", "Trust", "cvlan",
                "cvlan-controller",
            ]),
        tests("NetworkTests", ["TestRandom", "OverlayNetwork", "Manifests", "WireFormat", "Addressing"]),
        tests(
            "AgentTests", exclude: ["Golden", "validate-reports"],
            [
                "Agent", "Trust", "DiffSync", "WireFormat", "Addressing", "Sodium", logging, hummingbird,
                hummingbirdTLS,
                nioCore, nioSSL, serviceLifecycle, protobuf,
            ]),
        tests(
            "ControllersTests", exclude: ["check-keys"],
            [
                "Agent", "Controllers", "Reconciling", "OverlayNetwork", "Trust", "GitRepository", "ManifestSource",
                "Manifests", "WireFormat", "Addressing", "Sodium", logging, serviceLifecycle, crypto,
            ]),
    ],
    swiftLanguageModes: [.v6]
)

package.targets += ipsecMB

// What needs root (network namespaces, TUN devices) is a target of its own, so that a bare `swift test` needs none.
// `Tests/run` sets this and runs them; they never skip.
if Context.environment["CVLAN_ROOT_TESTS"] != nil {
    package.products.append(.library(name: "AllocationCounter", type: .dynamic, targets: ["AllocationCounter"]))
    package.products.append(.library(name: "KernelESP", type: .dynamic, targets: ["KernelESP"]))
    package.targets += [
        module("TestLab", path: "Tests/Lab", []),
        module(
            "TestTunnels", path: "Tests/Tunnels", exclude: ["KernelESP"],
            ["TestLab", "WireFormat", "PacketIO", "Addressing"]),
        // Loaded into libreswan.
        .target(name: "KernelESP", path: "Tests/Tunnels/KernelESP"),
        // Loaded into the program under test.
        .target(name: "AllocationCounter", path: "Tests/Allocations/Counter"),
        tests(
            "AllocationTests", path: "Tests/Allocations", exclude: ["Counter"],
            ["TestTunnels", "TestLab", "WireFormat", "PacketIO", "Addressing"]),
        .executableTarget(
            name: "cvlan-soak", dependencies: ["TestTunnels", "TestRandom", "TestLab", "PacketIO", argumentParser],
            path: "Tests/Soak", exclude: ["run"], swiftSettings: swiftSettings),
        tests(
            "InteropTests", path: "Tests/Interop",
            [
                "TestTunnels", "TestLab", "TestDatagrams", "TestPackets", "TestRandom", "PacketIO", "CLinux", "OpenSSL",
                "Addressing",
            ]),
        tests("EndToEndTests", path: "Tests/EndToEnd", ["TestTunnels", "TestLab"]),
    ]
}

// Fleets of any size and shape, traffic, and bare cryptography, for `Tests/Benchmarks`.
if Context.environment["CVLAN_BENCHMARKS"] != nil {
    package.targets += [
        .executableTarget(
            name: "cvlan-fleet", dependencies: ["TestRandom", "Addressing", argumentParser],
            path: "Tests/Benchmarks/Fleet",
            swiftSettings: swiftSettings),
        .executableTarget(
            name: "cvlan-load",
            dependencies: [
                "Tunneling", "WireGuard", "PacketIO", "WireFormat", "OpenSSL", "CLinux", "Addressing", argumentParser,
            ],
            path: "Tests/Benchmarks/Load", swiftSettings: swiftSettings),
        .executableTarget(
            name: "cvlan-peers",
            dependencies: ["Tunneling", "WireGuard", "IPsec", "Forwarding", "Addressing", "OpenSSL"],
            path: "Tests/Benchmarks/Peers", swiftSettings: swiftSettings),
        .executableTarget(
            name: "cvlan-history",
            dependencies: ["Authorization", "GitRepository", "SSHSignatures", "Sodium", argumentParser],
            path: "Tests/Benchmarks/History", swiftSettings: swiftSettings),
        .executableTarget(
            name: "cvlan-aead", dependencies: ["AEAD", argumentParser], path: "Tests/Benchmarks/AEAD",
            swiftSettings: swiftSettings),
    ]
}

// Fuzz targets (libFuzzer), built apart with `--sanitize=fuzzer`.
if Context.environment["CVLAN_FUZZ"] != nil {
    func fuzzer(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
        .executableTarget(
            name: name, dependencies: dependencies, path: "Tests/Fuzz/\(name)", exclude: ["corpus"],
            swiftSettings: swiftSettings + [.unsafeFlags(["-parse-as-library"])])
    }
    package.targets += [
        fuzzer("ManifestFuzz", ["Manifests"]),
        fuzzer("LintFuzz", ["Lint", "Manifests"]),
        fuzzer("WireGuardFuzz", ["Tunneling", "WireGuard", "Addressing", "OpenSSL"]),
        fuzzer("UAPIFuzz", ["DataPath"]),
        fuzzer("PacketFuzz", ["Forwarding", "Addressing"]),
        fuzzer("EnvelopeFuzz", ["Trust", "WireFormat"]),
        fuzzer("AuthFuzz", ["TestCertificates", "IPsec", "Tunneling", "OpenSSL"]),
        fuzzer("IKEFuzz", ["IPsec", "Addressing"]),
        fuzzer("SignatureFuzz", ["SSHSignatures", "GitRepository", "Sodium"]),
        fuzzer("IKEHostFuzz", ["TestRoguePeer", "IPsec", "Tunneling", "Addressing", "OpenSSL"]),
        fuzzer("ESPFuzz", ["AEAD", "IPsec", "Tunneling", "Addressing", "OpenSSL"]),
    ]
}

// The data path alone, with what tests it: for builds with a sanitizer, of which everything would take long.
if Context.environment["CVLAN_DATA_PATH"] != nil {
    func targetName(_ dependency: Target.Dependency) -> String? {
        switch dependency {
        case .byNameItem(let name, _), .targetItem(let name, _): name
        default: nil
        }
    }
    let wanted = [
        "cvland", "OpenSSLTests", "AEADTests", "VectorTests", "ForwardingTests", "TunnelingTests", "WireGuardTests",
        "IPsecTests", "RoguePeerTests", "PacketIOTests", "DataPathTests", "InteropTests",
    ]
    var kept: Set<String> = []
    var left = wanted
    while let name = left.popLast() {
        guard kept.insert(name).inserted else { continue }
        left += package.targets.first { $0.name == name }?.dependencies.compactMap(targetName) ?? []
    }
    package.targets.removeAll { !kept.contains($0.name) }
    package.products.removeAll { !kept.contains($0.name) }
}
