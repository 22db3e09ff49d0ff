internal import OpenSSL

/// Until when an authentication is good: seconds since 1970; `nil` where nothing sets an end.
struct Validity {
    /// The end of the peer's certificate. A peer that has not come with another by then is not who it was any more.
    let peer: Int64?
    /// When the peer will not have us any longer: the end of our own certificate, or what the peer has told (RFC 4478).
    var own: Int64?
    /// When both are to prove anew who they are.
    var reauthenticateAt: Int64?

    /// Begun so long before the end, if there is that much.
    private static let longestMargin: Int64 = 3600
    /// Nearer to the end, it is as well to begin anew afterwards.
    private static let shortestMargin: Int64 = 5

    init(_ proof: PeerProof, _ connection: Connection) {
        peer = proof.certificate?.validity.upperBound
        if case .certificate(let certified) = connection.local, connection.eapLogin == nil {
            own = certified.certificate.validity.upperBound
        }
    }

    /// What is left of a time, but for a tenth: if an attempt comes to nothing, or to the same certificate, there is time for others.
    static func margin(_ left: Int64) -> Int64 { min(left / 10, longestMargin) }

    /// - Parameter jitter: Less than 256. A certificate may be that of many sessions, which are not to begin at once.
    mutating func plan(at time: Int64, jitter: UInt8) {
        reauthenticateAt = nil
        guard let end = [peer, own].compactMap({ $0 }).min(), end > time else { return }
        let margin = Self.margin(end - time)
        if margin >= Self.shortestMargin { reauthenticateAt = end - margin - margin * Int64(jitter) / 1024 }
    }
}
