import Addressing
import Forwarding

/// libFuzzer's entry: an input is a series of packets, each after a byte that says its length and which way it goes, for
/// one filter.
///
/// An answer to any of them is a whole packet, and is not answered itself. Besides surviving, the filter must not let through the first packet of a flow that its policy denies: nobody in
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
        checkAnswer(to: bytes)
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

private func checkAnswer(to packet: UnsafeRawBufferPointer) {
    withUnsafeTemporaryAllocation(byteCount: 2 * PacketTooBig.maximumCount, alignment: 8) { room in
        let (first, second) = (room[..<PacketTooBig.maximumCount], room[PacketTooBig.maximumCount...])
        let into = UnsafeMutableRawBufferPointer(rebasing: first)
        guard let count = PacketTooBig.answer(to: packet, mtu: 1_280, into: into) else { return }
        let answer = UnsafeRawBufferPointer(rebasing: first[..<count])
        guard let header = try? PacketHeader(parsing: answer) else { preconditionFailure("a broken answer") }
        precondition(header.totalLength == count)
        let again = PacketTooBig.answer(to: answer, mtu: 1_280, into: UnsafeMutableRawBufferPointer(rebasing: second))
        precondition(again == nil, "an error about an error")
    }
}

private let denied = ["10.0.0.0/8", "fd00::/8"].compactMap { IPPrefix($0) }

private let policy = try? CompiledPolicy(
    FilterPolicy(
        defaultAction: .allow,
        sets: [
            .init(name: "denied", prefixes: denied),
            .init(name: "any", prefixes: ["0.0.0.0/0", "::/0"].compactMap { IPPrefix($0) }),
        ], rules: [.init(name: "deny", action: .deny, from: ["denied"], to: ["any"])]))
