import Addressing
import DataPath
import Foundation
import Logging
import PacketIO
import Testing
import WireFormat

@Suite struct ControlServiceTests {
    private let engine: Engine
    private let service: ControlService
    private let end: Descriptor
    private static let key = Data(repeating: 7, count: 32)

    /// An engine with one interface, that a socket pair stands for.
    init() throws {
        let log = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        engine = try Engine(loop: try EventLoop(), log: log, workerCount: 1)
        service = ControlService(engine: engine, log: log)
        let (device, end) = try StandIn.pair()
        self.end = end
        let link = Link(index: 999_999, name: "test", mtu: 1_280, isUp: true)
        _ = try engine.add(TUNDevice(standIn: device), link: link, domain: "acme/office")
    }

    private func apply(_ operations: [WireOperation.OneOf_Op?]) -> [String] {
        var request = WireDataPathRequest()
        request.id = 5
        request.apply.operations = operations.map { op in
            var operation = WireOperation()
            operation.op = op
            return operation
        }
        return answer(request)?.applied.errors ?? []
    }

    /// The reply as an agent reads it.
    private func answer(_ request: WireDataPathRequest) -> WireDataPathReply? {
        var out = OutgoingBytes()
        var frames = FrameDecoder(.fixed32, limit: 64 << 20)
        do {
            try service.answer(request, out: &out)
            while case let next = out.next(), !next.isEmpty {
                frames.append(next)
                out.drop(next.count)
            }
            guard let frame = try frames.next(), frames.pending == 0 else { return nil }
            return try WireDataPathReply(serializedBytes: frame)
        } catch {
            Issue.record(error)
            return nil
        }
    }

    private func state() throws -> WireInterfaceState {
        var request = WireDataPathRequest()
        request.getState = WireGetState()
        let reply = try #require(answer(request))
        #expect(reply.error.isEmpty && !reply.state.version.isEmpty && !reply.state.crypto.isEmpty)
        return try #require(reply.state.interfaces.first)
    }

    private func peer(_ change: (inout WirePeerSpec) -> Void = { _ in }) -> WireOperation.OneOf_Op {
        var spec = WirePeerSpec()
        spec.interface = "test"
        spec.publicKey = Self.key
        change(&spec)
        return .putPeer(spec)
    }

    private func prefix(_ text: String) throws -> WirePrefix {
        WirePrefix(try #require(IPPrefix(text)))
    }

    @Test func everyOperationHasItsOwnErrorAndOthersAreDone() throws {
        var wrongInterface = WirePeerKey()
        wrongInterface.interface = "none"
        wrongInterface.publicKey = Self.key
        let errors = apply([
            peer(), peer { $0.publicKey = Data([1]) }, peer { $0.endpoint = "no address" },
            peer { $0.allowedIps = [WirePrefix()] }, .deletePeer(wrongInterface), nil, .deleteInterface("none"),
            peer { $0.keepaliveSeconds = 25 },
        ])
        #expect(errors.map(\.isEmpty) == [true, false, false, false, false, false, false, true])
        #expect(try state().peers.map(\.spec.keepaliveSeconds) == [25])
    }

    @Test func stateIsWhatWasPut() throws {
        let allowed = [try prefix("10.0.0.1/32"), try prefix("fd00::/64")]
        let put = peer { spec in
            spec.allowedIps = allowed
            spec.endpoint = "192.0.2.1:7"
            spec.presharedKey = Data(repeating: 9, count: 32)
        }
        #expect(apply([put]) == [""])
        // An empty endpoint leaves the known one; allowed IPs are replaced.
        #expect(apply([peer { $0.allowedIps = [allowed[1]] }]) == [""])
        let state = try state()
        #expect(state.spec.name == "test" && state.spec.domain == "acme/office" && state.spec.mtu == 1_280)
        #expect(state.up && state.spec.listenPort != 0)
        #expect(state.spec.privateKey.isEmpty)
        let found = try #require(state.peers.first)
        #expect(found.spec.endpoint == "192.0.2.1:7")
        #expect(found.spec.allowedIps == [allowed[1]])
        #expect(found.spec.presharedKey.isEmpty)
        var delete = WirePeerKey()
        delete.interface = "test"
        delete.publicKey = Self.key
        #expect(apply([.deletePeer(delete)]) == [""])
        #expect(apply([.deletePeer(delete)]).map(\.isEmpty) == [false])
        #expect(try self.state().peers.isEmpty)
    }

    @Test func aFiltersDigestIsThatOfTheMessageAndBadFiltersChangeNothing() throws {
        var filter = WireInterfaceFilter()
        filter.interface = "test"
        filter.filter.defaultAction = .allow
        var set = WireAddressSet()
        set.name = "a"
        set.prefixes = [try prefix("10.0.0.0/8")]
        filter.filter.sets = [set]
        #expect(apply([.putFilter(filter)]) == [""])
        let digest = WireSegment.digest(ofEncoded: try filter.filter.serializedBytes() as [UInt8])
        #expect(try state().filterDigest == digest)

        var bad = filter
        var rule = WireFilterRule()
        rule.name = "r"
        rule.from = ["b"]
        bad.filter.rules = [rule]
        #expect(apply([.putFilter(bad)]).first?.contains("b") == true)
        rule.from = ["a"]
        var ports = WirePortMatch()
        ports.protocol = 300
        rule.ports = [ports]
        bad.filter.rules = [rule]
        #expect(apply([.putFilter(bad)]).first?.isEmpty == false)
        #expect(try state().filterDigest == digest)

        var none = WireInterfaceFilter()
        none.interface = "test"
        #expect(apply([.putFilter(none)]) == [""])
        #expect(try state().filterDigest.isEmpty)
    }

    @Test func interfacesAreCheckedBeforeAnythingIsMade() {
        func put(_ change: (inout WireInterfaceSpec) -> Void) -> String {
            var spec = WireInterfaceSpec()
            spec.name = "new"
            spec.domain = "acme/office"
            spec.privateKey = Self.key
            change(&spec)
            return apply([.putInterface(spec)]).first ?? ""
        }
        #expect(put { $0.name = "a name/with faults" }.contains("name"))
        #expect(put { $0.mtu = 66_000 }.contains("MTU"))
        #expect(put { $0.listenPort = 70_000 }.contains("port"))
        #expect(put { $0.privateKey = Data([1]) }.contains("private key"))
        #expect(put { $0.privateKey = Data() }.contains("private key"))
        #expect(
            put {
                $0.name = "test"; $0.domain = "other/office"
            }.contains("acme/office"))
    }

    /// They are asked for in portions.
    @Test func stateHasAllPeersOfAllInterfaces() throws {
        let (device, end) = try StandIn.pair()
        let link = Link(index: 999_998, name: "another", mtu: 1_420, isUp: true)
        _ = try engine.add(TUNDevice(standIn: device), link: link, domain: "acme/other")
        let counts = ["another": 513, "test": 2_000]
        for (name, count) in counts {
            let operations = try (0..<count).map { number in
                let allowed = try prefix("10.0.\(number >> 8).\(number & 255)/32")
                return peer { spec in
                    spec.interface = name
                    spec.publicKey = Data([UInt8(number & 255), UInt8(number >> 8)] + [UInt8](repeating: 7, count: 30))
                    spec.allowedIps = [allowed]
                }
            }
            #expect(apply(operations).joined().isEmpty)
        }
        var request = WireDataPathRequest()
        request.id = 12
        request.getState = WireGetState()
        let reply = try #require(answer(request))
        #expect(reply.id == 12)
        #expect(reply.state.interfaces.map(\.spec.name) == ["another", "test"])
        for interface in reply.state.interfaces {
            #expect(interface.peers.count == counts[interface.spec.name])
            #expect(Set(interface.peers.map(\.spec.publicKey)).count == interface.peers.count)
            #expect(Set(interface.peers.map(\.spec.allowedIps)).count == interface.peers.count)
            #expect(interface.peers.allSatisfy { $0.spec.interface == interface.spec.name })
        }
        withExtendedLifetime(end) {}
    }

    @Test func aRequestOfUnknownKindIsAnsweredWithItsNumber() throws {
        var request = WireDataPathRequest()
        request.id = 77
        let reply = try #require(answer(request))
        #expect(reply.id == 77)
        #expect(!reply.error.isEmpty)
    }
}
