import Glibc
import Synchronization

/// Threads outside Swift's pool, as packet workers are, which the test waits for.
enum Threads {
    /// Runs all at once, each on a thread of its own, until the last has returned.
    static func run(_ bodies: [@Sendable () -> Void]) {
        var threads: [pthread_t] = []
        for body in bodies {
            var thread = pthread_t()
            let box = Unmanaged.passRetained(Body(run: body))
            let status = pthread_create(
                &thread, nil,
                { argument in
                    guard let argument else { return nil }
                    Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                    return nil
                }, box.toOpaque())
            precondition(status == 0, "no more threads")
            threads.append(thread)
        }
        for thread in threads { pthread_join(thread, nil) }
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }
}

/// Datagrams from threads to one thread, in order.
final class ThreadQueue: Sendable {
    private let waiting = Mutex<[[UInt8]]>([])

    func push(_ datagrams: [[UInt8]]) {
        guard !datagrams.isEmpty else { return }
        waiting.withLock { $0 += datagrams }
    }

    func takeAll() -> [[UInt8]] {
        waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
    }
}
