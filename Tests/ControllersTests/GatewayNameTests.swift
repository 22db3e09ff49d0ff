import Controllers
import Foundation
import Reconciling
import Testing
import Trust
import WireFormat

/// DNS names of gateways: who gets a certificate with one.
struct GatewayNameTests {
    private let acme = Fleet("acme")
    private let globex = Fleet("globex")

    /// A person's device, whose gateway calls itself by a name.
    private func phone(_ tenant: String, _ name: String) -> String {
        """
        apiVersion: cvlan.io/v1
        kind: Secret
        metadata: { tenant: \(tenant), name: phone }
        spec:
          sealed:
            - node: gw
              publicKey: lPfuQUl3Lyxfbk/vDJkH+jsrKdQ6K49tAMQlg7YaPl4=
              value: bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB1L9RIvNEVUxTveLruM0rfj0WAK1jHDhaXXzOI8
        ---
        apiVersion: cvlan.io/v1
        kind: Node
        metadata: { tenant: \(tenant), name: phone }
        spec:
          role: external
          networks: [{ cvlan: office }]
          ipsec: { identity: alice@\(tenant).example, localIdentity: \(name), eap: mschapv2, secret: phone }
        """
    }

    private func phoneFile(_ tenant: String) -> String { "tenants/\(tenant)/phone.yaml" }

    private func sites(_ service: ControllerService, _ tenant: String) throws -> [String] {
        let node = try #require(service.board.current?.nodes[NodeKey(tenant: tenant, node: "gw")])
        return try WireNodeConfig(serializedBytes: node.payload).networks.flatMap(\.ipsecSites).map(\.node)
    }

    private func names(_ service: ControllerService, _ tenant: String) -> [String]? {
        service.board.current?.nodes[NodeKey(tenant: tenant, node: "gw")]?.certificateNames
    }

    @Test func aGatewaysCertificateHasTheNameThatItsDevicesDial() async throws {
        let git = try await GitServer()
        try await git.commit(acme.files)
        try await RunningController.with(TestController(git.bare)) { [acme] running in
            let gateway = Machine("gw", key: acme.gatewayKey)
            let agent = try await gateway.enrolled(with: running)
            func renewed() async throws -> CertificateChain {
                let request = try WireRenewRequest.with {
                    $0.csr = try CertificateRequest.make(node: "gw", key: CertificateKey())
                }.serializedData()
                let answer = try await agent.post("/v1/agent/renew", request)
                return try CertificateChain(try WireRenewResponse(serializedBytes: answer.body).certificates)
            }
            #expect(try await renewed().dnsNames == [])
            let commit = try await git.commit([phoneFile("acme"): phone("acme", "vpn.acme.example")])
            try await running.reconciled(to: commit)
            #expect(try await renewed().dnsNames == ["vpn.acme.example"])
            // Who enrols again gets it too; others never do.
            let request = try gateway.request(provedTo: running.enrollmentKey)
            let answer = try await Curl(running: running).post("/v1/enroll", request)
            let chain = try CertificateChain(try WireEnrollResponse(serializedBytes: answer.body).certificates)
            #expect(chain.dnsNames == ["vpn.acme.example"])
            let laptop = try Machine("laptop", key: acme.clientKey).request(provedTo: running.enrollmentKey)
            let other = try await Curl(running: running).post("/v1/enroll", laptop)
            #expect(
                try CertificateChain(WireEnrollResponse(serializedBytes: other.body).certificates).dnsNames == [])
        }
    }

    @Test func noGatewayIsCalledLikeTheController() async throws {
        let git = try await GitServer()
        try await git.commit(acme.files)
        let controller = try TestController(git.bare, url: "https://cvlan.example:8443")
        let service = try controller.service()
        await service.loop.step()
        let main = try await git.commit([
            phoneFile("acme"): phone("acme", "cvlan.example"),
            "tenants/acme/policies/ssh.yaml": acme.policy(port: "tcp/2222"),
        ])
        await service.loop.step()
        #expect(names(service, "acme") == [])
        #expect(try sites(service, "acme") == [])
        // The tenant is not held back for it.
        let status = service.status.current
        #expect(status.phase == .inForce && status.tenants["acme"]?.sourceCommit == main)
        #expect(status.warnings.count { $0.contains("name-taken") && $0.contains("tenants/acme/phone.yaml:16") } == 1)
        // Under a name of its own it gets its tunnel.
        try await git.commit([phoneFile("acme"): phone("acme", "vpn.acme.example")])
        await service.loop.step()
        #expect(names(service, "acme") == ["vpn.acme.example"])
        #expect(try sites(service, "acme") == ["phone"])
    }

    @Test func ofTwoTenantsTheFirstHasTheName() async throws {
        let git = try await GitServer()
        let files = acme.files.merging(globex.files) { a, _ in a }
        try await git.commit(files.merging([phoneFile("globex"): phone("globex", "vpn.example.org")]) { a, _ in a })
        let controller = try TestController(git.bare)
        let service = try controller.service()
        await service.loop.step()
        #expect(names(service, "globex") == ["vpn.example.org"])
        try await git.commit([phoneFile("acme"): phone("acme", "vpn.example.org")])
        await service.loop.step()
        #expect(names(service, "acme") == ["vpn.example.org"] && names(service, "globex") == [])
        #expect(try sites(service, "globex") == [])
        #expect(service.status.current.phase == .inForce)
        // A replica that begins now says the same.
        let replica = try TestController(replicaOf: controller)
        let second = try replica.service()
        await second.loop.step()
        #expect(try replica.envelopes(second) == controller.envelopes(service))
        // Given up by the one, it is the other's, though nothing of the other changed.
        try await git.commit([phoneFile("acme"): nil])
        await service.loop.step()
        #expect(names(service, "globex") == ["vpn.example.org"])
        #expect(try sites(service, "globex") == ["phone"])
    }
}
