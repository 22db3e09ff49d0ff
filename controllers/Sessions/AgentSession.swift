internal import Dispatch
package import NIOCore
package import Reconciling
internal import Synchronization
package import WireFormat

package import struct Foundation.Data

/// One connected agent: its watch stream.
///
/// Level-based: whoever has news pokes it, and the stream's task then looks at what is in force and sends the
/// difference. Any number of pokes while it is busy are one.
package final class AgentSession: Sendable {
    package let node: NodeKey
    /// The X25519 key that its certificate is bound to.
    package let publicKey: Data
    package let clientAddress: String
    /// One element per batch of pokes; ends when the session is closed.
    package let pokes: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation
    private let channel: (any Channel)?
    private let state: Mutex<State>

    private struct State {
        var delivery: Delivery
        var hints: [HintKey: [String]] = [:]
        var lastSent: NIODeadline?
        /// Since when a write waits for the client to read.
        var writingSince: NIODeadline?
        var isRemoved = false
    }

    package struct HintKey: Hashable, Sendable {
        package let cvlan: String
        package let publicKey: Data
        package let isIPsec: Bool

        package init(cvlan: String, publicKey: Data, isIPsec: Bool = false) {
            self.cvlan = cvlan
            self.publicKey = publicKey
            self.isIPsec = isIPsec
        }
    }

    /// More hints than this wait for nobody: the oldest kind of news is what an agent can do without.
    private static let maximumHints = 4096

    package init(
        node: NodeKey, publicKey: Data = Data(), inForce: UInt64, clientAddress: String = "",
        channel: (any Channel)? = nil
    ) {
        self.node = node
        self.publicKey = publicKey
        self.clientAddress = clientAddress
        self.channel = channel
        state = Mutex(State(delivery: Delivery(inForce: inForce)))
        (pokes, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        continuation.yield()
    }

    package func poke() {
        continuation.yield()
    }

    /// Ends the stream after what it is sending now.
    package func close() {
        continuation.finish()
    }

    /// The node is gone: its stream gets one last config without networks, then ends.
    package func remove() {
        state.withLock { $0.isRemoved = true }
        continuation.yield()
    }

    package var delivery: Delivery { state.withLock { $0.delivery } }

    package func acknowledge(inForce: UInt64, refused: Bool) {
        let isFree = state.withLock { state in
            state.delivery.acknowledge(inForce: inForce, refused: refused)
            return state.delivery.inFlight == nil
        }
        if isFree { continuation.yield() }
    }

    package func hint(_ key: HintKey, _ endpoints: [String]) {
        let isTaken = state.withLock { state in
            guard state.hints[key] != nil || state.hints.count < Self.maximumHints else { return false }
            state.hints[key] = endpoints
            return true
        }
        if isTaken { continuation.yield() }
    }

    // MARK: What to send

    package struct Outgoing: Sendable {
        package var config: PublishedNode?
        package var segments: [Data] = []
        package var hints: [WireHint] = []
        /// Nothing comes after it.
        package var isLast = false

        package var isEmpty: Bool { config == nil && hints.isEmpty }
    }

    /// What to send now, given what is in force; it counts as sent.
    ///
    /// - Parameter published: the node's config; `nil` where it has none.
    package func take(_ published: PublishedNode?, farewell: PublishedNode?) -> Outgoing {
        state.withLock { state in
            var outgoing = Outgoing()
            if let published, published.publicKey != publicKey {
                // The node is another machine now. Its config is not for this one.
                outgoing.isLast = true
                return outgoing
            }
            // A farewell to a node that is there again would keep it from taking the config of the same height.
            if published != nil { state.isRemoved = false }
            if state.isRemoved {
                outgoing.isLast = true
                outgoing.config = farewell
                return outgoing
            }
            if let published,
                let missing = state.delivery.offer(generation: published.generation, segments: published.segments)
            {
                outgoing.config = published
                outgoing.segments = missing
            }
            outgoing.hints = state.hints.map { key, endpoints in
                WireHint.with {
                    $0.cvlan = key.cvlan
                    $0.publicKey = key.publicKey
                    $0.endpoints = endpoints
                    $0.ipsec = key.isIPsec
                }
            }
            state.hints = [:]
            return outgoing
        }
    }

    // MARK: Heartbeats and dead clients

    /// Records that a write begins or, with the time it took, has ended.
    package func writing(_ isWriting: Bool, at now: NIODeadline) {
        state.withLock { state in
            state.writingSince = isWriting ? now : nil
            if !isWriting { state.lastSent = now }
        }
    }

    /// Whether nothing was sent for so long that a heartbeat is due.
    package func isQuiet(since limit: NIODeadline) -> Bool {
        state.withLock { state in state.writingSince == nil && (state.lastSent.map { $0 <= limit } ?? true) }
    }

    /// Closes the connection of a client that has not read for a long time.
    package func dropIfStuck(since limit: NIODeadline) -> Bool {
        guard state.withLock({ $0.writingSince.map { $0 <= limit } ?? false }) else { return false }
        close()
        channel?.close(promise: nil)
        return true
    }
}
