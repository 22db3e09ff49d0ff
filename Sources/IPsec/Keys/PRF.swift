package import OpenSSL

/// A pseudorandom function of IKEv2's (RFC 7296 §2.13): HMAC with SHA-2.
package struct PRF: Hashable, Sendable {
    package let algorithm: PRFAlgorithm

    package init(_ algorithm: PRFAlgorithm) {
        self.algorithm = algorithm
    }

    var digest: DigestAlgorithm {
        switch algorithm {
        case .hmacSHA256: .sha256
        case .hmacSHA384: .sha384
        case .hmacSHA512: .sha512
        }
    }

    /// prf(key, data), where the data is no secret: the parts, one after the other.
    package func compute(key: SecretBytes, _ data: [UInt8]...) -> [UInt8] {
        let hmac = HMAC(digest, key: key)
        for part in data { part.withUnsafeBytes { hmac.update($0) } }
        return [UInt8](unsafeUninitializedCapacity: digest.byteCount) { buffer, count in
            count = digest.byteCount
            hmac.finish(into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count]))
        }
    }

    /// prf(key, data), a secret.
    package func secret(key: SecretBytes, _ data: SecretBytes) -> SecretBytes {
        let hmac = HMAC(digest, key: key)
        return SecretBytes(count: digest.byteCount) { out in data.withUnsafeBytes { hmac.compute($0, into: out) } }
    }

    /// prf+(key, seed) (RFC 7296 §2.13): the first `count` bytes of T1 | T2 | …, of which there are at most 255.
    package func plus(key: SecretBytes, seed: SecretBytes, count: Int) -> SecretBytes {
        let step = digest.byteCount
        precondition(count <= 255 * step, "more key material than prf+ has")
        let hmac = HMAC(digest, key: key)
        return SecretBytes(count: count) { out in
            var previous = 0..<0
            var number: UInt8 = 1
            while previous.upperBound < count {
                let next = previous.upperBound..<min(previous.upperBound + step, count)
                hmac.restart()
                hmac.update(UnsafeRawBufferPointer(rebasing: out[previous]))
                seed.withUnsafeBytes { hmac.update($0) }
                withUnsafeBytes(of: number) { hmac.update($0) }
                hmac.finish(into: UnsafeMutableRawBufferPointer(rebasing: out[next]))
                previous = next
                number &+= 1
            }
        }
    }
}

extension SecretBytes {
    /// A secret, if there is one, and bytes that are none after it.
    convenience init(_ secret: SecretBytes?, followedBy parts: [UInt8]...) {
        let first = secret?.count ?? 0
        self.init(count: parts.reduce(first) { $0 + $1.count }) { out in
            secret?.withUnsafeBytes { out.copyMemory(from: $0) }
            var end = first
            for part in parts {
                UnsafeMutableRawBufferPointer(rebasing: out[end...]).copyBytes(from: part)
                end += part.count
            }
        }
    }
}
