internal import Glibc
package import PacketIO
internal import Synchronization

/// Jobs for the one thread that owns `Owner`. Any thread may post; the owner takes them when its poller wakes.
package final class Mailbox<Owner>: Sendable {
    package typealias Job = @Sendable (Owner) -> Void

    private let poller: Poller
    private let jobs = Mutex<[Job]>([])

    package init(poller: Poller) {
        self.poller = poller
    }

    package func post(_ job: @escaping Job) {
        let wasEmpty = jobs.withLock { jobs in
            jobs.append(job)
            return jobs.count == 1
        }
        if wasEmpty { poller.wake() }
    }

    /// Waits for the answer. Never to be called by the owner's own thread.
    package func ask<Answer: Sendable>(_ question: @escaping @Sendable (Owner) throws -> Answer) throws -> Answer {
        let reply = Reply<Answer>()
        post { owner in
            reply.fulfil(Result { try question(owner) })
        }
        return try reply.wait()
    }

    /// All jobs that wait, oldest first.
    func takeAll() -> [Job] {
        jobs.withLock { jobs in
            let taken = jobs
            jobs = []
            return taken
        }
    }
}

/// An answer that one thread gives and another waits for.
final class Reply<Answer: Sendable>: Sendable {
    private let answer = Mutex<Result<Answer, any Error>?>(nil)
    // The semaphore's memory is made and destroyed with this object; its calls are thread-safe by POSIX.
    private nonisolated(unsafe) let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() {
        sem_init(semaphore, 0, 0)
    }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func fulfil(_ result: Result<Answer, any Error>) {
        answer.withLock { $0 = result }
        sem_post(semaphore)
    }

    func wait() throws -> Answer {
        while true {
            if let result = answer.withLock({ $0 }) { return try result.get() }
            _ = sem_wait(semaphore)
        }
    }
}
