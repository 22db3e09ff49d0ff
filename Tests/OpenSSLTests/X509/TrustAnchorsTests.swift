import OpenSSL
import TestCertificates
import Testing

@Suite struct TrustAnchorsTests {
    static func verify(
        _ leaf: String, by anchors: [String] = [Certificates.root],
        with intermediates: [String] = [Certificates.issuing],
        lists: [String] = [], at time: Int64 = Certificates.time
    ) throws {
        let lists = try lists.flatMap { PEM.blocks(named: "X509 CRL", in: Array($0.utf8)) }.map(RevocationList.init)
        try TrustAnchors(anchors.map(certificate)).verify(
            certificate(leaf), intermediates: intermediates.map(certificate), revocationLists: lists, at: time)
    }

    @Test(arguments: [Certificates.gate, Certificates.router, Certificates.core, Certificates.plain])
    func chainToTheRootIsBelieved(_ leaf: String) throws {
        try Self.verify(leaf)
        try Self.verify(
            leaf, with: [Certificates.stranger, Certificates.root, Certificates.gate, Certificates.issuing])
    }

    @Test func anchorNeedNotBeARoot() throws {
        try Self.verify(Certificates.gate, by: [Certificates.issuing], with: [])
        try Self.verify(Certificates.gate, by: [Certificates.gate], with: [])
    }

    @Test(arguments: [
        (Certificates.expired, CertificateRefusal.expired), (Certificates.early, .notYetValid),
        (Certificates.ofNoAuthority, .notAnAuthority), (Certificates.belowTooDeep, .pathTooLong),
        (Certificates.outside, .nameNotPermitted), (Certificates.stranger, .unknownIssuer),
    ])
    func whatIsWrongIsTold(_ leaf: String, _ refusal: CertificateRefusal) {
        #expect(throws: refusal) {
            try Self.verify(
                leaf,
                with: [Certificates.issuing, Certificates.gate, Certificates.tooDeep, Certificates.narrow])
        }
    }

    @Test func withoutAnAnchorNothingIsBelieved() {
        #expect(throws: CertificateRefusal.unknownIssuer) { try Self.verify(Certificates.gate, by: []) }
        #expect(throws: CertificateRefusal.unknownIssuer) { try Self.verify(Certificates.root, by: [], with: []) }
        #expect(throws: CertificateRefusal.unknownIssuer) {
            try Self.verify(Certificates.gate, by: [Certificates.stranger])
        }
        #expect(throws: CertificateRefusal.unknownIssuer) { try Self.verify(Certificates.gate, with: []) }
    }

    @Test func timeIsTheCallers() throws {
        let (start, end): (Int64, Int64) = (1_767_225_600, 2_082_758_400)
        try Self.verify(Certificates.gate, at: start)
        try Self.verify(Certificates.gate, at: end - 1)
        #expect(throws: CertificateRefusal.notYetValid) { try Self.verify(Certificates.gate, at: start - 1) }
        #expect(throws: CertificateRefusal.expired) { try Self.verify(Certificates.gate, at: end + 1) }
        #expect(throws: CertificateRefusal.notYetValid) { try Self.verify(Certificates.gate, at: 0) }
        try Self.verify(Certificates.early, at: 1_900_000_000)
    }

    @Test func changedSignatureIsTold() throws {
        var der = try certificate(Certificates.gate).der
        der[der.count - 1] ^= 1
        let anchors = TrustAnchors([try certificate(Certificates.root)])
        let issuing = try certificate(Certificates.issuing)
        #expect(throws: CertificateRefusal.badSignature) {
            try anchors.verify(try Certificate(der: der), intermediates: [issuing], at: Certificates.time)
        }
    }

    @Test func listsAreHeeded() throws {
        try Self.verify(Certificates.gate, lists: [Certificates.revokingNobody])
        try Self.verify(Certificates.core, lists: [Certificates.revokingGate])
        #expect(throws: CertificateRefusal.revoked) {
            try Self.verify(Certificates.gate, lists: [Certificates.revokingGate])
        }
        #expect(throws: CertificateRefusal.revocationUnknown) {
            try Self.verify(Certificates.gate, lists: [Certificates.staleList])
        }
        // A list of another issuer's says nothing.
        try Self.verify(
            Certificates.stranger, by: [Certificates.stranger], with: [], lists: [Certificates.revokingGate])
    }

    @Test func changedListIsNotBelieved() throws {
        var der = try #require(PEM.blocks(named: "X509 CRL", in: Array(Certificates.revokingNobody.utf8)).first)
        der[der.count - 1] ^= 1
        let anchors = TrustAnchors([try certificate(Certificates.root)])
        let (leaf, issuing) = (try certificate(Certificates.gate), try certificate(Certificates.issuing))
        let list = try RevocationList(der: der)
        #expect(throws: CertificateRefusal.revocationUnknown) {
            try anchors.verify(leaf, intermediates: [issuing], revocationLists: [list], at: Certificates.time)
        }
        #expect(throws: CertificateRefusal.malformed) { try RevocationList(der: Array(der.dropLast())) }
        #expect(throws: CertificateRefusal.malformed) { try RevocationList(der: []) }
    }
}
