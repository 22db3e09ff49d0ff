package import IPsec
internal import Synchronization
package import Tunneling

/// A peer of an interface by IPsec, as lanes know it: the SAs that packets go out by. Any thread may call.
package final class IPsecPeer: Sendable {
    /// Its number in the interface, less than 2^31.
    package let number: UInt32
    package let name: String
    /// What packets may go out by, the newest first.
    private let sas = Mutex<ContiguousArray<OutboundSA>>([])
    /// When somebody was told last that packets wait.
    private let lastCall = Atomic<UInt64>(0)
    private let wanted: @Sendable () -> Void

    private static let callInterval = Instant.Span.seconds(1)

    /// - Parameter wanted: told now and then that packets have come for which there is no SA; any thread may call it.
    package init(number: UInt32, name: String, wanted: @escaping @Sendable () -> Void) {
        self.number = number
        self.name = name
        self.wanted = wanted
    }

    /// The SA that a packet goes out by.
    func sa(for packet: UnsafeRawBufferPointer, now: Instant) throws(ESPRefusal) -> OutboundSA {
        let (sa, isEmpty) = sas.withLock { sas in (sas.first { $0.selectors.admits(packet) }, sas.isEmpty) }
        if let sa { return sa }
        guard isEmpty else { throw ESPRefusal(reason: .outsideSelectors) }
        call(at: now)
        throw ESPRefusal(reason: .noSA)
    }

    private func call(at now: Instant) {
        let last = lastCall.load(ordering: .relaxed)
        guard last == 0 || now - Instant(nanoseconds: last) >= Self.callInterval else { return }
        let (isOurs, _) = lastCall.compareExchange(expected: last, desired: now.nanoseconds, ordering: .relaxed)
        if isOurs { wanted() }
    }

    // MARK: By the owner of the SAs

    /// Has packets go out by an SA, before all that are there.
    package func add(_ sa: OutboundSA) {
        sas.withLock { $0.insert(sa, at: 0) }
    }

    /// Nothing goes out by it any more but what is under way.
    package func remove(inboundSPI: UInt32) {
        sas.withLock { sas in sas.removeAll { $0.inboundSPI == inboundSPI } }
    }

    /// Where an SA's packets go from now on.
    package func setPath(_ path: Path, inboundSPI: UInt32) {
        sas.withLock { sas in sas.first { $0.inboundSPI == inboundSPI }?.path = path }
    }

    /// Forgets local sources that are gone.
    package func forgetSources(where isGone: (LocalSource) -> Bool) {
        sas.withLock { sas in
            for sa in sas { sa.forgetSource(where: isGone) }
        }
    }

    package var outbound: [OutboundSA] { sas.withLock { Array($0) } }
}

/// Why a packet does not go out.
struct ESPRefusal: Error {
    let reason: ESPDropReason
}
