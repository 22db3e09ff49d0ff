internal import AEAD
package import PacketIO

/// A thread that moves the packets of the interfaces it owns. The handle is for every thread; what happens, happens on
/// the worker's own.
package final class Worker: Sendable {
    package let mailbox: Mailbox<WorkerLoop>
    private let poller: Poller

    package init(number: Int) throws(IOError) {
        let poller = try Poller()
        let mailbox = Mailbox<WorkerLoop>(poller: poller)
        // Made here, where a failure can be told, and used by the thread alone.
        nonisolated(unsafe) let lane = try PacketLane(engine: AEADEngine())
        self.poller = poller
        self.mailbox = mailbox
        PlainThread.start(name: "packets-\(number)") {
            WorkerLoop(poller: poller, mailbox: mailbox, lane: lane).run()
        }
    }

    /// Ends the thread after the jobs that wait; its interfaces go with it.
    package func stop() {
        mailbox.post { $0.isStopping = true }
    }
}
