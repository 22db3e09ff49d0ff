internal import Addressing
internal import DiffSync
internal import Sodium
package import WireFormat

internal import struct Foundation.Data

extension WireOperation {
    /// The message that carries out one operation of a plan.
    ///
    /// - Parameter privateKey: goes with every interface; it leaves the agent only towards `cvland`.
    init(_ operation: Operation<DataPathRecord>, privateKey: X25519.PrivateKey) {
        self.init()
        switch operation.change {
        case .create(let record), .update(_, let record, _): put(record, privateKey: privateKey)
        case .delete(let record): delete(record)
        }
    }

    private mutating func put(_ record: DataPathRecord, privateKey: X25519.PrivateKey) {
        switch record {
        case .interface(let it):
            putInterface.name = it.name
            putInterface.domain = it.domain
            putInterface.privateKey = privateKey.bytes.withUnsafeBytes { Data($0) }
            putInterface.listenPort = it.listenPort ?? 0
            putInterface.mtu = it.mtu
            putInterface.forward = it.forward
            putInterface.local = it.local.map(WirePrefix.init)
        case .filter(let it):
            putFilter.interface = it.interface
            putFilter.filter = it.filter ?? WireFilter()
        case .ipsecIdentity(let it):
            putIpsecIdentity.interface = it.interface
            guard let credentials = it.credentials else { return }
            putIpsecIdentity.certificates = credentials.certificates
            putIpsecIdentity.privateKey = credentials.privateKey.withUnsafeBytes { Data($0) }
            putIpsecIdentity.trustAnchors = credentials.anchors
        case .ipsecPeer(let it): putIpsecPeer = WireIPsecPeerSpec(it)
        case .address(let it): addAddress = WireInterfacePrefix(it)
        case .route(let it): addRoute = WireInterfacePrefix(it)
        case .peer(let it):
            putPeer.interface = it.interface
            putPeer.publicKey = Data(it.publicKey)
            putPeer.allowedIps = it.allowedIPs.map(WirePrefix.init)
            putPeer.keepaliveSeconds = it.keepaliveSeconds
            putPeer.endpoint = it.endpoint?.description ?? ""
        }
    }

    private mutating func delete(_ record: DataPathRecord) {
        switch record {
        case .interface(let it): deleteInterface = it.name
        case .filter(let it):
            // Nothing passes an interface that is to have no policy: the default action of an empty filter is deny.
            putFilter.interface = it.interface
            putFilter.filter = WireFilter()
        case .ipsecIdentity(let it): putIpsecIdentity.interface = it.interface
        case .ipsecPeer(let it):
            deleteIpsecPeer.interface = it.interface
            deleteIpsecPeer.name = it.name
        case .address(let it): deleteAddress = WireInterfacePrefix(it)
        case .route(let it): deleteRoute = WireInterfacePrefix(it)
        case .peer(let it):
            deletePeer.interface = it.interface
            deletePeer.publicKey = Data(it.publicKey)
        }
    }
}

extension WireIPsecPeerSpec {
    package init(_ record: DataPathRecord.IPsecPeer) {
        self.init()
        interface = record.interface
        name = record.name
        allowedIps = record.allowedIPs.map(WirePrefix.init)
        local = record.local.map(WirePrefix.init)
        endpoints = record.endpoints
        start = record.start
        profile = record.profile
        localIdentity = record.localIdentity
        remoteIdentities = [record.remoteIdentity]
        remoteSerialNumber = record.remoteSerialNumber
        trustAnchors = record.anchors.map { Data($0) }
        if let pool = record.pool { self.pool = pool }
        presharedKey = record.presharedKey?.withUnsafeBytes { Data($0) } ?? Data()
        switch record.login {
        case .certificate: eap.tls = true
        case .password(let name, let password):
            var user = WireIPsecUser()
            user.name = name
            user.password = password?.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } ?? ""
            eap.users = [user]
        case nil: break
        }
    }
}

extension WireInterfacePrefix {
    init(_ record: DataPathRecord.InterfacePrefix) {
        self.init()
        interface = record.interface
        prefix = WirePrefix(record.prefix)
    }
}
