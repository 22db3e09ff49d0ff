import Lint
import Testing

/// Names of gateways, and logins at them.
struct GatewayNameTests {
    private func tenant(_ name: String, _ ipsec: String) -> (path: String, text: String) {
        (
            "tenants/\(name).yaml",
            """
            --- { apiVersion: cvlan.io/v1, kind: Tenant, metadata: { name: \(name) } }
            --- { apiVersion: cvlan.io/v1, kind: Secret, metadata: { tenant: \(name), name: s }, spec: { sealed: [] } }
            --- { apiVersion: cvlan.io/v1, kind: Node, metadata: { tenant: \(name), name: phone }, spec: { role: external, ipsec: { \(ipsec) } } }

            """
        )
    }

    private func found(_ files: [(path: String, text: String)], reserved: Set<String> = []) throws -> [String] {
        let folder = try Folder(Dictionary(uniqueKeysWithValues: files.map { ($0.path, $0.text) }))
        return try lintRun([folder.path], reservedNames: reserved).report.findings
            .filter { $0.code == .gatewayNameTaken }.map { "\($0.tenant ?? "") \($0.severity) \($0.message)" }
    }

    private let login = "identity: a@b.example, localIdentity: vpn.acme.example, eap: mschapv2, secret: s"

    @Test func theControllersNameIsNoGateways() throws {
        let files = [tenant("acme", login)]
        #expect(try found(files) == [])
        #expect(try found(files, reserved: ["acme.example"]) == [])
        #expect(
            try found(files, reserved: ["vpn.acme.example"]) == [
                "acme error `vpn.acme.example` is the controller's name: a gateway that had it could pass for the controller"
            ])
    }

    @Test func theFirstTenantHasAName() throws {
        let expected = ["globex error `vpn.acme.example` is the name of another tenant's gateway"]
        #expect(try found([tenant("acme", login), tenant("globex", login)]) == expected)
        #expect(try found([tenant("globex", login), tenant("acme", login)]) == expected)
        let preshared = "identity: a@b.example, localIdentity: vpn.acme.example, secret: s"
        #expect(try found([tenant("acme", preshared), tenant("globex", login)]) == [])
    }

    @Test func neitherHoldsATenantBackNorCanBeIgnored() {
        #expect(!FindingCode.gatewayNameTaken.holdsBack && !FindingCode.gatewayNameTaken.canBeIgnored)
        #expect(FindingCode.loginTwice.holdsBack && !FindingCode.gatewayWithoutName.holdsBack)
    }

    @Test(arguments: [
        ("user: alice, secret: s", "`user` goes with `eap`: without it nobody logs in"),
        ("eap: mschapv2, user: \"\", secret: s", "`user` must be a name of 1 to 255 bytes, without a domain and `\\`"),
        (
            "eap: mschapv2, user: 'AD\\alice', secret: s",
            "`user` must be a name of 1 to 255 bytes, without a domain and `\\`"
        ),
        (
            "eap: mschapv2, ca: x",
            "`eap: mschapv2` is by name and password: write `secret`, which names the Secret with it, instead of `ca`"
        ),
        (
            "eap: tls, secret: s",
            "`eap: tls` is by certificate: write `ca`, which says who vouches for it, instead of `secret`"
        ),
        (
            "eap: mschapv2, secret: s, address: 192.0.2.1",
            "`address` does not go with `eap`: a device that logs in calls the gateway"
        ),
        ("eap: md5, secret: s", "`eap` must be one of `mschapv2`, `tls`, not `md5`"),
        ("eap: mschapv2", "`ipsec` must have `secret` or `ca`: how would the two know each other?"),
    ])
    func aLoginThatCannotBeIsRefused(ipsec: String, message: String) {
        let file = tenant("acme", "identity: a@b.example, localIdentity: vpn.acme.example, " + ipsec)
        #expect(lint([file]).map(\.message).contains(message), "\(lint([file]).map(\.message))")
    }

    @Test func aLoginNeedsANameOfTheGateway() {
        func codes(_ ipsec: String) -> [FindingCode] {
            lint([tenant("acme", "identity: a@b.example, eap: mschapv2, secret: s" + ipsec)]).map(\.code)
                .filter { $0 == .gatewayWithoutName }
        }
        #expect(codes("") == [.gatewayWithoutName])
        #expect(codes(", localIdentity: 192.0.2.1") == [.gatewayWithoutName])
        #expect(codes(", localIdentity: vpn.acme.example") == [])
    }
}
