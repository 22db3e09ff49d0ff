internal import Manifests

/// A name is used once per tenant and kind.
enum DuplicateNameRule {
    static func findings(in set: ManifestSet) -> [Finding] {
        set.duplicates.map { duplicate in
            let id = duplicate.later.id
            return Finding(
                .duplicateName, at: duplicate.later.span,
                "there is another \(id.kind.rawValue) `\(id.name)`, at \(duplicate.first.span): rename or delete this one",
                tenant: id.tenant,
                related: [Finding.Related(duplicate.first.span, "the first")])
        }
    }
}
