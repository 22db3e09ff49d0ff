internal import Addressing
internal import OpenSSL
internal import Tunneling

/// Finds NATs on the way (RFC 7296 §2.23): each side tells hashes of the addresses that it sees.
///
/// ESP goes in UDP always here, so what we say of our own address is wrong on purpose: the peer then believes that there is a NAT
/// before us and does the same.
enum NATDetection {
    static func notifies(initiatorSPI: UInt64, responderSPI: UInt64, _ path: IKEPath, untrue: [UInt8]) -> [Payload] {
        let seen = hash(initiatorSPI, responderSPI, path.remote.address, path.remote.port)
        return [
            .notify(Notify(.natDetectionSourceIP, data: untrue)),
            .notify(Notify(.natDetectionDestinationIP, data: seen)),
        ]
    }

    /// Bytes of a hash.
    static let count = 20

    /// What the peer's hashes say; `nil` where it sent none, and so does no NAT traversal.
    static func result(
        _ notifies: [Notify], initiatorSPI: UInt64, responderSPI: UInt64, _ path: IKEPath
    ) -> (ours: Bool, theirs: Bool)? {
        let sources = notifies.filter { $0.type == .natDetectionSourceIP }
        let destinations = notifies.filter { $0.type == .natDetectionDestinationIP }
        guard !sources.isEmpty, !destinations.isEmpty else { return nil }
        let theirs = hash(initiatorSPI, responderSPI, path.remote.address, path.remote.port)
        // Without knowing our own address, there may be a NAT before it.
        let ours = path.source.map { hash(initiatorSPI, responderSPI, $0.address, path.localPort) }
        return (
            ours: !destinations.contains { $0.data == ours }, theirs: !sources.contains { $0.data == theirs }
        )
    }

    /// SHA-1 of the SPIs, the address and the port.
    private static func hash(_ initiator: UInt64, _ responder: UInt64, _ address: IPAddress, _ port: UInt16) -> [UInt8]
    {
        var bytes: [UInt8] = []
        for spi in [initiator, responder] { withUnsafeBytes(of: spi.bigEndian) { bytes += $0 } }
        bytes += address.bytes
        bytes += [UInt8(port >> 8), UInt8(truncatingIfNeeded: port)]
        return DigestAlgorithm.sha1.digest(bytes)
    }
}
