internal import Manifests

extension Finding {
    /// Whose manifests it holds back: its own tenant's. Where that is none, or one that nobody knows (a misspelt `tenant`
    /// takes a document away from the right one), also those that had documents in the file before, or whose folder it is
    /// in; where there are none, those that have documents in it now, who alone may have written it. Nobody: the commit as a
    /// whole.
    ///
    /// - Parameters:
    ///   - isKnown: whether a tenant has a manifest, now or before.
    ///   - owners: the tenants that had documents in a file before.
    ///   - ownersNow: those that have some, known or not.
    package func tenantsToBlame(
        isKnown: (String) -> Bool, ownersBefore owners: (_ path: String) -> some Sequence<String>,
        ownersNow: (_ path: String) -> Set<String>
    ) -> Set<String> {
        var tenants: Set<String> = []
        if let tenant {
            tenants.insert(tenant)
            guard !isKnown(tenant) else { return tenants }
        }
        tenants.formUnion(owners(span.file.path))
        if let folder = ManifestLoader.tenant(ofPath: span.file.path) { tenants.insert(folder) }
        return tenants.isEmpty ? ownersNow(span.file.path).filter(isKnown) : tenants
    }
}
