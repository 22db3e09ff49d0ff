internal import FoundationEssentials
internal import Manifests
internal import WireFormat

extension WireIPsecSite {
    init(_ site: IPsecSite) {
        self.init()
        let connection = site.connection
        node = site.node
        if let address = connection.address {
            self.address = address.description
            port = UInt32(clamping: connection.port)
        }
        remoteIdentity = connection.identity.text
        localIdentity = connection.localIdentity?.text ?? ""
        profile = WireIPsecProfile(site.profile)
        switch connection.authentication {
        case .secret(let name):
            presharedKey.name = name.value
            presharedKey.sealed = Data(site.sealedSecret?.bytes ?? [])
        case .authorities:
            authorities.certificates = site.authorities.map { Data($0) }
        }
        localSelectors = site.localSelectors.map { WirePrefix($0) }
        remoteSelectors = site.remoteSelectors.map { WirePrefix($0) }
        routes = site.routes.map { WirePrefix($0) }
        addresses = site.addresses.map { WirePrefix($0) }
    }
}
