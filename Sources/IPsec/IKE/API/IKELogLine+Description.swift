extension IKELogLine.Event: CustomStringConvertible {
    /// Without the connection and the path, which stand beside it.
    package var description: String {
        switch self {
        case .ikeEstablished(let peer, let suite): "IKE SA with \(peer) by \(suite)"
        case .childEstablished(let inbound, let outbound, let suite):
            "CHILD SA \(Self.spi(inbound)) in, \(Self.spi(outbound)) out, by \(suite)"
        case .ikeRekeyed(let suite): "IKE SA rekeyed, by \(suite)"
        case .childRekeyed(let inbound, let outbound, let suite):
            "CHILD SA rekeyed: \(Self.spi(inbound)) in, \(Self.spi(outbound)) out, by \(suite)"
        case .childClosed(let inbound): "CHILD SA \(Self.spi(inbound)) closed"
        case .ikeClosed(let peer, let failure): "IKE SA with \(peer) closed" + (failure.map { ": \($0)" } ?? "")
        case .failed(let failure): "\(failure)"
        case .login(let identity, let claimed, let failure):
            "login of \(identity.debugDescription), who says to be \(claimed.map { "\($0)" } ?? "nobody"), "
                + (failure.map { "failed: \($0)" } ?? "succeeded")
        case .dropped(let type, let error): "\(type.map { "\($0)" } ?? "message") is not taken: \(error)"
        case .reauthenticating(let peer): "authentication with \(peer) ends soon, and is made anew"
        case .pathChanged(let old): "the peer moved from \(old.remote)"
        case .cookies(let asked): asked ? "initiators have to return cookies now" : "cookies are not asked for any more"
        }
    }

    private static func spi(_ number: UInt32) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
