internal import CGit2
internal import Dispatch
internal import Glibc
internal import Synchronization

/// The TCP connections of one network operation, and the time by which it must be over. libgit2 1.5 has no time-outs:
/// so the sockets are ours, and when time is up they are shut down, which ends whatever waits on them.
final class NetworkDeadline: Sendable {
    /// The operation that runs on this thread; libgit2's stream constructor has no other way to it.
    @TaskLocal static var current: NetworkDeadline?

    private struct State {
        var sockets: Set<Int32> = []
        var expired = false
    }

    private let state = Mutex(State())
    let end: ContinuousClock.Instant

    init(seconds: Int) {
        end = .now + .seconds(seconds)
    }

    var isExpired: Bool { state.withLock { $0.expired } }

    /// Runs a blocking operation whose connections end at the deadline.
    static func run<Value>(seconds: Int, _ body: () throws(GitError) -> Value) throws(GitError) -> Value {
        let deadline = NetworkDeadline(seconds: seconds)
        let timer = DispatchSource.makeTimerSource(queue: .global())
        timer.setEventHandler { deadline.expire() }
        timer.schedule(deadline: .now() + .seconds(seconds))
        timer.resume()
        defer { timer.cancel() }
        let result: Result<Value, GitError> = $current.withValue(deadline) {
            do throws(GitError) { return .success(try body()) } catch { return .failure(error) }
        }
        if case .failure = result, deadline.isExpired {
            throw GitError(.timedOut, "the git server did not finish within \(seconds) s")
        }
        return try result.get()
    }

    /// Makes the deadline's end apply to a socket. `false` when it is over already.
    func adopt(_ socket: Int32) -> Bool {
        state.withLock {
            if !$0.expired { $0.sockets.insert(socket) }
            return !$0.expired
        }
    }

    /// Closes under the lock, so that the timer never shuts down a reused descriptor.
    func close(_ socket: Int32) {
        state.withLock {
            $0.sockets.remove(socket)
            _ = Glibc.close(socket)
        }
    }

    private func expire() {
        state.withLock {
            $0.expired = true
            for socket in $0.sockets { shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }

    /// Milliseconds that are left, for `poll`.
    var remaining: Int32 {
        Int32(clamping: (end - .now) / .milliseconds(1) as Double)
    }
}

extension Int32 {
    fileprivate init(clamping value: Double) {
        self = value <= 0 ? 0 : value >= Double(Int32.max) ? .max : Int32(value)
    }
}

/// libgit2's plain stream, over sockets that a `NetworkDeadline` ends. TLS and SSH run on top of it.
enum BoundedStream {
    /// How long one address may take to answer before the next is tried.
    private static let connectMilliseconds: Int32 = 15_000

    static func register() -> Int32 {
        var registration = git_stream_registration(
            version: GIT_STREAM_VERSION, init: { BoundedStream.make($0, $1, $2) }, wrap: nil)
        return git_stream_register(GIT_STREAM_STANDARD, &registration)
    }

    private static func make(
        _ out: UnsafeMutablePointer<UnsafeMutablePointer<git_stream>?>?, _ host: UnsafePointer<CChar>?,
        _ port: UnsafePointer<CChar>?
    ) -> Int32 {
        guard let out, let host, let port, let deadline = NetworkDeadline.current,
            let memory = calloc(1, MemoryLayout<cvlan_git_stream>.size)
        else { return -1 }
        let stream = memory.bindMemory(to: cvlan_git_stream.self, capacity: 1)
        stream.pointee.parent.version = GIT_STREAM_VERSION
        stream.pointee.parent.connect = { BoundedStream.connect(BoundedStream.own($0)) }
        stream.pointee.parent.read = { BoundedStream.read(BoundedStream.own($0), $1, $2) }
        stream.pointee.parent.write = { stream, bytes, count, _ in
            BoundedStream.write(BoundedStream.own(stream), bytes, count)
        }
        stream.pointee.parent.close = { BoundedStream.close(BoundedStream.own($0)) }
        stream.pointee.parent.free = { BoundedStream.free(BoundedStream.own($0)) }
        stream.pointee.host = strdup(host)
        stream.pointee.port = strdup(port)
        stream.pointee.socket = -1
        stream.pointee.owner = Unmanaged.passRetained(deadline).toOpaque()
        out.pointee = memory.assumingMemoryBound(to: git_stream.self)
        return 0
    }

    /// The stream begins with its `git_stream`.
    private static func own(_ stream: UnsafeMutablePointer<git_stream>?) -> UnsafeMutablePointer<cvlan_git_stream>? {
        stream.map { UnsafeMutableRawPointer($0).assumingMemoryBound(to: cvlan_git_stream.self) }
    }

    private static func deadline(_ stream: UnsafeMutablePointer<cvlan_git_stream>) -> NetworkDeadline? {
        stream.pointee.owner.map { Unmanaged<NetworkDeadline>.fromOpaque($0).takeUnretainedValue() }
    }

    // MARK: - Operations

    private static func connect(_ stream: UnsafeMutablePointer<cvlan_git_stream>?) -> Int32 {
        guard let stream, let deadline = deadline(stream), let host = stream.pointee.host else { return -1 }
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, stream.pointee.port, &hints, &list)
        guard code == 0 else {
            return failure("cannot find \(String(cString: host)): \(String(cString: gai_strerror(code)))")
        }
        defer { freeaddrinfo(list) }
        var reason = ETIMEDOUT
        var next = list
        while let address = next, deadline.remaining > 0 {
            let socket = socket(
                address.pointee.ai_family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            reason = socket < 0 ? errno : connect(socket, address.pointee, min(deadline.remaining, connectMilliseconds))
            if socket >= 0, reason == 0, deadline.adopt(socket) {
                stream.pointee.socket = socket
                return 0
            }
            if socket >= 0 { _ = Glibc.close(socket) }
            next = address.pointee.ai_next
        }
        return failure("cannot connect to \(String(cString: host)): \(String(cString: strerror(reason)))")
    }

    /// 0 or `errno`.
    private static func connect(_ socket: Int32, _ address: addrinfo, _ milliseconds: Int32) -> Int32 {
        let flags = fcntl(socket, F_GETFL)
        _ = fcntl(socket, F_SETFL, flags | O_NONBLOCK)
        if Glibc.connect(socket, address.ai_addr, address.ai_addrlen) != 0 {
            guard errno == EINPROGRESS else { return errno }
            var waiting = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
            let ready = poll(&waiting, 1, milliseconds)
            guard ready > 0 else { return ready == 0 ? ETIMEDOUT : errno }
            var outcome: Int32 = 0
            var size = socklen_t(MemoryLayout<Int32>.size)
            guard getsockopt(socket, SOL_SOCKET, SO_ERROR, &outcome, &size) == 0 else { return errno }
            guard outcome == 0 else { return outcome }
        }
        _ = fcntl(socket, F_SETFL, flags)
        return 0
    }

    private static func read(
        _ stream: UnsafeMutablePointer<cvlan_git_stream>?, _ buffer: UnsafeMutableRawPointer?, _ count: Int
    ) -> Int {
        guard let stream, let buffer else { return -1 }
        while true {
            let received = recv(stream.pointee.socket, buffer, count, 0)
            if received >= 0 { return received }
            guard errno == EINTR else { return Int(failure("receiving: \(String(cString: strerror(errno)))")) }
        }
    }

    private static func write(
        _ stream: UnsafeMutablePointer<cvlan_git_stream>?, _ bytes: UnsafePointer<CChar>?, _ count: Int
    ) -> Int {
        guard let stream, let bytes else { return -1 }
        while true {
            let sent = send(stream.pointee.socket, bytes, count, Int32(MSG_NOSIGNAL))
            if sent >= 0 { return sent }
            guard errno == EINTR else { return Int(failure("sending: \(String(cString: strerror(errno)))")) }
        }
    }

    private static func close(_ stream: UnsafeMutablePointer<cvlan_git_stream>?) -> Int32 {
        guard let stream, stream.pointee.socket >= 0 else { return 0 }
        deadline(stream)?.close(stream.pointee.socket)
        stream.pointee.socket = -1
        return 0
    }

    private static func free(_ stream: UnsafeMutablePointer<cvlan_git_stream>?) {
        guard let stream else { return }
        _ = close(stream)
        if let owner = stream.pointee.owner { Unmanaged<NetworkDeadline>.fromOpaque(owner).release() }
        Glibc.free(stream.pointee.host)
        Glibc.free(stream.pointee.port)
        Glibc.free(stream)
    }

    private static func failure(_ words: String) -> Int32 {
        git_error_set_str(Int32(GIT_ERROR_NET.rawValue), words)
        return -1
    }
}
