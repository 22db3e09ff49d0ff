internal import SSHSignatures
internal import Synchronization

/// Keys that were decoded: few people make many commits, and to decode some kinds costs as much as to verify with them.
package final class KeyCache: Sendable {
    private let keys = Mutex(BoundedCache<[UInt8], SSHKey>(capacity: 4096))

    package init() {}

    /// The key that a signature brings.
    func key(of signature: SSHSignature) throws(SSHSignatureRefusal) -> SSHKey {
        if let known = keys.withLock({ $0[signature.keyBlob] }) { return known }
        let key: SSHKey
        do throws(SSHKeyRefusal) {
            key = try SSHKey(blob: signature.keyBlob)
        } catch {
            throw .key(error)
        }
        keys.withLock { $0[signature.keyBlob] = key }
        return key
    }
}
