internal import GitRepository
internal import Manifests
internal import OverlayNetwork

/// The compiled tenants of the last run. One is taken again when all that it was made from is the same, and what it
/// made is what is published now: then compiling once more would give the same.
package struct CompileCache: Sendable {
    private struct Entry: Sendable {
        let tenant: CompiledTenant
        let sourceCommit: SourceCommit
        let blobs: [String: ObjectID]
        /// Time matters through these alone.
        let expired: Set<String>
        /// Other tenants matter through these alone.
        let refusedNames: Set<String>
    }

    private var entries: [String: Entry] = [:]

    func get(
        _ name: String, _ inForce: TenantController.InForce, _ previous: TenantState?, _ time: Timestamp,
        refusing refusedNames: Set<String>
    ) -> CompiledTenant? {
        guard let entry = entries[name], entry.sourceCommit == inForce.sourceCommit, entry.blobs == inForce.blobs,
            entry.tenant.state == previous, entry.refusedNames == refusedNames,
            entry.expired == Self.expired(inForce, time)
        else { return nil }
        return entry.tenant
    }

    mutating func put(
        _ tenant: CompiledTenant, _ name: String, _ inForce: TenantController.InForce, _ time: Timestamp,
        refusing refusedNames: Set<String>
    ) {
        entries[name] = Entry(
            tenant: tenant, sourceCommit: inForce.sourceCommit, blobs: inForce.blobs,
            expired: Self.expired(inForce, time), refusedNames: refusedNames)
    }

    private static func expired(_ inForce: TenantController.InForce, _ time: Timestamp) -> Set<String> {
        Set(inForce.manifests.nodes.values.filter { $0.isExpired(at: time) }.map(\.name))
    }
}
