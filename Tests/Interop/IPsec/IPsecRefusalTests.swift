import TestLab
import TestTunnels
import Testing

/// Whom cvland does not let in, and what it says of that.
@Suite struct IPsecRefusalTests {
    enum Fault: String, CaseIterable {
        case anotherIdentity, anotherAuthority, expired, notYetValid, anotherSecret, weakerOffer, forAnotherUse
    }

    @Test(arguments: Fault.allCases) func isRefusedWithAReason(for fault: Fault) async throws {
        try await withLab { lab in
            let authentication: IPsecAuthentication = fault == .anotherSecret ? .secret : .certificates(.p256, .dns)
            let pair = try await IPsecPair(lab, IPsecPairing(.strongSwan, .cvland), by: authentication) { settings in
                try settings.apply(fault, lab)
            }
            try await eventually("the right end says: \(fault.reason)") {
                pair.right.log.split(separator: "\n").contains { line in fault.reason.allSatisfy { line.contains($0) } }
            }
            #expect(try await pair.right.established() == nil)
            #expect(try !pair.left.namespace.reaches("10.2.0.1"))
        }
    }
}

extension IPsecRefusalTests.Fault {
    /// Of what a line of cvland's log has.
    fileprivate var reason: [String] {
        switch self {
        case .anotherIdentity: ["no connection", "left.example"]
        case .anotherAuthority: ["the certificate's issuer is not trusted"]
        case .expired: ["the certificate, or an issuer's, has expired"]
        case .notYetValid: ["the certificate, or an issuer's, is not valid yet"]
        case .forAnotherUse: ["the certificate's key usage does not allow this"]
        case .anotherSecret: ["signature or shared key is wrong"]
        case .weakerOffer:
            ["the peer offers AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048; profile modern wants"]
        }
    }
}

extension IPsecPairSettings {
    /// Has the left end be, or do, what the right end must not take.
    fileprivate mutating func apply(_ fault: IPsecRefusalTests.Fault, _ lab: Lab) throws {
        func certificate(_ authority: CertificateAuthority?, _ request: CertificateRequest) throws -> IPsecProof {
            .certificate(try #require(authority).issue(request))
        }
        var request = CertificateRequest("/O=acme/CN=left", names: ["DNS:left.example"])
        switch fault {
        case .anotherIdentity:
            right.remote.identity = "somebody.example"
        case .anotherAuthority:
            left.local.proof = try certificate(CertificateAuthority(lab, "other"), request)
        case .expired:
            request.validity = .expired
            left.local.proof = try certificate(authority, request)
        case .notYetValid:
            request.validity = .notYet
            left.local.proof = try certificate(authority, request)
        case .forAnotherUse:
            request.usages = ["codeSigning"]
            left.local.proof = try certificate(authority, request)
        case .anotherSecret:
            left.remote.proof = .secret("of others")
        case .weakerOffer:
            left.ikeSuites = [IKESuite(.aes256, .sha256, .prfsha256, .modp2048)]
            left.profile = .compatible
        }
    }
}
