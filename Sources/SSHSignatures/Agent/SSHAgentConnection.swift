internal import Glibc

/// One request to an agent and its answer, each of them a length and so many bytes.
struct SSHAgentConnection: ~Copyable {
    /// What OpenSSH's agent takes and gives.
    static let maximumByteCount = 256 << 10

    private let path: String
    private let socket: Int32
    private let deadline: ContinuousClock.Instant

    init(path: String, limit: Duration) throws(SSHAgentError) {
        self.path = path
        deadline = .now + limit
        socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { throw Self.failure(path, "cannot make a socket") }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard path.utf8.count < room, !path.utf8.contains(0) else {
            close(socket)
            throw SSHAgentError(.unreachable, "\(path): too long for a socket's path")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let status = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0, fcntl(socket, F_SETFL, O_NONBLOCK) == 0 else {
            let error = Self.failure(path, "cannot reach the agent")
            close(socket)
            throw error
        }
    }

    deinit {
        close(socket)
    }

    func exchange(_ request: [UInt8]) throws(SSHAgentError) -> ArraySlice<UInt8> {
        var framed = SSHWriter()
        framed.put(string: request)
        try send(framed.bytes)
        var header = SSHReader(try receive(4))
        guard let count = header.uint32(), (1...Self.maximumByteCount).contains(Int(count)) else {
            throw SSHAgentError(.malformed, "\(path): the agent's answer is empty or longer than 256 KiB")
        }
        return ArraySlice(try receive(Int(count)))
    }

    private func send(_ bytes: [UInt8]) throws(SSHAgentError) {
        var done = 0
        while done < bytes.count {
            try wait(for: Int16(POLLOUT))
            let count = bytes.withUnsafeBytes { bytes in
                Glibc.send(
                    socket, bytes.baseAddress?.advanced(by: done), bytes.count - done, Int32(MSG_NOSIGNAL))
            }
            if count > 0 {
                done += count
            } else if !Self.isTransient(errno) {
                throw Self.failure(path, "cannot ask it")
            }
        }
    }

    private func receive(_ wanted: Int) throws(SSHAgentError) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < wanted {
            try wait(for: Int16(POLLIN))
            var chunk = [UInt8](repeating: 0, count: min(wanted - bytes.count, 4096))
            let count = recv(socket, &chunk, chunk.count, 0)
            guard count != 0 else { throw SSHAgentError(.refused, "\(path): the agent hung up") }
            if count > 0 {
                bytes += chunk[..<count]
            } else if !Self.isTransient(errno) {
                throw Self.failure(path, "cannot hear it")
            }
        }
        return bytes
    }

    private func wait(for events: Int16) throws(SSHAgentError) {
        while true {
            let left = deadline - .now
            guard left > .zero else { throw SSHAgentError(.timedOut, "\(path): the agent did not answer in time") }
            var descriptor = pollfd(fd: socket, events: events, revents: 0)
            let milliseconds = left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000
            let count = poll(&descriptor, 1, Int32(clamping: milliseconds + 1))
            if count > 0 { return }
            if count < 0, errno != EINTR { throw Self.failure(path, "cannot wait for it") }
        }
    }

    private static func isTransient(_ code: Int32) -> Bool { code == EAGAIN || code == EINTR }

    private static func failure(_ path: String, _ doing: String) -> SSHAgentError {
        SSHAgentError(.unreachable, "\(path): \(doing): \(String(cString: strerror(errno)))")
    }
}
