/// An IKE SA with its CHILD SAs, as one end tells of it.
package struct IPsecAssociation: Sendable {
    package var connection: String
    /// Another one after each rekey.
    package var initiatorSPI: UInt64
    package var isEstablished: Bool
    package var isInitiator: Bool
    package var remoteIdentity: String
    package var remoteAddress: String
    package var remotePort: Int
    /// As a proposal of swanctl.conf.
    package var suite: String
    /// Those that carry packets.
    package var children: [Child]

    package struct Child: Sendable {
        /// Another one after each rekey.
        package var inboundSPI: UInt32
        package var receivedBytes: Int
        package var sentBytes: Int
        package var localPrefixes: [String]
        package var remotePrefixes: [String]
        /// As a proposal of swanctl.conf, without a group.
        package var suite: String
        /// Of the exchange that renewed it; none before that, and in what cvland tells.
        package var group: String?
    }
}

extension IPsecAssociation {
    /// From what `swanctl --list-sas` says of one.
    init(connection: String, _ section: VICISection) {
        self.connection = connection
        initiatorSPI = UInt64(section["initiator-spi"], radix: 16) ?? 0
        isEstablished = section["state"] == "ESTABLISHED"
        isInitiator = section["initiator"] == "yes"
        remoteIdentity = section["remote-id"]
        remoteAddress = section["remote-host"]
        remotePort = Int(section["remote-port"]) ?? 0
        suite = [section.cipher, section.integrity, section.prf, section.group].compactMap { $0 }.joined(separator: "-")
        children = section.sections("child-sas").flatMap { $0.sections.map(\.section) }
            .filter { $0["state"] == "INSTALLED" }.map(Child.init)
    }
}

extension IPsecAssociation.Child {
    fileprivate init(_ section: VICISection) {
        inboundSPI = UInt32(section["spi-in"], radix: 16) ?? 0
        receivedBytes = Int(section["bytes-in"]) ?? 0
        sentBytes = Int(section["bytes-out"]) ?? 0
        localPrefixes = section.lists["local-ts"] ?? []
        remotePrefixes = section.lists["remote-ts"] ?? []
        suite = [section.cipher, section.integrity].compactMap { $0 }.joined(separator: "-")
        group = section["dh-group"].isEmpty ? nil : section.group
    }
}

/// Algorithms as proposals call them, from what an SA says.
extension VICISection {
    fileprivate var cipher: String {
        switch self["encr-alg"] {
        case "AES_GCM_16": "aes\(self["encr-keysize"])gcm16"
        case "AES_CBC": "aes\(self["encr-keysize"])"
        case "CHACHA20_POLY1305": "chacha20poly1305"
        default: self["encr-alg"]
        }
    }

    fileprivate var integrity: String? {
        switch self["integ-alg"] {
        case "": nil
        case "HMAC_SHA2_256_128": "sha256"
        case "HMAC_SHA2_384_192": "sha384"
        case "HMAC_SHA2_512_256": "sha512"
        default: self["integ-alg"]
        }
    }

    fileprivate var prf: String {
        // PRF_HMAC_SHA2_384
        "prfsha" + self["prf-alg"].suffix(3)
    }

    fileprivate var group: String {
        switch self["dh-group"] {
        case "CURVE_25519": "x25519"
        case "ECP_256": "ecp256"
        case "ECP_384": "ecp384"
        case "MODP_2048": "modp2048"
        case "MODP_3072": "modp3072"
        case "MODP_4096": "modp4096"
        default: self["dh-group"]
        }
    }
}
