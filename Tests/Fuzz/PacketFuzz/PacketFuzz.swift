import Addressing
import Forwarding

/// libFuzzer's entry: an input is a series of packets, each after a byte that says its length and which way it goes, for
/// one filter.
///
/// Besides surviving, the filter must not let through the first packet of a flow that its policy denies: nobody in
/// 10.0.0.0/8 or fd00::/8 may open one.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPackets(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let data, count > 0, let policy else { return 0 }
    var rest = UnsafeRawBufferPointer(start: data, count: count)[...]
    var filter = PacketFilter(policy, capacity: 32, hashKey: (1, 2))
    var now: UInt32 = 100
    var passed = false
    while let control = rest.popFirst() {
        let packet = rest.prefix(Int(control & 127))
        rest = rest.dropFirst(packet.count)
        now += control >= 128 ? 40 : 0
        let bytes = UnsafeRawBufferPointer(rebasing: packet)
        let verdict = filter.check(bytes, from: .peer(UInt32(control)), at: now)
        guard verdict == .pass else { continue }
        if !passed, let header = try? PacketHeader(parsing: bytes) {
            precondition(!denied.contains { $0.contains(header.sourceAddress) }, "a denied sender opened a flow")
        }
        passed = true
    }
    precondition(filter.flowCount <= 32, "more flows than there is room for")
    return 0
}

private let denied = ["10.0.0.0/8", "fd00::/8"].compactMap { IPPrefix($0) }

private let policy = try? CompiledPolicy(
    FilterPolicy(
        defaultAction: .allow,
        sets: [
            .init(name: "denied", prefixes: denied),
            .init(name: "any", prefixes: ["0.0.0.0/0", "::/0"].compactMap { IPPrefix($0) }),
        ], rules: [.init(name: "deny", action: .deny, from: ["denied"], to: ["any"])]))
