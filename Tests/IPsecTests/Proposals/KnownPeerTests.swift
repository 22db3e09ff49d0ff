import IPsec
import Testing

/// What the world's clients and cloud gateways offer by default, as the logs of others and their makers' documents and sources
/// have it, and what comes of it.
@Suite("Known peers")
struct KnownPeerTests {
    private func ike(_ profile: Profile, _ text: String, keyExchange: UInt16) -> ProposalDecision<IKESuite> {
        profile.chooseIKE(from: proposals(text), keyExchange: keyExchange)
    }

    private func esp(_ profile: Profile, _ text: String, keyExchange: DHGroup?? = .none) -> String {
        let decision =
            switch keyExchange {
            case .none: profile.chooseESP(from: proposals(text), keyExchange: nil, isFirst: true, usesESN: true)
            case .some(let group):
                profile.chooseESP(from: proposals(text), keyExchange: group?.rawValue, isFirst: false, usesESN: true)
            }
        return summary(decision)
    }

    private func summary<Chosen>(_ decision: ProposalDecision<Chosen>) -> String {
        switch decision {
        case .chosen(let choice): choice.suite.description
        case .wantsGroup(let group): "wants \(group)"
        case .refused(let refusal): "refused: \(refusal.reason)"
        }
    }

    private static let cbcSuite = "AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048"

    // MARK: Apple: docs.strongswan.org, interop/ios

    @Test("iOS gets in with compatible, at its first try")
    func iOS() {
        let offer = """
            IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048
            IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/ECP_256
            IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_1536
            IKE:AES_CBC_128/HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_1024
            IKE:3DES_CBC/HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_1024
            """
        let child = """
            ESP:AES_CBC_256/HMAC_SHA2_256_128/NO_EXT_SEQ
            ESP:AES_CBC_256/HMAC_SHA2_256_128/NO_EXT_SEQ
            ESP:AES_CBC_256/HMAC_SHA2_256_128/NO_EXT_SEQ
            ESP:AES_CBC_128/HMAC_SHA1_96/NO_EXT_SEQ
            ESP:3DES_CBC/HMAC_SHA1_96/NO_EXT_SEQ
            """
        let rekey = """
            ESP:AES_CBC_256/HMAC_SHA2_256_128/MODP_2048/NO_EXT_SEQ
            ESP:AES_CBC_256/HMAC_SHA2_256_128/NO_EXT_SEQ
            """
        #expect(summary(ike(.compatible, offer, keyExchange: 14)) == Self.cbcSuite)
        #expect(esp(.compatible, child) == "AES_CBC_256/HMAC_SHA2_256_128/NO_EXT_SEQ")
        #expect(esp(.compatible, rekey, keyExchange: .modp2048) == "AES_CBC_256/HMAC_SHA2_256_128/MODP_2048/NO_EXT_SEQ")
        #expect(summary(ike(.modern, offer, keyExchange: 14)) == "refused: nothingInCommon")
        #expect(summary(ike(.cnsa, offer, keyExchange: 14)) == "refused: nothingInCommon")
    }

    @Test("macOS gets in with compatible, and rekeys its CHILD SA without a key exchange")
    func macOS() {
        let offer = "IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048"
        let child = "ESP:AES_CBC_256/HMAC_SHA2_256_128/NO_EXT_SEQ"
        #expect(summary(ike(.compatible, offer, keyExchange: 14)) == Self.cbcSuite)
        #expect(esp(.compatible, child) == "AES_CBC_256/HMAC_SHA2_256_128/NO_EXT_SEQ")
        #expect(esp(.compatible, child, keyExchange: .some(nil)) == "AES_CBC_256/HMAC_SHA2_256_128/NO_EXT_SEQ")
        #expect(summary(ike(.modern, offer, keyExchange: 14)) == "refused: nothingInCommon")
    }

    @Test("macOS 14 offers AES-GCM first (libreswan's issue 1450)")
    func macOS14() {
        let offer = """
            IKE:AES_GCM_16_256/PRF_HMAC_SHA2_256/ECP_256
            IKE:AES_GCM_16_256/PRF_HMAC_SHA2_256/MODP_2048
            IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/ECP_256
            IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048
            """
        let child = """
            ESP:AES_GCM_16_256/NO_EXT_SEQ
            ESP:AES_GCM_16_256/NO_EXT_SEQ
            ESP:AES_CBC_256/HMAC_SHA2_256_128/NO_EXT_SEQ
            ESP:AES_CBC_256/HMAC_SHA2_256_128/NO_EXT_SEQ
            """
        for profile in [Profile.modern, .compatible] {
            #expect(summary(ike(profile, offer, keyExchange: 19)) == "AES_GCM_16_256/PRF_HMAC_SHA2_256/ECP_256")
            #expect(esp(profile, child) == "AES_GCM_16_256/NO_EXT_SEQ")
        }
        #expect(summary(ike(.cnsa, offer, keyExchange: 19)) == "refused: nothingInCommon")
    }

    // MARK: Android: VpnIkev2Utils of the Android Open Source Project (12 and later)

    @Test("Android begins with MODP-4096: modern asks it for X25519, compatible takes it as it is")
    func android() {
        let common =
            "/PRF_HMAC_SHA2_512/PRF_HMAC_SHA2_384/PRF_HMAC_SHA2_256/PRF_AES128_XCBC/PRF_AES128_CMAC/PRF_HMAC_SHA1"
            + "/MODP_4096/CURVE_25519/MODP_3072/MODP_2048"
        let offer = """
            IKE:AES_CTR_256/AES_CBC_256/AES_CTR_192/AES_CBC_192/AES_CTR_128/AES_CBC_128/HMAC_SHA2_512_256\
            /HMAC_SHA2_384_192/HMAC_SHA2_256_128/AES_XCBC_96/AES_CMAC_96\(common)
            IKE:CHACHA20_POLY1305/AES_GCM_16_256/AES_GCM_12_256/AES_GCM_8_256/AES_GCM_16_192/AES_GCM_12_192\
            /AES_GCM_8_192/AES_GCM_16_128/AES_GCM_12_128/AES_GCM_8_128\(common)
            """
        #expect(ike(.modern, offer, keyExchange: 16) == .wantsGroup(.curve25519))
        #expect(summary(ike(.modern, offer, keyExchange: 31)) == "AES_GCM_16_256/PRF_HMAC_SHA2_384/CURVE_25519")
        #expect(summary(ike(.compatible, offer, keyExchange: 16)) == "AES_GCM_16_256/PRF_HMAC_SHA2_384/MODP_4096")
        // No ECP: nothing for P-384 alone.
        #expect(summary(ike(.cnsa, offer, keyExchange: 16)) == "refused: nothingInCommon")

        let child = """
            ESP:AES_CTR_256/AES_CBC_256/AES_CTR_192/AES_CBC_192/AES_CTR_128/AES_CBC_128/HMAC_SHA2_512_256\
            /HMAC_SHA2_384_192/HMAC_SHA2_256_128/AES_XCBC_96/AES_CMAC_96/NO_EXT_SEQ
            ESP:CHACHA20_POLY1305/AES_GCM_16_256/AES_GCM_12_256/AES_GCM_8_256/AES_GCM_16_192/AES_GCM_12_192\
            /AES_GCM_8_192/AES_GCM_16_128/AES_GCM_12_128/AES_GCM_8_128/NO_EXT_SEQ
            """
        #expect(esp(.modern, child) == "AES_GCM_16_256/NO_EXT_SEQ")
        #expect(esp(.compatible, child) == "AES_GCM_16_256/NO_EXT_SEQ")
    }

    // MARK: Windows: docs.strongswan.org, interop/windowsClients; trailofbits/algo, issue 9

    @Test("Windows as it comes offers MODP-1024 alone: refused by every profile, and told")
    func windowsByDefault() {
        var lines: [String] = []
        for cipher in ["3DES_CBC", "AES_CBC_128", "AES_CBC_192", "AES_CBC_256"] {
            for (hash, bits) in [("SHA1", "96"), ("SHA2_256", "128"), ("SHA2_384", "192")] {
                lines.append("IKE:\(cipher)/HMAC_\(hash)_\(bits)/PRF_HMAC_\(hash)/MODP_1024")
            }
        }
        for cipher in ["AES_GCM_16_128", "AES_GCM_16_256"] {
            for hash in ["SHA1", "SHA2_256", "SHA2_384"] {
                lines.append("IKE:\(cipher)/PRF_HMAC_\(hash)/MODP_1024")
            }
        }
        for profile in Profile.allCases {
            guard case .refused(let refusal) = ike(profile, lines.joined(separator: "\n"), keyExchange: 2) else {
                Issue.record("MODP-1024 taken by \(profile)")
                continue
            }
            #expect(refusal.reason == .nothingInCommon)
            #expect(refusal.description.contains("3DES_CBC/HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_1024"))
            #expect(
                refusal.description.contains("AES_GCM_16_256/PRF_HMAC_SHA2_384/MODP_1024; profile \(profile.rawValue)"))
        }
    }

    @Test("Windows with NegotiateDH2048_AES256 gets an IKE SA, but its ESP has SHA-1 alone")
    func windowsWithMODP2048() {
        let offer = """
            IKE:AES_CBC_256/HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_2048
            IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048
            IKE:AES_CBC_256/HMAC_SHA2_384_192/PRF_HMAC_SHA2_384/MODP_2048
            """
        let child = """
            ESP:AES_CBC_256/HMAC_SHA1_96/NO_EXT_SEQ
            ESP:AES_CBC_128/HMAC_SHA1_96/NO_EXT_SEQ
            ESP:3DES_CBC/HMAC_SHA1_96/NO_EXT_SEQ
            ESP:DES_CBC/HMAC_SHA1_96/NO_EXT_SEQ
            ESP:NULL/HMAC_SHA1_96/NO_EXT_SEQ
            """
        #expect(summary(ike(.compatible, offer, keyExchange: 14)) == Self.cbcSuite)
        #expect(esp(.compatible, child) == "refused: nothingInCommon")
    }

    @Test("Windows as Set-VpnConnectionIPsecConfiguration makes it gets in with compatible")
    func windowsConfigured() {
        // -EncryptionMethod AES256 -IntegrityCheckMethod SHA384 -DHGroup ECP384 -PfsGroup ECP384
        // -CipherTransformConstants GCMAES256 -AuthenticationTransformConstants GCMAES256
        let offer = "IKE:AES_CBC_256/HMAC_SHA2_384_192/PRF_HMAC_SHA2_384/ECP_384"
        #expect(
            summary(ike(.compatible, offer, keyExchange: 20))
                == "AES_CBC_256/HMAC_SHA2_384_192/PRF_HMAC_SHA2_384/ECP_384")
        #expect(esp(.compatible, "ESP:AES_GCM_16_256/NO_EXT_SEQ") == "AES_GCM_16_256/NO_EXT_SEQ")
        let rekey = "ESP:AES_GCM_16_256/ECP_384/NO_EXT_SEQ"
        #expect(esp(.compatible, rekey, keyExchange: .ecp384) == "AES_GCM_16_256/ECP_384/NO_EXT_SEQ")
    }

    // MARK: Clouds

    /// A tunnel's defaults in the AWS EC2 API reference: AES128, AES256 and their GCM-16 forms; SHA1, SHA2-256, SHA2-384,
    /// SHA2-512; groups 2, 14 to 24.
    @Test("AWS with its default tunnel options takes P-256 from modern: no X25519, no ChaCha20")
    func aws() {
        let common =
            "PRF_HMAC_SHA1/PRF_HMAC_SHA2_256/PRF_HMAC_SHA2_384/PRF_HMAC_SHA2_512/MODP_1024/MODP_2048/MODP_3072"
            + "/MODP_4096/MODP_6144/MODP_8192/ECP_256/ECP_384/ECP_521/MODP_1024_160/MODP_2048_224/MODP_2048_256"
        let offer = """
            IKE:AES_CBC_128/AES_CBC_256/HMAC_SHA1_96/HMAC_SHA2_256_128/HMAC_SHA2_384_192/HMAC_SHA2_512_256/\(common)
            IKE:AES_GCM_16_128/AES_GCM_16_256/\(common)
            """
        #expect(ike(.modern, offer, keyExchange: 2) == .wantsGroup(.ecp256))
        #expect(summary(ike(.modern, offer, keyExchange: 19)) == "AES_GCM_16_256/PRF_HMAC_SHA2_384/ECP_256")
        #expect(summary(ike(.compatible, offer, keyExchange: 14)) == "AES_GCM_16_256/PRF_HMAC_SHA2_384/MODP_2048")
        #expect(summary(ike(.cnsa, offer, keyExchange: 20)) == "AES_GCM_16_256/PRF_HMAC_SHA2_384/ECP_384")
        let child = """
            ESP:AES_CBC_128/AES_CBC_256/HMAC_SHA1_96/HMAC_SHA2_256_128/HMAC_SHA2_384_192/HMAC_SHA2_512_256/NO_EXT_SEQ
            ESP:AES_GCM_16_128/AES_GCM_16_256/NO_EXT_SEQ
            """
        for profile in Profile.allCases { #expect(esp(profile, child) == "AES_GCM_16_256/NO_EXT_SEQ") }
    }

    /// libreswan's issue 765, and the azure-stack-docs' issue 577.
    @Test("Azure without a policy offers MODP-1024 alone: refused by every profile")
    func azureByDefault() {
        let offer = """
            IKE:AES_CBC_256/HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_1024
            IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_1024
            IKE:AES_CBC_128/HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_1024
            IKE:AES_CBC_128/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_1024
            IKE:3DES_CBC/HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_1024
            IKE:3DES_CBC/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_1024
            """
        for profile in Profile.allCases {
            #expect(summary(ike(profile, offer, keyExchange: 2)) == "refused: nothingInCommon")
        }
        // Its ESP would do.
        let child = """
            ESP:AES_GCM_16_256/NO_EXT_SEQ
            ESP:AES_CBC_256/HMAC_SHA1_96/NO_EXT_SEQ
            ESP:3DES_CBC/HMAC_SHA1_96/NO_EXT_SEQ
            ESP:AES_CBC_256/HMAC_SHA2_256_128/NO_EXT_SEQ
            ESP:AES_CBC_128/HMAC_SHA1_96/NO_EXT_SEQ
            ESP:3DES_CBC/HMAC_SHA2_256_128/NO_EXT_SEQ
            """
        #expect(esp(.modern, child) == "AES_GCM_16_256/NO_EXT_SEQ")
    }

    @Test("Azure with a policy of group 14, 19 or 20 gets in", arguments: [DHGroup.modp2048, .ecp256, .ecp384])
    func azureWithPolicy(_ group: DHGroup) {
        // -IkeEncryption AES256 -IkeIntegrity SHA384 -DhGroup … -IpsecEncryption GCMAES256 -PfsGroup …
        let offer = "IKE:AES_CBC_256/HMAC_SHA2_384_192/PRF_HMAC_SHA2_384/\(group)"
        let expected = "AES_CBC_256/HMAC_SHA2_384_192/PRF_HMAC_SHA2_384/\(group)"
        #expect(summary(ike(.compatible, offer, keyExchange: group.rawValue)) == expected)
        // -IkeEncryption GCMAES256
        let modern = "IKE:AES_GCM_16_256/PRF_HMAC_SHA2_384/\(group)"
        let taken = summary(ike(.modern, modern, keyExchange: group.rawValue))
        #expect(
            taken == (group == .modp2048 ? "refused: nothingInCommon" : "AES_GCM_16_256/PRF_HMAC_SHA2_384/\(group)"))
        let rekey = "ESP:AES_GCM_16_256/\(group)/NO_EXT_SEQ"
        #expect(esp(.compatible, rekey, keyExchange: group) == "AES_GCM_16_256/\(group)/NO_EXT_SEQ")
    }

    // MARK: strongSwan: the exchange that the tests have

    @Test("strongSwan's default offer gets in with every profile")
    func strongSwan() throws {
        let content = try MessageContent(IKEMessage.decode(StrongSwanExchange.initRequest).payloads)
        let offer = try #require(content.proposals)
        let decisions = Profile.allCases.map { summary($0.chooseIKE(from: offer, keyExchange: 31)) }
        #expect(
            decisions == [
                "AES_GCM_16_256/PRF_HMAC_SHA2_384/CURVE_25519", "wants ECP_384",
                "AES_GCM_16_256/PRF_HMAC_SHA2_384/CURVE_25519",
            ])
        let auth = try MessageContent(
            PayloadChain.decode(.initiatorIdentification, StrongSwanExchange.authRequestInside))
        let child = try #require(auth.proposals)
        for profile in Profile.allCases {
            let decision = profile.chooseESP(from: child, keyExchange: nil, isFirst: true, usesESN: true)
            #expect(summary(decision) == "AES_GCM_16_256/NO_EXT_SEQ")
        }
    }
}
