/// The proof of who the sender is (RFC 7296 §3.8).
package struct AuthenticationPayload: Hashable, Sendable {
    package var method: AuthenticationMethod
    package var data: [UInt8]

    package init(_ method: AuthenticationMethod, _ data: [UInt8]) {
        self.method = method
        self.data = data
    }
}
