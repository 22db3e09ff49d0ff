internal import Foundation
package import Trust

/// What a machine knows before it enrols: whom to ask, which root to trust, and who it will be. It comes from a join
/// token, from the operator's options, or from both, which then must agree.
package struct Invitation: Sendable {
    package let token: HeldJoinToken?
    package let controller: String
    package let root: RootPin
    package let tenant: String
    package let node: String

    /// - Parameter node: the name asked for; a token that fixes one wins.
    /// - Throws: `InvitationError` that names the option that is missing or contradicts the token.
    package init(token: String?, controller: String?, root: String?, tenant: String?, node: String) throws {
        do {
            self.token = try token.map { try HeldJoinToken($0) }
        } catch {
            throw InvitationError("this is no join token: \(error)")
        }
        let claims = self.token?.token.claims
        self.controller = try Self.agreed("--controller", controller, claims?.url)
        self.tenant = try Self.agreed("--tenant", tenant, claims?.tenant)
        self.node = claims?.node ?? node
        let pin = try Self.agreed("--root", root, claims?.root.description)
        guard let pin = RootPin(pin) else {
            throw InvitationError(
                "--root takes sha256: and 64 hexadecimal digits, as `cvlan controller init` printed them")
        }
        self.root = pin
        guard self.controller.hasPrefix("https://") else {
            throw InvitationError("--controller takes a URL that begins with https://, not \(self.controller)")
        }
        guard isDNSLabel(self.tenant), isDNSLabel(self.node) else {
            throw InvitationError(
                "names are lower-case letters, digits and -, 63 at most: tenant \"\(self.tenant)\", node \"\(self.node)\"; "
                    + "set --node")
        }
    }

    private static func agreed(_ option: String, _ given: String?, _ claimed: String?) throws -> String {
        switch (given, claimed) {
        case (let given?, let claimed?) where given != claimed:
            throw InvitationError("\(option) \(given) contradicts the token, which says \(claimed)")
        case (let value?, _), (nil, let value?):
            return value
        case (nil, nil):
            throw InvitationError("without a token \(option) is needed")
        }
    }
}

package struct InvitationError: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
