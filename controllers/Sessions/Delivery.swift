package import struct Foundation.Data

/// What one stream has carried, and whether the next config may go out: at most one is unacknowledged, so a fleet of
/// slow agents costs one update each however many commits are made meanwhile.
///
///             offer                      report ≥ it, or refusal
///     settled ─────▶ inFlight(generation) ─────▶ settled
///                      │ ▲ newer publications: none is sent, the last one is once this one is answered
///                      └─┘
package struct Delivery: Sendable, Equatable {
    /// What the agent says it has in force; 0: nothing.
    package private(set) var inForce: UInt64
    /// Sent and not answered yet.
    package private(set) var inFlight: UInt64?
    /// The last generation that was sent or that the agent had; it is not sent again on this stream.
    private var lastSettled: UInt64?
    /// Digests of the segments that the agent has of the last config; `nil`: none was sent yet.
    private var carried: Set<Data>?

    /// - Parameter inForce: the generation that the agent asked to go on from; 0 where it has none.
    package init(inForce: UInt64) {
        self.inForce = inForce
        lastSettled = inForce == 0 ? nil : inForce
    }

    /// Which segments to send with the config of `generation`; `nil` when nothing is to be sent now.
    package mutating func offer(generation: UInt64, segments: [Data]) -> [Data]? {
        guard inFlight == nil else { return nil }
        guard generation != lastSettled else {
            // The agent came with this very config, so it has its segments.
            carried = carried ?? Set(segments)
            return nil
        }
        let missing = segments.filter { carried?.contains($0) != true }
        // What no config names any more, the agent may have dropped.
        carried = Set(segments)
        inFlight = generation
        return missing
    }

    /// The agent reported. A refusal settles the update too: the same bytes would be refused again.
    package mutating func acknowledge(inForce reported: UInt64, refused: Bool) {
        inForce = reported
        guard let sent = inFlight, reported >= sent || refused else { return }
        lastSettled = sent
        inFlight = nil
        // After a refusal nobody knows which segments were kept.
        if refused && reported < sent { carried = [] }
    }
}
