internal import TestLab

/// A swanctl.conf, and the files that it speaks of.
struct SwanctlText {
    private(set) var lines: [String] = []
    /// Where files go, below swanctl's directory, by where they are.
    private(set) var files: [(path: String, file: String)] = []
    private var secrets: [String] = []

    init(_ connections: [String: IPsecSettings]) throws {
        let connections = connections.sorted { $0.key < $1.key }
        lines += section("connections", try connections.flatMap { try connection($0.key, $0.value) })
        let pools = connections.compactMap { name, settings in
            settings.pool.map { section("pool-\(name)", ["addrs = \($0)"]) }
        }
        lines += section("pools", pools.flatMap { $0 })
        lines += section("secrets", secrets)
    }

    private mutating func connection(_ name: String, _ settings: IPsecSettings) throws -> [String] {
        var lines = [
            "version = 2", "encap = yes", "mobike = \(settings.usesMOBIKE ? "yes" : "no")", "rand_time = 0",
            "proposals = \(settings.ikeSuites.map(\.description).joined(separator: ","))",
            "rekey_time = \(settings.ikeLifetime ?? 14_400)", "over_time = 3600",
            "dpd_delay = \(settings.livenessInterval ?? 0)",
        ]
        if let address = settings.local.address { lines.append("local_addrs = \(address)") }
        if let address = settings.remote.address { lines.append("remote_addrs = \(address)") }
        if settings.begins { lines.append("keyingtries = 0") }
        if settings.fragmentSize != nil { lines.append("fragmentation = yes") }
        if settings.asksForAddress { lines.append("vips = 0.0.0.0") }
        if settings.pool != nil { lines.append("pools = pool-\(name)") }
        lines += section("local", local(settings.local, number: name))
        lines += section("remote", try remote(settings, number: name))
        let selectors = [("local_ts", settings.local), ("remote_ts", settings.remote)].compactMap { key, party in
            // None: what the other end says, or the address that it gives.
            party.prefixes.isEmpty ? nil : "\(key) = \(party.prefixes.joined(separator: ","))"
        }
        let child =
            selectors + [
                "esp_proposals = \(settings.espSuites.map(\.description).joined(separator: ","))",
                "rekey_time = \(settings.childLifetime ?? 3_600)",
                "life_time = \((settings.childLifetime ?? 3_600) + 600)",
                "rand_time = 0",
            ]
        let action = settings.begins ? ["start_action = start", "dpd_action = restart", "close_action = start"] : []
        return section(name, lines + section("children", section(name, child + action)))
    }

    private mutating func local(_ party: IPsecParty, number: String) -> [String] {
        var lines = ["id = \"\(party.identity)\""]
        switch party.proof {
        case .secret:
            lines.append("auth = psk")
        case .certificate(let certificate, let intermediates):
            let file = add(certificate, as: "local-\(number)")
            lines += ["auth = pubkey", "certs = \(file)"]
            for (index, authority) in intermediates.enumerated() {
                files.append((authority.path, "x509ca/between-\(number)-\(index).pem"))
            }
        case .login(.password(let user, let password)):
            lines += ["auth = eap-mschapv2", "eap_id = \(user)"]
            secrets += section("eap-\(number)", ["id = \(user)", "secret = \"\(password)\""])
        case .login(.certificate(let certificate, let user)):
            lines += ["auth = eap-tls", "eap_id = \"\(user)\"", "certs = \(add(certificate, as: "local-\(number)"))"]
        }
        return lines
    }

    private mutating func remote(_ settings: IPsecSettings, number: String) throws -> [String] {
        var lines = ["id = \"\(settings.remote.identity)\""]
        switch settings.remote.proof {
        case .secret(let secret):
            lines.append("auth = psk")
            // For both: strongSwan looks a secret up by the two identities, and knows one for a pair.
            secrets += section(
                "ike-\(number)",
                [
                    "id-1 = \"\(settings.local.identity)\"", "id-2 = \"\(settings.remote.identity)\"",
                    "secret = \"\(secret)\"",
                ])
        case .certificate:
            lines += ["auth = pubkey"] + authorities(settings, number: number)
        case .login:
            throw LabError("strongSwan is not set up to let clients in")
        }
        return lines
    }

    private mutating func authorities(_ settings: IPsecSettings, number: String) -> [String] {
        let names = settings.authorities.enumerated().map { index, authority in
            let file = "remote-\(number)-\(index).pem"
            files.append((authority.path, "x509ca/\(file)"))
            return file
        }
        return names.isEmpty ? [] : ["cacerts = \(names.joined(separator: ","))"]
    }

    private mutating func add(_ certificate: Certificate, as name: String) -> String {
        files += [(certificate.path, "x509/\(name).pem"), (certificate.keyPath, "private/\(name).pem")]
        return name + ".pem"
    }
}

private func section(_ name: String, _ lines: [String]) -> [String] {
    ["\(name) {"] + lines.map { "    " + $0 } + ["}"]
}
