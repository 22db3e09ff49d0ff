import Glibc
import Testing

/// Runs `body` on a thread of its own in a new network namespace, which ends with it: sockets and devices that are made
/// there live in that namespace. Needs root.
func inNewNetworkNamespace(_ body: @escaping @Sendable () throws -> Void) throws {
    final class Job {
        let body: @Sendable () throws -> Void
        var result: Result<Void, any Error>?
        init(_ body: @escaping @Sendable () throws -> Void) { self.body = body }
    }
    struct NamespaceError: Error { let code: Int32 }

    let job = Job(body)
    var thread = pthread_t()
    let created = pthread_create(
        &thread, nil,
        { argument in
            guard let argument else { return nil }
            let job = Unmanaged<Job>.fromOpaque(argument).takeUnretainedValue()
            // CLONE_NEWNET, for this thread alone. glibc shows `unshare` to _GNU_SOURCE only.
            typealias Unshare = @convention(c) (Int32) -> Int32
            guard let symbol = dlsym(nil, "unshare"), unsafeBitCast(symbol, to: Unshare.self)(0x4000_0000) == 0 else {
                job.result = .failure(NamespaceError(code: errno))
                return nil
            }
            job.result = Result { try job.body() }
            return nil
        }, Unmanaged.passUnretained(job).toOpaque())
    try #require(created == 0)
    pthread_join(thread, nil)
    try #require(job.result).get()
}
