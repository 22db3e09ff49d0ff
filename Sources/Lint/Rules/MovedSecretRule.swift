internal import Manifests

/// A sealed value opens at the place that it was sealed for, and no two sealings give the same bytes: where the same are in
/// two places, somebody has moved or copied them.
enum MovedSecretRule {
    fileprivate struct Place {
        let tenant: String
        let secret: String
        let node: String
        let span: SourceSpan
    }

    /// Of places with the same value, the first by name is not reported. A tenant's finding does not name another tenant.
    static func findings(in set: ManifestSet) -> [Finding] {
        var places: [SealedText: Place] = [:]
        var findings: [Finding] = []
        for (tenant, manifests) in set.tenants.sorted(by: { $0.key < $1.key }) {
            for secret in manifests.secrets.values.sorted(by: { $0.name < $1.name }) {
                for value in secret.sealed {
                    let place = Place(
                        tenant: tenant, secret: secret.name, node: value.node, span: value.$value.span)
                    guard let first = places[value.value] else {
                        places[value.value] = place
                        continue
                    }
                    findings.append(
                        Finding(
                            .movedSecret, at: place.span,
                            "\(first.words(for: place)) has this very value: it opens only where it was sealed for; "
                                + "`cvlan seal \(secret.name) --node \(value.node)` seals it for here",
                            tenant: tenant, related: [Finding.Related(first.span, "the same value")]))
                }
            }
        }
        return findings
    }
}

extension MovedSecretRule.Place {
    /// What a reader of the other place may know of this one.
    fileprivate func words(for other: Self) -> String {
        if tenant != other.tenant { return "another tenant's secret" }
        return secret == other.secret ? "node `\(node)`" : "secret `\(secret)`"
    }
}
