import IPsec
import OpenSSL
import Testing
import Tunneling

/// A data path as slow and obvious as can be: it keeps the SAs that a host tells it of, and seals and opens packets by their keys.
struct SimulatedDataPath {
    struct Packet {
        let spi: UInt32
        /// Of the keys that it is sealed by.
        let code: [UInt8]
    }

    /// Codes of the keys of both directions, by inbound SPI.
    private var codes: [UInt32: (inbound: [UInt8], outbound: [UInt8])] = [:]
    private(set) var children: [UInt32: ChildSA] = [:]
    private(set) var retired: Set<UInt32> = []
    /// Inbound SPI of the SA that packets go out by.
    private(set) var sending: UInt32?
    private(set) var childrenSeen = 0

    /// Takes up an event; what is not consistent is a failure.
    mutating func take(_ event: HostEvent) {
        switch event {
        case .childReady(let child):
            #expect(children[child.inboundSPI] == nil, "an SPI given twice")
            children[child.inboundSPI] = child
            codes[child.inboundSPI] = (Self.code(child.inboundKeys), Self.code(child.outboundKeys))
            childrenSeen += 1
            if child.sendsAtOnce { sending = child.inboundSPI }
        case .outboundSwitched(let spi):
            #expect(children[spi] != nil && !retired.contains(spi), "sends by an SA that is not there")
            sending = spi
        case .childRetired(let spi):
            #expect(children[spi] != nil && !retired.contains(spi))
            retired.insert(spi)
            if sending == spi { sending = nil }
        case .childGone(let spi):
            #expect(retired.contains(spi), "gone without having been retired")
            retired.remove(spi)
            children[spi] = nil
            codes[spi] = nil
        case .pathChanged, .addressesAssigned, .peerChanged, .log: break
        }
    }

    var live: [ChildSA] { children.values.filter { !retired.contains($0.inboundSPI) } }

    /// `nil`: there is nothing to send by.
    func seal() -> Packet? {
        guard let spi = sending, let child = children[spi], let code = codes[spi] else { return nil }
        return Packet(spi: child.outboundSPI, code: code.outbound)
    }

    /// The SA that a packet came by, by its inbound SPI; `nil` if none opens it.
    func open(_ packet: Packet) -> UInt32? { codes[packet.spi]?.inbound == packet.code ? packet.spi : nil }

    private static func code(_ keys: SecretBytes) -> [UInt8] {
        HMAC(.sha256, key: keys).code(for: Array("a packet".utf8))
    }
}
