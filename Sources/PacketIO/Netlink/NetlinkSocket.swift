internal import CLinux
internal import Glibc

/// A socket to the kernel's rtnetlink. Stays in the namespace in which it was made.
final class NetlinkSocket {
    let descriptor: Descriptor
    private var sequence: UInt32 = 0
    private var buffer: [UInt8] = []

    private static let levelNetlink: Int32 = 270
    private static let optionCapAcknowledge: Int32 = 10
    private static let optionExtendedAcknowledge: Int32 = 11
    private static let optionStrictCheck: Int32 = 12
    /// The kernel answers at once, or never will.
    private static let answerSeconds = 10

    /// With `groups` (RTMGRP_…), for listening, non-blocking; without, for requests.
    init(groups: UInt32) throws(IOError) {
        let nonBlocking = groups == 0 ? 0 : Int32(SOCK_NONBLOCK.rawValue)
        let kind = Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | nonBlocking
        let number = try retrying("netlink socket") { socket(AF_NETLINK, kind, Int32(NETLINK_ROUTE)) }
        descriptor = Descriptor(owning: number)
        // Old kernels do without each of these.
        for option in [Self.optionCapAcknowledge, Self.optionExtendedAcknowledge, Self.optionStrictCheck] {
            var on: Int32 = 1
            setsockopt(number, Self.levelNetlink, option, &on, 4)
        }
        var timeout = timeval(tv_sec: Self.answerSeconds, tv_usec: 0)
        setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_nl()
        address.nl_family = sa_family_t(AF_NETLINK)
        address.nl_groups = groups
        try retrying("bind netlink socket") {
            withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(number, $0, socklen_t(MemoryLayout<sockaddr_nl>.size))
                }
            }
        }
    }

    /// Sends the request and returns the answers to it: the records of a dump, the one of a query, or nothing for an
    /// order that was carried out.
    func ask(_ request: NetlinkRequest, _ operation: @autoclosure () -> String) throws(IOError) -> [NetlinkMessage] {
        // A dump that changed under our hands is asked for again.
        for _ in 0..<10 {
            sequence &+= 1
            let message = request.finished(sequence: sequence)
            try retrying(operation()) { Int32(send(descriptor.number, message, message.count, 0)) }
            if let answers = try collect(isDump: request.isDump, operation()) { return answers }
        }
        throw IOError(EAGAIN, operation(), "the list keeps changing")
    }

    /// `nil`: a dump that is inconsistent.
    private func collect(
        isDump: Bool, _ operation: @autoclosure () -> String
    ) throws(IOError) -> [NetlinkMessage]? {
        var answers: [NetlinkMessage] = []
        var consistent = true
        while true {
            guard let messages = try receive() else { continue }
            for message in messages where message.sequence == sequence {
                if message.flags.contains(.interrupted) { consistent = false }
                switch message.type {
                case NetlinkType.error:
                    guard let failure = message.failure else { throw IOError(EPROTO, operation()) }
                    guard failure.code == 0 else { throw IOError(failure.code, operation(), failure.text) }
                    return answers
                case NetlinkType.done:
                    // A dump may end with an error too, in the same place.
                    if let code = message.payload.integer(at: 0, Int32.self), code < 0 {
                        throw IOError(code == .min ? .max : -code, operation())
                    }
                    return consistent ? answers : nil
                case NetlinkType.noop: break
                default: answers.append(message)
                }
            }
        }
    }

    /// The messages of one datagram of the kernel's; `nil` for a datagram that is someone else's or malformed.
    func receive() throws(IOError) -> [NetlinkMessage]? {
        let peek = Int32(MSG_PEEK) | Int32(MSG_TRUNC)
        let length = try retrying("netlink") { Int32(recv(descriptor.number, nil, 0, peek)) }
        if buffer.count < Int(length) { buffer = Array(repeating: 0, count: max(Int(length), 32_768)) }
        var sender = sockaddr_nl()
        var senderLength = socklen_t(MemoryLayout<sockaddr_nl>.size)
        let count = try retrying("netlink") {
            withUnsafeMutablePointer(to: &sender) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Int32(recvfrom(descriptor.number, &buffer, buffer.count, 0, $0, &senderLength))
                }
            }
        }
        guard sender.nl_pid == 0 else { return nil }
        return NetlinkMessage.parse(buffer[..<Int(count)])
    }
}
