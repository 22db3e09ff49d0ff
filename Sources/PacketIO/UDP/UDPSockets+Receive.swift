package import Addressing
internal import CLinux
internal import Glibc

extension UDPSockets {
    /// Replaces the batch's contents with datagrams that wait on the family's socket, and returns how many: 0 when none
    /// does. Every packet has `remote`, and in `local` the address and interface it came to. Datagrams longer than a
    /// slot come with a `count` of 0. A full batch means that there may be more.
    package func receive(_ family: IPFamily, into batch: PacketBatch) throws(IOError) -> Int {
        let room = batch.prepareForRead()
        guard let descriptor = descriptor(family), room > 0 else { return 0 }
        let messages = batch.messages
        for index in 0..<room {
            messages.prepareToReceive(index, batch.packets[index].buffer.writable)
        }
        var count: Int32
        repeat {
            count = clinux_recvmmsg(descriptor.number, messages.headers, UInt32(room), Int32(MSG_DONTWAIT))
        } while count < 0 && (errno == EINTR || Self.isQueuedError(errno))
        guard count >= 0 else {
            if errno == EAGAIN { return 0 }
            throw IOError(errnoOf: "recvmmsg")
        }
        for index in 0..<Int(count) {
            messages.finishReceive(index, &batch.packets[index])
        }
        batch.commitRead(Int(count))
        return Int(count)
    }

    /// An ICMP error about something that was sent earlier: it says nothing about receiving, and is cleared by being told.
    static func isQueuedError(_ code: Int32) -> Bool {
        [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ENETDOWN, EHOSTDOWN, EMSGSIZE, EPROTO].contains(code)
    }
}
