/// The implementations, behind one switch for each batch.
enum Cipher {
    typealias Jobs = UnsafeMutableBufferPointer<AEADJob>

    case openSSL(OpenSSLCipher)
    #if canImport(CIPsecMB)
        case ipsecMB(IPsecMBCipher)
    #endif

    static func testedIPsecMB() throws(AEADUnavailable) -> Cipher {
        #if canImport(CIPsecMB)
            let cipher = Cipher.ipsecMB(try IPsecMBCipher())
            guard SelfTest.passes(cipher) else {
                throw AEADUnavailable(reason: "\(cipher.description) fails its self-test")
            }
            return cipher
        #else
            throw AEADUnavailable(reason: "ipsec-mb is for x86-64 alone")
        #endif
    }

    var description: String {
        switch self {
        case .openSSL: OpenSSLCipher.description
        #if canImport(CIPsecMB)
            case .ipsecMB(let cipher): cipher.library.description
        #endif
        }
    }

    func seal(_ jobs: Jobs, with key: AEADKey) {
        switch self {
        case .openSSL(let cipher): cipher.seal(jobs, with: key)
        #if canImport(CIPsecMB)
            case .ipsecMB(let cipher): cipher.seal(jobs, with: key)
        #endif
        }
    }

    func open(_ jobs: Jobs, with key: AEADKey) {
        switch self {
        case .openSSL(let cipher): cipher.open(jobs, with: key)
        #if canImport(CIPsecMB)
            case .ipsecMB(let cipher): cipher.open(jobs, with: key)
        #endif
        }
    }
}
