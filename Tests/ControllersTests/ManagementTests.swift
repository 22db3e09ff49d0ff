import Controllers
import Crypto
import Foundation
import Testing
import Trust

/// What people, monitoring and git servers talk to.
struct ManagementTests {
    let fleet = Fleet()

    private func run(
        _ body: @Sendable @escaping (RunningController, GitServer) async throws -> Void
    ) async throws {
        let git = try await GitServer()
        try await git.commit(fleet.files)
        try await RunningController.with(TestController(git.bare)) { try await body($0, git) }
    }

    @Test func statusNamesTheLineOfWhatIsHeldBack() async throws {
        try await run { running, git in
            let curl = Curl(running: running)
            var status = try await curl.json(StatusDocument.self, "/v1/status")
            #expect(status.controller.phase == .inForce)
            #expect(status.nodes == 2)
            let commit = try await git.commit(["tenants/acme/policies/ssh.yaml": fleet.policy(port: "tcp/nonsense")])
            try await running.reconciled(to: commit)
            status = try await curl.json(StatusDocument.self, "/v1/status")
            #expect(status.controller.phase == .heldBack)
            #expect(
                status.controller.tenants["acme"]?.errors.contains {
                    $0.hasPrefix("tenants/acme/policies/ssh.yaml:6:") && $0.contains("error[CV")
                } == true)
        }
    }

    @Test func listsAreThereAndNothingCanBeWritten() async throws {
        try await run { running, _ in
            let curl = Curl(running: running)
            let token = try curl.token
            let networks = try await curl.json(NetworksDocument.self, "/v1/networks").networks
            #expect(networks.map(\.cidrs) == [["10.100.0.0/24", "fd64:100::/64"]])
            #expect(try await curl.json(TenantsDocument.self, "/v1/tenants").tenants.map(\.name) == ["acme"])
            let nodes = try await curl.json(NodesDocument.self, "/v1/nodes?tenant=acme").nodes
            #expect(nodes.map(\.name) == ["gw", "laptop"])
            #expect(nodes.first?.networks.first?.addresses.first == "10.100.0.1")
            #expect(try await curl.json(NodesDocument.self, "/v1/nodes?tenant=none").nodes.isEmpty)
            for path in ["/v1/nodes", "/v1/status", "/v1/tenants", "/v1/nowhere"] {
                #expect(try await curl.post(path, Data()).status == 404)
            }
            #expect(try await curl.get("/healthz").status == 200)
            #expect(try await curl.get("/readyz").status == 200)
            let metrics = String(decoding: try await curl.get("/metrics", token).body, as: UTF8.self)
            #expect(metrics.contains("cvlan_nodes{tenant=\"acme\"} 2\n"))
            #expect(metrics.contains("# TYPE cvlan_state_height gauge\ncvlan_state_height 1\n"))
        }
    }

    @Test(arguments: ["/v1/status", "/v1/nodes", "/v1/tenants", "/v1/networks", "/metrics"])
    func whatTellsOfAllTenantsWantsTheToken(_ path: String) async throws {
        try await run { running, _ in
            let curl = Curl(running: running)
            let token = try curl.token
            #expect(try await curl.get(path, token).status == 200)
            let refused = try await curl.get(path)
            #expect(refused.status == 401)
            #expect(String(decoding: refused.body, as: UTF8.self).contains("token-needed"))
            let guess = "Authorization: Bearer " + String(repeating: "0", count: 64)
            #expect(try await curl.get(path, ["-H", guess]).status == 401)
        }
    }

    @Test func withoutATokenFileTheManagementAPIIsOff() async throws {
        let git = try await GitServer()
        try await git.commit(fleet.files)
        let controller = try TestController(git.bare)
        let file = controller.directory.configurationFile
        let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
        try lines.filter { !$0.hasPrefix("managementTokenFile") }.joined(separator: "\n")
            .write(toFile: file, atomically: true, encoding: .utf8)
        try await RunningController.with(controller) { running in
            let curl = Curl(running: running)
            let token = try curl.token
            #expect(try await curl.get("/v1/status", token).status == 403)
            #expect(try await curl.get("/healthz").status == 200)
        }
    }

    @Test func aControllerOfAnEmptyRepositoryIsAliveButNotReady() async throws {
        let git = try await GitServer()
        let controller = try TestController(git.bare)
        let service = try controller.service()
        await service.loop.step()
        #expect(service.status.current.trouble.contains("no commit yet"))
        #expect(service.board.current == nil)
    }

    @Test func theHookWantsTheSecret() async throws {
        let git = try await GitServer()
        try await git.commit(fleet.files)
        let controller = try TestController(git.bare)
        let secret = controller.directory.path + "/hook.secret"
        try "open sesame\n".write(toFile: secret, atomically: true, encoding: .utf8)
        let file = controller.directory.configurationFile
        try (String(contentsOfFile: file, encoding: .utf8) + "hookSecretFile: hook.secret\n")
            .write(toFile: file, atomically: true, encoding: .utf8)
        // No poll within the test: only the hook can tell.
        var timing = ReconcileLoop.Timing()
        timing.localPoll = .seconds(3600)
        try await RunningController.with(controller, { $0.reconcile = timing }) { [fleet] running in
            let curl = Curl(running: running)
            let commit = try await git.commit(["tenants/acme/policies/ssh.yaml": fleet.policy(port: "tcp/80")])
            let body = Data("{\"ref\": \"refs/heads/main\"}".utf8)
            func header(_ secret: String) -> [String] {
                let code = HMAC<SHA256>.authenticationCode(for: body, using: SymmetricKey(data: Data(secret.utf8)))
                return ["-H", "X-Hub-Signature-256: sha256=" + code.map { String(format: "%02x", $0) }.joined()]
            }
            #expect(try await curl.post("/v1/hooks/git", body).status == 401)
            #expect(try await curl.post("/v1/hooks/git", body, header("guess")).status == 403)
            #expect(running.service.board.current?.height == 1)
            #expect(try await curl.post("/v1/hooks/git", body, header("open sesame")).status == 202)
            try await running.reconciled(to: commit)
        }
    }

    @Test func theHookIsOffWithoutASecret() async throws {
        try await run { running, _ in
            let answer = try await Curl(running: running).post("/v1/hooks/git", Data())
            #expect(answer.status == 404)
        }
    }

    @Test func requestsBeyondTheLimitsAreRefused() async throws {
        try await run { running, _ in
            let curl = Curl(running: running)
            let many = (0..<200).flatMap { ["-H", "x-\($0): y"] }
            let refused = try? await curl.get("/healthz", many)
            #expect(refused?.status != 200)
            let long = try? await curl.get("/healthz", ["-H", "x: " + String(repeating: "y", count: 60_000)])
            #expect(long?.status != 200)
            let plain = try await curl.get("/healthz")
            #expect(plain.status == 200)
        }
    }

    @Test func theRootIsServedByVersion() async throws {
        try await run { running, _ in
            let curl = Curl(running: running)
            let root = try await curl.get("/v1/root").body
            #expect(try RootPin(ofPayload: running.controller.keys.root.envelope.payload) == running.controller.pin)
            #expect(try running.controller.keys.root.envelope.serializedBytes() as Data == root)
            #expect(try await curl.get("/v1/root/1").body == root)
            #expect(try await curl.get("/v1/root/2").status == 404)
        }
    }
}
