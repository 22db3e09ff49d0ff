internal import CLinux
internal import Glibc

/// Signals as something to poll for (signalfd).
package final class SignalWatch: Sendable {
    /// To be polled for reading; non-blocking.
    package let descriptor: Descriptor

    /// Blocks the signals for this thread and all that it starts from now on: to be called before there are others.
    package init(_ signals: [Int32]) throws(IOError) {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        guard pthread_sigmask(SIG_BLOCK, &set, nil) == 0 else { throw IOError(EINVAL, "block signals") }
        let flags = Int32(SFD_CLOEXEC) | Int32(SFD_NONBLOCK)
        descriptor = Descriptor(owning: try retrying("signalfd") { signalfd(-1, &set, flags) })
    }

    /// The number of the next signal that came, or `nil`.
    package func next() -> Int32? {
        var information = signalfd_siginfo()
        let size = MemoryLayout<signalfd_siginfo>.size
        guard read(descriptor.number, &information, size) == size else { return nil }
        return Int32(information.ssi_signo)
    }
}
