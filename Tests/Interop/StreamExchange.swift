import Addressing
import Glibc
import PacketIO
import TestLab
import TestRandom

/// TCP connections that carry data both ways at once. What arrives is compared with what was sent, byte for byte.
struct StreamExchange {
    /// Bytes that each connection carries each way.
    private let total: Int
    private var ends: [End] = []

    /// What streams consist of, again and again; each begins elsewhere. Its length is a prime, so that nothing that is
    /// lost or comes twice goes unnoticed.
    private static let pattern = SeededRandom.bytes(262_147)

    private struct End {
        let descriptor: Descriptor
        /// Where in the pattern it begins to send, and what it receives begins.
        let sendStart: Int
        let receiveStart: Int
        var sent = 0
        var received = 0
    }

    init(_ count: Int, from client: Namespace, to server: Namespace, at address: IPAddress, total: Int) throws {
        self.total = total
        for number in 0..<count {
            let (near, far) = try ExchangeSockets.connection(from: client, to: server, at: address)
            let (there, back) = (2 * number * 7919, (2 * number + 1) * 7919)
            ends.append(End(descriptor: near, sendStart: there, receiveStart: back))
            ends.append(End(descriptor: far, sendStart: back, receiveStart: there))
        }
    }

    /// Returns when all has arrived; throws when something else did, or nothing for ten seconds.
    mutating func run() throws {
        var buffer = [UInt8](repeating: 0, count: 262_144)
        while ends.contains(where: { $0.sent < total || $0.received < total }) {
            var states = ends.map { end in
                let events = (end.sent < total ? POLLOUT : 0) | (end.received < total ? POLLIN : 0)
                return pollfd(fd: events == 0 ? -1 : end.descriptor.number, events: Int16(events), revents: 0)
            }
            guard poll(&states, nfds_t(states.count), 10_000) > 0 else {
                let progress = ends.map { "\($0.sent) sent, \($0.received) received" }.joined(separator: "; ")
                throw LabError("streams of \(total) bytes stand still: \(progress)")
            }
            for index in ends.indices where states[index].revents != 0 {
                if ends[index].sent < total { try send(index) }
                if ends[index].received < total { try receive(index, &buffer) }
            }
        }
    }

    private mutating func send(_ index: Int) throws {
        let start = (ends[index].sendStart + ends[index].sent) % Self.pattern.count
        let count = min(Self.pattern.count - start, total - ends[index].sent)
        let number = ends[index].descriptor.number
        let result = Self.pattern.withUnsafeBytes { bytes in
            bytes.baseAddress.map { Glibc.send(number, $0 + start, count, Int32(MSG_NOSIGNAL)) } ?? 0
        }
        if result < 0, errno == EAGAIN { return }
        guard result > 0 else { throw LabError("send: \(String(cString: strerror(errno)))") }
        ends[index].sent += result
    }

    private mutating func receive(_ index: Int, _ buffer: inout [UInt8]) throws {
        let count = recv(ends[index].descriptor.number, &buffer, buffer.count, 0)
        if count < 0, errno == EAGAIN { return }
        guard count > 0 else { throw LabError("a stream ended after \(ends[index].received) bytes") }
        let position = ends[index].receiveStart + ends[index].received
        guard Self.isPattern(buffer, count, from: position % Self.pattern.count) else {
            throw LabError("other bytes than were sent, after \(ends[index].received)")
        }
        ends[index].received += count
    }

    private static func isPattern(_ buffer: [UInt8], _ count: Int, from start: Int) -> Bool {
        pattern.withUnsafeBytes { pattern in
            buffer.withUnsafeBytes { buffer in
                guard let expected = pattern.baseAddress, let found = buffer.baseAddress else { return false }
                var done = 0
                while done < count {
                    let place = (start + done) % pattern.count
                    let length = min(pattern.count - place, count - done)
                    if memcmp(expected + place, found + done, length) != 0 { return false }
                    done += length
                }
                return true
            }
        }
    }
}
