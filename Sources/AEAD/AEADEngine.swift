/// Seals and opens batches of packets by the fastest implementation there is here: ipsec-mb on x86-64, OpenSSL elsewhere or
/// where ipsec-mb does not start or fails its self-test, and in FIPS mode.
///
/// One for each thread: about 200 KB with ipsec-mb, some 5 KB with OpenSSL. It keeps no key between calls and allocates nothing in them.
package final class AEADEngine {
    package enum Kind: Sendable, CaseIterable { case fastest, ipsecMB, openSSL }

    private let cipher: Cipher

    /// Why this is OpenSSL though the fastest was asked for; `nil` where it is not.
    package let fallbackReason: String?

    /// The fastest.
    package init() {
        do {
            cipher = try Cipher.testedIPsecMB()
            fallbackReason = nil
        } catch {
            cipher = .openSSL(OpenSSLCipher())
            fallbackReason = error.reason
        }
    }

    package convenience init(_ kind: Kind) throws(AEADUnavailable) {
        switch kind {
        case .fastest: self.init()
        case .ipsecMB: self.init(try Cipher.testedIPsecMB())
        case .openSSL: self.init(.openSSL(OpenSSLCipher()))
        }
    }

    private init(_ cipher: Cipher) {
        self.cipher = cipher
        fallbackReason = nil
    }

    /// For logs: "ipsec-mb 1.3.0 (AVX-512)" or "OpenSSL 3.0.15".
    package var description: String { cipher.description }

    /// Encrypts every job and writes the tags. All are done when it returns.
    package func seal(_ jobs: UnsafeMutableBufferPointer<AEADJob>, with key: AEADKey) {
        cipher.seal(jobs, with: key)
    }

    /// Checks the 16 bytes after each job's ciphertext in constant time, decrypts, and sets `isAuthentic`. A job that is not
    /// authentic changes nothing for the others.
    package func open(_ jobs: UnsafeMutableBufferPointer<AEADJob>, with key: AEADKey) {
        cipher.open(jobs, with: key)
    }
}

extension AEADEngine: CustomStringConvertible {}
