package import GitRepository
package import OverlayNetwork
package import Reconciling
package import Trust

/// What `controller.yaml` says. `ControllerConfiguration+Text` reads and writes it.
package struct ControllerConfiguration: Sendable, Equatable {
    /// A path, or an `https://` or `ssh://` URL.
    package var repository: String
    package var branch = "main"
    package var stateBranch = "cvlan-state"
    /// How often a remote repository is fetched when no hook tells.
    package var pollInterval: Duration = .seconds(10)
    /// Where agents reach the controller: `https://HOST:PORT`.
    package var url: ControllerURL
    package var listen: ListenAddress
    package var trustDomain: TrustDomain
    /// A file with the secret of `POST /v1/hooks/git`; without one the hook is off.
    package var hookSecretFile: String?
    /// A file with the token of the management API and the metrics; without one they are off.
    package var managementTokenFile: String?
    /// How much of a network a commit may destroy before it has to say that this is meant. Replicas need the same.
    package var pruneLimit = PruneLimit.standard
    package var credentials = Credentials()

    package init(repository: String, url: ControllerURL, listen: ListenAddress, trustDomain: TrustDomain) {
        self.repository = repository
        self.url = url
        self.listen = listen
        self.trustDomain = trustDomain
    }

    /// What the server's certificate has to name: how agents call it, and where it listens.
    package var serverNames: [ServerName] {
        var names: [ServerName] = []
        let wildcards = ["0.0.0.0", "::"]
        for host in [url.host, wildcards.contains(listen.host) ? "localhost" : listen.host] {
            if let name = ServerName(host), !names.contains(name) { names.append(name) }
        }
        return names
    }

    /// No gateway has one of the server's DNS names: with such a certificate it would pass for the controller.
    package var stateSettings: StateSettings {
        StateSettings(
            pruneLimit: pruneLimit,
            reservedNames: Set(serverNames.compactMap { if case .dns(let name) = $0 { name } else { nil } }))
    }
}

/// What is wrong with the configuration or the directory of a controller: words for whoever set it up.
package struct ConfigurationError: Error, Hashable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

/// `https://HOST[:PORT]`, without a path.
package struct ControllerURL: Sendable, Hashable, CustomStringConvertible, LosslessStringConvertible {
    /// A DNS name or an address; IPv6 without brackets.
    package let host: String
    package let port: Int

    package init?(_ text: String) {
        guard text.hasPrefix("https://") else { return nil }
        var rest = text.dropFirst("https://".count)
        if rest.last == "/" { rest = rest.dropLast() }
        guard let address = ListenAddress(String(rest)) ?? ListenAddress("\(rest):443"), address.port > 0,
            ServerName(address.host) != nil
        else { return nil }
        host = address.host
        port = address.port
    }

    package var description: String { "https://\(ListenAddress(host: host, port: port))" }
}

/// `HOST:PORT`, `[IPV6]:PORT`; port 0 is any.
package struct ListenAddress: Sendable, Hashable, CustomStringConvertible, LosslessStringConvertible {
    package let host: String
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty else { return nil }
        self.init(host: String(host), port: Int(port))
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
