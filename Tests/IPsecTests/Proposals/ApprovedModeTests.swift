import IPsec
import OpenSSL
import Testing

/// What is left in FIPS mode (SP 800-56A, SP 800-38D). With OpenSSL in that mode, these hold for what is offered too.
@Suite struct ApprovedModeTests {
    @Test(arguments: Profile.allCases) func everyProfileHasEnoughThatIsApproved(_ profile: Profile) {
        let encryptions = profile.encryptions(approvedOnly: true)
        #expect(encryptions.first == .aes256GCM16 && !encryptions.contains(.chaCha20Poly1305))
        let groups = profile.groups(approvedOnly: true)
        #expect(!groups.isEmpty && !groups.contains(.curve25519))
    }

    @Test func nothingElseIsLeftOut() {
        #expect(Profile.modern.encryptions(approvedOnly: true) == [.aes256GCM16, .aes128GCM16])
        #expect(Profile.modern.groups(approvedOnly: true) == [.ecp256, .ecp384])
        #expect(Profile.cnsa.groups(approvedOnly: true) == Profile.cnsa.groups(approvedOnly: false))
        #expect(Profile.compatible.groups(approvedOnly: true) == [.ecp256, .ecp384, .modp2048, .modp3072, .modp4096])
    }

    @Test(arguments: Profile.allCases) func whatIsOfferedFollowsOpenSSL(_ profile: Profile) {
        #expect(profile.encryptions == profile.encryptions(approvedOnly: ApprovedMode.isOn))
        #expect(profile.groups == profile.groups(approvedOnly: ApprovedMode.isOn))
        #expect(profile.preferredGroup == profile.groups.first)
    }
}
