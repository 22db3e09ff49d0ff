internal import Glibc
internal import PacketIO

/// What both programs ask of their process.
enum ProgramEnvironment {
    /// To be called before there are other threads.
    ///
    /// - Returns: the signals that end the program, to be waited for.
    static func prepare() throws(IOError) -> SignalWatch {
        // A closed standard error is no reason to stop forwarding.
        signal(SIGPIPE, SIG_IGN)
        raiseDescriptorLimit()
        return try SignalWatch([SIGTERM, SIGINT, SIGHUP])
    }

    /// Each interface takes half a dozen descriptors; the usual limit of 1,024 would be met with 200 networks.
    private static func raiseDescriptorLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
