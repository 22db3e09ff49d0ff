internal import Addressing

extension IPsecConnection {
    func validate(_ problems: inout ProblemCollector) {
        if !Self.ports.contains(port) {
            problems.report(
                .badValue, at: $port.span, "`port` must be from 1 to \(Self.ports.upperBound), not \(port)")
        }
        if address == nil, $port.span.isWritten {
            problems.report(.badValue, at: $port.span, "`port` goes with `address`: a device that calls has any port")
        }
        validateLogin(&problems)
        for (name, selectors) in [("local", localSelectors), ("remote", remoteSelectors)] {
            problems.requireUnique(selectors, \.self, "the selector")
            guard problems.requireAtMost(Self.mostSelectors, selectors, name) else { continue }
            for selector in selectors { problems.requireNetwork(selector, name) }
        }
    }

    /// With EAP the device says who it is, and the gateway always proves itself by certificate (RFC 7296 §2.16).
    private func validateLogin(_ problems: inout ProblemCollector) {
        if let user {
            if eap == nil {
                problems.report(.badValue, at: $user.span, "`user` goes with `eap`: without it nobody logs in")
            }
            // Of "DOMAIN\\NAME", as Windows sends it, the name alone counts (RFC 2759 §4).
            let isName =
                (1...255).contains(user.utf8.count)
                && user.unicodeScalars.allSatisfy { scalar in
                    scalar != "\\" && scalar.value >= 0x20 && scalar.value != 0x7F
                }
            if !isName {
                problems.report(
                    .badValue, at: $user.span, "`user` must be a name of 1 to 255 bytes, without a domain and `\\`")
            }
        }
        switch eap {
        case .mschapv2 where secret == nil:
            problems.report(
                .badValue, at: $eap.span,
                "`eap: mschapv2` is by name and password: write `secret`, which names the Secret with it, instead of `ca`"
            )
        case .tls where authorities == nil:
            problems.report(
                .badValue, at: $eap.span,
                "`eap: tls` is by certificate: write `ca`, which says who vouches for it, instead of `secret`")
        default: break
        }
        if eap != nil, address != nil {
            problems.report(
                .badValue, at: $address.span,
                "`address` does not go with `eap`: a device that logs in calls the gateway")
        }
    }
}
