import Authorization
import GitRepository
import Manifests
import SSHSignatures
import Testing

struct JudgeTests {
    let organization = Organization()
    private let newNode = Organization.manifest("Node", "acme", "laptop", "networks: [{ cvlan: office }]")

    @Test func eachRoleMayWhatItMay() throws {
        let node = ["tenants/acme/laptop.yaml": newNode]
        let members = [
            "tenants/acme/tenant.yaml": organization.tenant("acme", [("bob", "admin", [organization.bob])])
        ]
        let gone: [String: String?] = ["tenants/acme/tenant.yaml": nil]
        let other = ["tenants/gamma/tenant.yaml": organization.tenant("gamma", [])]
        // What is missing for: a node; the tenant; deleting it; making another.
        let expected: [(SSHPrivateKey, [Bool])] = [
            (organization.root, [true, true, true, true]), (organization.alice, [true, true, false, false]),
            (organization.bob, [true, false, false, false]), (organization.bobsOther, [true, false, false, false]),
            (organization.rita, [false, false, false, false]), (organization.beth, [false, false, false, false]),
            (organization.stranger, [false, false, false, false]),
        ]
        for (signer, allowed) in expected {
            for (edits, isAllowed) in zip([node, members, gone, other] as [[String: String?]], allowed) {
                #expect(try organization.judge(edits, by: signer).missing.isEmpty == isAllowed)
            }
        }
    }

    @Test(arguments: ["CVLAN", "Node", "Policy", "Secret"])
    func membersChangeEveryKindButTheTenant(_ kind: String) throws {
        let specs = [
            "CVLAN": "cidrs: [10.9.0.0/24]", "Node": "networks: [{ cvlan: office }]", "Policy": "rules: []",
            "Secret": "sealed: []",
        ]
        let edits = ["a.yaml": Organization.manifest(kind, "acme", "extra", try #require(specs[kind]))]
        #expect(try organization.judge(edits, by: organization.bob).tenants == ["acme": .allowed])
        #expect(try organization.judge(edits, by: organization.rita).missing == ["acme": [.member]])
    }

    @Test func aMemberWhoEditsTheTenantIsToldWhichLineAndWhichRole() throws {
        let text = try #require(organization.files["tenants/acme/tenant.yaml"])
        let edits = ["tenants/acme/tenant.yaml": text.replacing("role: member", with: "role: admin")]
        let judgement = try organization.judge(edits, by: organization.bob)
        let refusal = try #require(judgement.refusals.first)
        #expect(judgement.refusals.count == 1)
        #expect(refusal.reason == .role(Roster.Person(name: "bob", role: .member)))
        #expect(
            refusal.description
                == "tenants/acme/tenant.yaml:7:26: changing `spec.members[bob].role` of Tenant/acme needs the role admin "
                + "of acme: the commit is signed by \(organization.bob.key.fingerprint), of bob, who is member")
        #expect(judgement.heldBack(in: .enforce) == ["acme"])
        #expect(judgement.heldBack(in: .warn).isEmpty)
        #expect(judgement.heldBack(in: .off).isEmpty)
    }

    @Test func oneTenantsRefusalIsNotAnothers() throws {
        let edits = [
            "tenants/acme/laptop.yaml": newNode,
            "tenants/beta/bench.yaml": Organization.manifest("Node", "beta", "bench", "networks: [{ cvlan: lab }]"),
        ]
        let judgement = try organization.judge(edits, by: organization.alice)
        #expect(judgement.tenants["acme"] == .allowed)
        #expect(judgement.missing == ["beta": [.member]])
        #expect(judgement.refusals.map(\.reason) == [.role(nil)])
    }

    /// The folder says nothing: the document does.
    @Test func aDocumentOfAnotherTenantInOnesOwnFolderIsTheOthers() throws {
        let edits = ["tenants/beta/nodes.yaml": newNode]
        #expect(try organization.judge(edits, by: organization.beth).missing == ["acme": [.member]])
        #expect(try organization.judge(edits, by: organization.bob).missing.isEmpty)
    }

    @Test func whoeverRenamesATenantTakesOneAwayAndMakesAnother() throws {
        let text = try #require(organization.files["tenants/acme/tenant.yaml"])
        let edits = ["tenants/acme/tenant.yaml": text.replacing("name: acme", with: "name: newco")]
        #expect(
            try organization.judge(edits, by: organization.alice).missing
                == ["acme": [.superadmin], "newco": [.superadmin]])
        #expect(try organization.judge(edits, by: organization.root).missing.isEmpty)
    }

    @Test func whatIsUnsignedOrDoesNotHoldProvesNothing() throws {
        let changes = organization.changes(["tenants/acme/laptop.yaml": newNode])
        let judge = try Judge(organization.roster())
        let proofs: [CommitProof] = [.unsigned, .invalid(.wrongSignature), .foreign, .malformed(.several)]
        for proof in proofs {
            let judgement = judge.judge(changes, proof)
            #expect(judgement.refusals.map(\.reason) == [.noProof])
            #expect(judgement.refusals.first?.description.hasSuffix("the commit is \(proof)") == true)
        }
        #expect(
            judge.judge(organization.changes([:]), .unsigned).missing.isEmpty, "and need not, where nothing changes")
    }

    @Test func twoPeopleAreTwoNotTwoKeys() throws {
        let edits = ["tenants/acme/laptop.yaml": newNode]
        func judge(_ approvers: [SSHPrivateKey]) throws -> Judgement {
            try organization.judge(edits, by: organization.bob, approvedBy: approvers, approvals: ["acme": 2])
        }
        for approvers in [[], [organization.bobsOther], [organization.rita], [organization.beth]] {
            let judgement = try judge(approvers)
            #expect(judgement.refusals.map(\.reason) == [.tooFewApprovals(1, of: 2)])
        }
        #expect(try judge([organization.alice]).missing.isEmpty)
        #expect(try judge([organization.root]).missing.isEmpty)
    }

    @Test func whoMayMakeAChangeCanStandForAnothers() throws {
        let edits = ["tenants/acme/laptop.yaml": newNode]
        for signer in [nil, organization.stranger, organization.rita] {
            #expect(try organization.judge(edits, by: signer, approvedBy: [organization.alice]).missing.isEmpty)
            #expect(try !organization.judge(edits, by: signer, approvedBy: [organization.rita]).missing.isEmpty)
        }
    }

    @Test func aKeyThatCannotSignIsNobodys() throws {
        var tenant = Tenant(metadata: Metadata(tenant: "acme", name: "acme"))
        var member = Tenant.Member(name: Located("old"))
        member.role = .admin
        let key = try #require(SSHPublicKey("ssh-dss AAAAB3NzaC1kc3MAAACBAA=="))
        member.keys = [Located(key)]
        tenant.members = [member]
        let roster = Roster(tenants: [tenant])
        #expect(roster.unusableKeys["acme"]?.map(\.refusal) == [.unsupported("ssh-dss")])
        #expect(roster.unusableKeys["acme"]?.map(\.member) == ["old"])
    }

    @Test func aRosterFollowsItsTenants() throws {
        var roster = try organization.roster()
        #expect(roster.person(organization.alice.key, in: "acme") == .init(name: "alice", role: .admin))
        #expect(roster.person(organization.alice.key, in: "beta") == nil)
        #expect(roster.person(organization.alice.key, in: nil) == nil)
        #expect(roster.person(organization.root.key, in: nil) == .init(name: "root", role: .superadmin))
        let text = organization.tenant(
            "acme", [("alice", "readonly", [organization.alice]), ("al", "member", [organization.alice])])
        let files = Organization.load(["t.yaml": text])
        for tenant in ManifestSet(files: files).tenants.values { roster.set(tenant.tenant) }
        #expect(roster.person(organization.alice.key, in: "acme") == .init(name: "al", role: .member))
        #expect(roster.person(organization.bob.key, in: "acme") == nil)
        roster.remove("acme")
        #expect(!roster.hasTenant("acme"))
        #expect(roster.person(organization.alice.key, in: "acme") == nil)
    }

    @Test func theProofOfACommitIsItsSignature() throws {
        let headers = "tree a\nauthor b\ncommitter c\n"
        let payload = Array("\(headers)\ntext\n".utf8)
        #expect(CommitProof(ofCommit: payload) == .unsigned)
        let signature = try SSHSignature(payload, by: organization.alice)
        let object = try #require(SignedCommit.object(payload, signature: signature.armored))
        #expect(CommitProof(ofCommit: object) == .signed(organization.alice.key))
        #expect(CommitProof(ofCommit: object + [10]) == .invalid(.wrongSignature))
        let file = try SSHSignature(payload, for: "file", by: organization.alice)
        let other = try #require(SignedCommit.object(payload, signature: file.armored))
        #expect(CommitProof(ofCommit: other) == .invalid(.wrongNamespace("file")))
        let pgp = try #require(SignedCommit.object(payload, signature: "-----BEGIN PGP SIGNATURE-----\nabc\n"))
        #expect(CommitProof(ofCommit: pgp) == .foreign)
        #expect(CommitProof(ofCommit: Array("gpgsig x\n\(headers)\n".utf8)) == .malformed(.misplaced))
    }
}
