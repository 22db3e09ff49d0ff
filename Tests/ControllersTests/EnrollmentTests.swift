import Controllers
import Foundation
import Sodium
import Testing
import Trust
import WireFormat

/// Enrolment over HTTPS, on a repository made by git.
struct EnrollmentTests {
    let fleet = Fleet()

    private func run(
        _ fleet: Fleet, clock: TestClock? = nil,
        _ body: @Sendable @escaping (RunningController, GitServer) async throws -> Void
    ) async throws {
        let git = try await GitServer()
        try await git.commit(fleet.files)
        try await RunningController.with(TestController(git.bare), clock: clock) { try await body($0, git) }
    }

    @Test func aTokenMakesANodeOnMainWithItsTrailer() async throws {
        try await run(fleet) { [fleet] running, git in
            let machine = Machine("tablet")
            let token = try fleet.token(id: "t-1", root: running.controller.pin)
            let answer = try await Curl(running: running).post(
                "/v1/enroll", try machine.request(token: token, provedTo: running.enrollmentKey))
            #expect(answer.status == 200)
            let response = try WireEnrollResponse(serializedBytes: answer.body)
            #expect(response.status == .enrolled)
            #expect(response.tenant == "acme")
            let identity = try await CertificateVerifier(root: running.controller.keys.root.document)
                .verify(CertificateChain(response.certificates), now: Date())
            #expect(identity.description == "spiffe://acme.example/tenant/acme/node/tablet")
            #expect(
                try await git.bareGit("log", "-1", "--format=%(trailers:key=Enrollment-Token,valueonly)", "main")
                    == "t-1")
            // Whoever has the repository can check who was let in by whom, and use nothing of it.
            let text = try await git.bareGit(
                "log", "-1", "--format=%(trailers:key=Enrollment-Proof,valueonly)", "main")
            let proof = try #require(JoinProof(text))
            #expect(
                try proof.verified(
                    tenant: "acme", node: "tablet", publicKey: machine.key.publicKey.bytes,
                    by: [fleet.tokenKey.publicKey], now: Date()
                ).id == "t-1")
            let secret = token.text.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
            let seed = try #require(secret.split(separator: "~").last)
            #expect(!text.contains(seed))
            let manifest = try await git.bareGit("show", "main:tenants/acme/nodes/tablet.yaml")
            #expect(manifest.contains(machine.key.publicKey.base64))
            #expect(manifest.contains("team: eng"))
            // It is in force by the time of the answer: the certificate works at once.
            let curl = Curl(running: running, identity: try machine.files(answer.body))
            #expect(try await curl.watch().next()?.hasConfig == true)
        }
    }

    @Test func tokenUsesHoldUnderARace() async throws {
        try await run(fleet) { [fleet] running, git in
            let token = try fleet.token(uses: 3, root: running.controller.pin)
            let answers = try await withThrowingTaskGroup(of: Curl.Answer.self) { group in
                for index in 0..<20 {
                    group.addTask {
                        let request = try Machine("n\(index)").request(token: token, provedTo: running.enrollmentKey)
                        return try await Curl(running: running).post("/v1/enroll", request)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count { $0.status == 200 } == 3)
            #expect(answers.count { $0.code == "token-used-up" } == 17)
            let nodes = try await git.bareGit("ls-tree", "--name-only", "main", "tenants/acme/nodes/")
            #expect(nodes.split(separator: "\n").count == 5)
        }
    }

    @Test func twoControllersCountATokenTogether() async throws {
        let git = try await GitServer()
        try await git.commit(fleet.files)
        let first = try TestController(git.bare)
        let second = try TestController(replicaOf: first)
        let token = try fleet.token(uses: 2, root: first.pin)
        let statuses = try await RunningController.with(first) { a in
            try await RunningController.with(second) { b in
                try await withThrowingTaskGroup(of: Int.self) { group in
                    for index in 0..<8 {
                        group.addTask {
                            let request = try Machine("n\(index)").request(token: token, provedTo: a.enrollmentKey)
                            return try await Curl(running: index % 2 == 0 ? a : b).post("/v1/enroll", request).status
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
            }
        }
        #expect(statuses.count { $0 == 200 } == 2)
        #expect(statuses.count { $0 == 403 } == 6)
    }

    @Test func manyEnrolmentsShareCommits() async throws {
        try await run(fleet) { [fleet] running, git in
            let token = try fleet.token(uses: 100, root: running.controller.pin)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<30 {
                    group.addTask {
                        let request = try Machine("n\(index)").request(token: token, provedTo: running.enrollmentKey)
                        return try await Curl(running: running).post("/v1/enroll", request).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses == Array(repeating: 200, count: 30))
            let commits = try #require(Int(try await git.bareGit("rev-list", "--count", "main")))
            #expect(commits < 30)
            let trailers = try await git.bareGit("log", "--format=%(trailers:key=Enrollment-Token,valueonly)", "main")
            #expect(trailers.split(whereSeparator: \.isNewline).count == 30)
        }
    }

    @Test func aRetryWithTheSameKeyCountsOnceAndAnotherKeyIsRefused() async throws {
        try await run(fleet) { [fleet] running, git in
            let token = try fleet.token(root: running.controller.pin)
            let machine = Machine("tablet")
            for _ in 0..<3 {
                let answer = try await Curl(running: running).post(
                    "/v1/enroll", try machine.request(token: token, provedTo: running.enrollmentKey))
                #expect(answer.status == 200)
            }
            let impostor = try await Curl(running: running).post(
                "/v1/enroll", try Machine("tablet").request(token: token, provedTo: running.enrollmentKey))
            #expect(impostor.status == 409)
            #expect(impostor.code == "name-taken")
            #expect(try await git.bareGit("rev-list", "--count", "main") == "2")
        }
    }

    @Test func badTokensAreRefusedWithTheirReason() async throws {
        try await run(fleet) { [fleet] running, _ in
            let pin = running.controller.pin
            let good = try fleet.token(root: pin)
            let cases = [
                ("token-expired", try fleet.token(expires: Date() - 1, root: pin)),
                ("token-unknown-key", try fleet.token(key: Ed25519.PrivateKey(), root: pin)),
                ("token-unknown-key", try Fleet("globex").token(root: pin)),
                ("wrong-name", try fleet.token(node: "other", root: pin)),
            ]
            for (code, token) in cases {
                let answer = try await Curl(running: running).post(
                    "/v1/enroll", try Machine("tablet").request(token: token, provedTo: running.enrollmentKey))
                #expect(answer.status == 403)
                #expect(answer.code == code)
            }
            let forgeries = [
                ("token-malformed", "v4.public.AAAA"), ("token-bad-signature", try Self.forged(good.token.text)),
            ]
            for (code, text) in forgeries {
                let machine = Machine("tablet")
                let answer = try await Curl(running: running).post(
                    "/v1/enroll",
                    try machine.request(
                        tokenText: text, signature: good.signature(for: "tablet", machine.key.publicKey),
                        provedTo: running.enrollmentKey))
                #expect(answer.status == 403)
                #expect(answer.code == code)
            }
        }
    }

    /// The same token with a bit of its signature turned.
    private static func forged(_ token: String) throws -> String {
        var parts = token.split(separator: ".").map(String.init)
        var body = try #require(Base64.decode(parts[2], .urlSafe))
        body[body.count - 1] ^= 1
        parts[2] = Base64.encode(body, .urlSafe)
        return parts.joined(separator: ".")
    }

    @Test func aDeclaredNodeProvesItsKey() async throws {
        try await run(fleet) { [fleet] running, git in
            let enrollmentKey = try running.enrollmentKey
            let laptop = Machine("laptop", key: fleet.clientKey)
            let answer = try await Curl(running: running).post(
                "/v1/enroll", try laptop.request(provedTo: enrollmentKey))
            #expect(answer.status == 200)
            #expect(try await git.bareGit("rev-list", "--count", "main") == "1")
            let refused = [
                // Another key than the declared one; a proof for another controller; another node's key; no such node.
                try Machine("laptop").request(provedTo: enrollmentKey),
                try laptop.request(provedTo: X25519.PrivateKey().publicKey),
                try Machine("laptop", key: fleet.gatewayKey).request(provedTo: enrollmentKey),
                try Machine("nobody", key: fleet.clientKey).request(provedTo: enrollmentKey),
            ]
            for request in refused {
                let answer = try await Curl(running: running).post("/v1/enroll", request)
                #expect(answer.status == 403)
                #expect(answer.code == "wrong-proof")
            }
        }
    }

    @Test func aTokenAndAPublicKeyThatEverybodyKnowsAreNotEnough() async throws {
        try await run(fleet) { [fleet] running, _ in
            let token = try fleet.token(uses: 5, root: running.controller.pin)
            let request = try Machine("laptop").request(
                token: token, stealing: fleet.clientKey.publicKey, for: running.enrollmentKey)
            let answer = try await Curl(running: running).post("/v1/enroll", request)
            #expect(answer.status == 403)
            #expect(answer.code == "wrong-proof")
        }
    }

    @Test func aNodeThatWaitsForItsKeyTakesItFromATokenThatNamesIt() async throws {
        let git = try await GitServer()
        var files = fleet.files
        files["tenants/acme/nodes/gw2.yaml"] = fleet.node("gw2", nil, role: "gateway")
        try await git.commit(files)
        try await RunningController.with(TestController(git.bare)) { [fleet] running in
            let machine = Machine("gw2")
            let open = try fleet.token(root: running.controller.pin)
            let refused = try await Curl(running: running).post(
                "/v1/enroll", try machine.request(token: open, provedTo: running.enrollmentKey))
            #expect(refused.code == "name-taken")
            let named = try fleet.token(node: "gw2", root: running.controller.pin)
            let answer = try await Curl(running: running).post(
                "/v1/enroll", try machine.request(token: named, provedTo: running.enrollmentKey))
            #expect(answer.status == 200)
            let manifest = try await git.bareGit("show", "main:tenants/acme/nodes/gw2.yaml")
            #expect(manifest.contains("role: gateway"))
            #expect(manifest.contains(machine.key.publicKey.base64))
        }
    }

    @Test func reviewPutsTheNodeOnABranchUntilItIsMerged() async throws {
        var reviewed = Fleet()
        reviewed.approval = "review"
        try await run(reviewed) { [reviewed] running, git in
            let machine = Machine("tablet")
            let token = try reviewed.token(root: running.controller.pin)
            for _ in 0..<2 {
                let answer = try await Curl(running: running).post(
                    "/v1/enroll", try machine.request(token: token, provedTo: running.enrollmentKey))
                #expect(answer.status == 202)
                let response = try WireEnrollResponse(serializedBytes: answer.body)
                #expect(response.status == .pendingReview)
                #expect(response.message.contains("cvlan-enroll/acme/tablet"))
                #expect(response.certificates.isEmpty)
            }
            #expect(try await git.bareGit("rev-list", "--count", "main") == "1")
            _ = try await git.bareGit("update-ref", "refs/heads/main", "refs/heads/cvlan-enroll/acme/tablet")
            let answer = try await Curl(running: running).post(
                "/v1/enroll", try machine.request(token: token, provedTo: running.enrollmentKey))
            #expect(answer.status == 200)
        }
    }

    @Test func aNodeThatCouldNotBeInForceIsNotWritten() async throws {
        let git = try await GitServer()
        var files = fleet.files
        files["tenants/acme/office.yaml"] = """
            apiVersion: cvlan.io/v1
            kind: CVLAN
            metadata: { tenant: acme, name: office }
            spec:
              cidrs: [10.100.0.0/29]
            """
        try await git.commit(files)
        try await RunningController.with(TestController(git.bare)) { [fleet] running in
            let token = try fleet.token(uses: 10, root: running.controller.pin)
            var statuses: [Int] = []
            for index in 0..<5 {
                let request = try Machine("n\(index)").request(token: token, provedTo: running.enrollmentKey)
                statuses.append(try await Curl(running: running).post("/v1/enroll", request).status)
            }
            // Six hosts, two of them taken.
            #expect(statuses == [200, 200, 200, 200, 409])
            #expect(running.service.status.current.phase == .inForce)
        }
    }

    /// What a controller, or anyone who reads git, sees of a token is not enough to use it.
    @Test func aTokenIsOfNoUseWithoutItsSeed() async throws {
        try await run(fleet) { [fleet] running, git in
            let token = try fleet.token(uses: 5, root: running.controller.pin)
            let tablet = Machine("tablet")
            let seen = token.signature(for: "tablet", tablet.key.publicKey)
            _ = try await Curl(running: running).post(
                "/v1/enroll", try tablet.request(token: token, provedTo: running.enrollmentKey))
            let reader = Machine("reader")
            for signature in [[], seen, Ed25519.PrivateKey().sign(Array("x".utf8))] {
                let answer = try await Curl(running: running).post(
                    "/v1/enroll",
                    try reader.request(
                        tokenText: token.token.text, signature: signature, provedTo: running.enrollmentKey))
                #expect(answer.status == 403)
                #expect(answer.code == "token-wrong-holder")
            }
            // The same node with another key is another node.
            let twin = Machine("tablet")
            let answer = try await Curl(running: running).post(
                "/v1/enroll",
                try twin.request(tokenText: token.token.text, signature: seen, provedTo: running.enrollmentKey))
            #expect(answer.code == "token-wrong-holder")
            #expect(try await git.bareGit("rev-list", "--count", "main") == "2")
        }
    }

    @Test func aTokenForOneTenantIsOfNoUseInAnother() async throws {
        let git = try await GitServer()
        var other = Fleet("globex")
        other.tokenKey = fleet.tokenKey
        try await git.commit(fleet.files.merging(other.files) { a, _ in a })
        try await RunningController.with(TestController(git.bare)) { [fleet] running in
            // Even where both tenants take tokens of one key.
            let token = try fleet.token(root: running.controller.pin)
            let answer = try await Curl(running: running).post(
                "/v1/enroll",
                try Machine("tablet", tenant: "globex").request(token: token, provedTo: running.enrollmentKey))
            #expect(answer.status == 403)
            #expect(answer.code == "wrong-tenant")
        }
    }

    @Test func malformedRequestsAreRefused() async throws {
        try await run(fleet) { [fleet] running, _ in
            let curl = Curl(running: running)
            #expect(try await curl.post("/v1/enroll", Data([0xFF, 0xFF])).code == "malformed")
            #expect(try await curl.post("/v1/enroll", Data(count: 100_000)).status == 413)
            var request = try WireEnrollRequest(
                serializedBytes: try Machine("tablet").request(
                    token: try fleet.token(root: running.controller.pin), provedTo: running.enrollmentKey))
            request.csr = Data([1, 2, 3])
            #expect(try await curl.post("/v1/enroll", try request.serializedBytes()).code == "bad-csr")
            request.publicKey = Data(count: 31)
            #expect(try await curl.post("/v1/enroll", try request.serializedBytes()).code == "bad-key")
            request.node = "../x"
            #expect(try await curl.post("/v1/enroll", try request.serializedBytes()).code == "bad-name")
        }
    }
}
