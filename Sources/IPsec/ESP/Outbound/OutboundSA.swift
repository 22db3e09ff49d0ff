internal import AEAD
package import OpenSSL
internal import Synchronization
package import Tunneling

/// An SA that packets go out by. Lanes of all threads use it.
package final class OutboundSA: Sendable {
    /// The peer's: what the packets bear.
    package let spi: UInt32
    /// Of the SA of the same pair for the other direction, which names the pair in this process.
    package let inboundSPI: UInt32
    package let suite: ESPSuite
    package let format: ESPFormat
    /// What may go out by it.
    package let selectors: SelectorPair
    let cipher: ESPCipher
    private let numbers: SequenceNumbers
    private let currentPath: Mutex<Path>
    private let packets = Atomic<UInt64>(0)
    private let bytes = Atomic<UInt64>(0)

    /// `nil` when the keys have another length than the suite wants.
    package init?(
        spi: UInt32, inboundSPI: UInt32, suite: ESPSuite, keys: SecretBytes, selectors: SelectorPair, path: Path,
        firstNumber: UInt64 = 1
    ) {
        guard let cipher = ESPCipher(suite, keys, .encrypting) else { return nil }
        self.spi = spi
        self.inboundSPI = inboundSPI
        self.suite = suite
        self.selectors = selectors
        self.cipher = cipher
        format = ESPFormat(suite)
        numbers = SequenceNumbers(isExtended: suite.usesESN, first: firstNumber)
        currentPath = Mutex(path)
    }

    /// Where the packets go, and what they leave from.
    package var path: Path {
        get { currentPath.withLock { $0 } }
        set { currentPath.withLock { $0 = newValue } }
    }

    /// Forgets a local source that is gone: the kernel chooses then.
    package func forgetSource(where isGone: (LocalSource) -> Bool) {
        currentPath.withLock { path in
            if let source = path.source, isGone(source) { path = Path(endpoint: path.endpoint) }
        }
    }

    /// Begins to seal up to `count` packets; `nil` when there are not as many sequence numbers left.
    @inline(__always)
    package func beginSealing(_ count: Int) -> ESPRun? {
        numbers.take(count).map { ESPRun(sa: self, path: path, numbers: $0) }
    }

    /// Counts what was sealed.
    package func endSealing(_ run: ESPRun) {
        guard run.packets > 0 else { return }
        packets.add(UInt64(run.packets), ordering: .relaxed)
        bytes.add(UInt64(run.bytes), ordering: .relaxed)
    }

    /// What has gone by it: packets, and bytes of them before encryption.
    package var usage: SAUsage {
        SAUsage(packets: packets.load(ordering: .relaxed), bytes: bytes.load(ordering: .relaxed))
    }

    /// How many sequence numbers have been used up, sent or not, and how many there are.
    package var sequence: (used: UInt64, of: UInt64) { (numbers.taken, numbers.end - 1) }
}

/// What went through an SA.
package struct SAUsage: Hashable, Sendable {
    package var packets: UInt64
    package var bytes: UInt64

    package init(packets: UInt64 = 0, bytes: UInt64 = 0) {
        self.packets = packets
        self.bytes = bytes
    }
}
