/// An IKE SA as strongSwan tells of it.
package struct CharonIKESA: Sendable {
    package let connection: String
    /// Number that strongSwan gave it; a rekeyed one has another.
    package let number: String
    /// `ESTABLISHED`, `CONNECTING`, …
    package let state: String
    package let localIdentity: String
    package let remoteIdentity: String
    package let remoteHost: String
    package let remotePort: String
    package let initiatorSPI: String
    package let isInitiator: Bool
    package let virtualAddresses: [String]
    package let children: [CharonChildSA]

    package var isEstablished: Bool { state == "ESTABLISHED" }

    /// Those that carry packets.
    package var installed: [CharonChildSA] { children.filter { $0.state == "INSTALLED" } }

    init(connection: String, _ section: VICISection) {
        func value(_ name: String) -> String { section.values[name] ?? "" }
        self.connection = connection
        number = value("uniqueid")
        state = value("state")
        localIdentity = value("local-id")
        remoteIdentity = value("remote-id")
        remoteHost = value("remote-host")
        remotePort = value("remote-port")
        initiatorSPI = value("initiator-spi")
        isInitiator = value("initiator") == "yes"
        virtualAddresses = section.lists["local-vips"] ?? []
        children = section.sections("child-sas").flatMap { $0.sections.map { CharonChildSA($0.section) } }
    }
}

/// A CHILD SA as strongSwan tells of it.
package struct CharonChildSA: Sendable {
    package let state: String
    package let inboundSPI: String
    package let outboundSPI: String
    package let isEncapsulated: Bool
    package let receivedBytes: Int
    package let sentBytes: Int
    package let localSelectors: [String]
    package let remoteSelectors: [String]

    init(_ section: VICISection) {
        func value(_ name: String) -> String { section.values[name] ?? "" }
        state = value("state")
        inboundSPI = value("spi-in")
        outboundSPI = value("spi-out")
        isEncapsulated = value("encap") == "yes"
        receivedBytes = Int(value("bytes-in")) ?? 0
        sentBytes = Int(value("bytes-out")) ?? 0
        localSelectors = section.lists["local-ts"] ?? []
        remoteSelectors = section.lists["remote-ts"] ?? []
    }
}
