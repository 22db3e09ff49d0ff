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
        if connection.eap != nil { eap.user = connection.loginName }
        switch connection.authentication {
        case .secret(let name):
            var secret = WireSealedSecret()
            secret.name = name.value
            secret.sealed = Data(site.sealedSecret?.bytes ?? [])
            if connection.eap == nil { presharedKey = secret } else { eap.password = secret }
        case .authorities:
            var known = WireCertificateAuthorities()
            known.certificates = site.authorities.map { Data($0) }
            if connection.eap == nil { authorities = known } else { eap.authorities = known }
        }
        localSelectors = site.localSelectors.map { WirePrefix($0) }
        remoteSelectors = site.remoteSelectors.map { WirePrefix($0) }
        routes = site.routes.map { WirePrefix($0) }
        addresses = site.addresses.map { WirePrefix($0) }
    }
}
