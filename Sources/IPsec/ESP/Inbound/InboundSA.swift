internal import AEAD
package import OpenSSL
internal import Synchronization
package import Tunneling

/// An SA that packets come in by. Lanes of all threads use it.
package final class InboundSA: Sendable {
    /// Ours: what the packets bear.
    package let spi: UInt32
    /// The interface and the peer that the packets belong to, by the numbers that the caller has for them.
    package let interface: UInt64
    package let peer: UInt32
    package let suite: ESPSuite
    package let format: ESPFormat
    /// What may come in by it.
    package let selectors: SelectorPair
    let cipher: ESPCipher
    private let window: Mutex<ReplayWindow>
    /// The greatest number that was authenticated.
    private let highest = Atomic<UInt64>(0)
    private let heard = Atomic<UInt64>(0)
    private let lastPath: Mutex<Path>
    private let packets = Atomic<UInt64>(0)
    private let bytes = Atomic<UInt64>(0)

    /// `nil` when the keys have another length than the suite wants.
    package init?(
        spi: UInt32, interface: UInt64, peer: UInt32, suite: ESPSuite, keys: SecretBytes, selectors: SelectorPair,
        path: Path
    ) {
        guard let cipher = ESPCipher(suite, keys, .decrypting) else { return nil }
        self.spi = spi
        self.interface = interface
        self.peer = peer
        self.suite = suite
        self.selectors = selectors
        self.cipher = cipher
        format = ESPFormat(suite)
        window = Mutex(ReplayWindow(limit: suite.usesESN ? .max : 1 << 32))
        lastPath = Mutex(path)
    }

    /// The sequence number that a packet means; `nil` for one that cannot be.
    @inline(__always)
    func number(lower: UInt32) -> UInt64? {
        guard suite.usesESN else { return lower == 0 ? nil : UInt64(lower) }
        let number = ExtendedSequence.number(lower: lower, highest: highest.load(ordering: .relaxed))
        return number == 0 ? nil : number
    }

    /// Marks the numbers of packets that are authentic, `of` telling their jobs; `mark` is told whether each is new. Returns how
    /// many are.
    @inline(__always)
    func accept(_ indices: Range<Int>, number: (Int) -> UInt64?, mark: (Int, Bool) -> Void) -> Int {
        window.withLock { window in
            var accepted = 0
            var top = highest.load(ordering: .relaxed)
            for index in indices {
                guard let number = number(index) else { continue }
                let isNew = window.accept(number)
                mark(index, isNew)
                guard isNew else { continue }
                accepted += 1
                top = max(top, number)
            }
            highest.store(top, ordering: .relaxed)
            return accepted
        }
    }

    /// Counts what was let in. Returns what the caller is to tell IKE of, seldom anything.
    func noteReceived(packets count: Int, bytes size: Int, on path: Path, now: Instant) -> ESPNews {
        var news = ESPNews()
        packets.add(UInt64(count), ordering: .relaxed)
        bytes.add(UInt64(size), ordering: .relaxed)
        if heard.exchange(now.nanoseconds, ordering: .relaxed) == 0 { news.insert(.firstPacket) }
        let hasMoved = lastPath.withLock { last in
            guard last.endpoint != path.endpoint else { return false }
            last = path
            return true
        }
        if hasMoved { news.insert(.moved) }
        return news
    }

    /// Where packets come from as IKE has it.
    package func setPath(_ path: Path) { lastPath.withLock { $0 = path } }

    /// When the last genuine packet came; `nil`: none yet.
    package var lastHeard: Instant? {
        let nanoseconds = heard.load(ordering: .relaxed)
        return nanoseconds == 0 ? nil : Instant(nanoseconds: nanoseconds)
    }

    /// What has come by it: packets that were let in, and their bytes.
    package var usage: SAUsage {
        SAUsage(packets: packets.load(ordering: .relaxed), bytes: bytes.load(ordering: .relaxed))
    }
}

/// What came of packets that IKE wants to know at once.
package struct ESPNews: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Genuine packets came for the first time: the peer has the SA (RFC 7296 §2.8).
    package static let firstPacket = ESPNews(rawValue: 1)
    /// Genuine packets came from elsewhere than before (RFC 7296 §2.23).
    package static let moved = ESPNews(rawValue: 2)
}
