internal import AEAD
package import PacketIO

/// A thread that moves packets: it owns some interfaces, and has lanes of others. The handle is for every thread; what happens,
/// happens on the worker's own.
package final class Worker: Sendable {
    package let mailbox: Mailbox<WorkerLoop>
    /// What encrypts its packets: "ipsec-mb 1.3.0 (AVX-512)".
    let cipher: String
    /// Why it is not the fastest that there is; `nil` where it is.
    let cipherFallback: String?
    let poller: Poller

    package init(number: Int) throws(IOError) {
        let poller = try Poller()
        let mailbox = Mailbox<WorkerLoop>(poller: poller)
        let engine = AEADEngine()
        cipher = engine.description
        cipherFallback = engine.fallbackReason
        // Made here, where a failure can be told, and used by the thread alone.
        nonisolated(unsafe) let bench = try Workbench(engine: engine)
        self.poller = poller
        self.mailbox = mailbox
        PlainThread.start(name: "packets-\(number)") {
            WorkerLoop(poller: poller, mailbox: mailbox, bench: bench).run()
        }
    }

    /// Ends the thread after the jobs that wait; its interfaces go with it.
    package func stop() {
        mailbox.post { $0.isStopping = true }
    }
}
