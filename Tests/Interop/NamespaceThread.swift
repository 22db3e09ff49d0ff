import Glibc
import TestLab
import Testing

/// Runs `body` on a thread of its own in a new network namespace, which ends with it: sockets and devices that are made
/// there live in that namespace. Needs root.
func inNewNetworkNamespace<R: Sendable>(_ body: @escaping @Sendable () throws -> R) throws -> R {
    try onThread {
        // CLONE_NEWNET, for this thread alone. glibc shows `unshare` to _GNU_SOURCE only.
        typealias Unshare = @convention(c) (Int32) -> Int32
        let unshare = unsafeBitCast(try #require(dlsym(nil, "unshare")), to: Unshare.self)
        try #require(unshare(0x4000_0000) == 0)
        return try body()
    }
}

/// Runs `body` on a thread of its own in a lab's namespace; sockets that it makes and returns stay there.
func inNamespace<R: Sendable>(_ namespace: Namespace, _ body: @escaping @Sendable () throws -> R) throws -> R {
    try onThread {
        typealias EnterNamespace = @convention(c) (Int32, Int32) -> Int32
        let enter = unsafeBitCast(try #require(dlsym(nil, "setns")), to: EnterNamespace.self)
        let descriptor = open("/var/run/netns/" + namespace.name, O_RDONLY | O_CLOEXEC)
        defer { close(descriptor) }
        try #require(enter(descriptor, 0x4000_0000) == 0)
        return try body()
    }
}

private func onThread<R: Sendable>(_ body: @escaping @Sendable () throws -> R) throws -> R {
    let job = Job { try body() }
    var thread = pthread_t()
    let created = pthread_create(
        &thread, nil,
        { argument in
            if let argument { Unmanaged<Job>.fromOpaque(argument).takeUnretainedValue().run() }
            return nil
        }, Unmanaged.passUnretained(job).toOpaque())
    try #require(created == 0)
    pthread_join(thread, nil)
    return try #require(job.result?.get() as? R)
}

private final class Job {
    private let body: () throws -> Any
    var result: Result<Any, any Error>?

    init(_ body: @escaping () throws -> Any) { self.body = body }

    func run() { result = Result { try body() } }
}
