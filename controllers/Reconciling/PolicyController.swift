package import OverlayNetwork

/// Compiles what the policies of a tenant allow in one network into the filter that its members share, and runs the
/// policies' own tests against it.
package struct PolicyController: Sendable {
    package func compile(_ network: ResolvedNetwork, in tenant: TenantInForce) throws(NetworkErrors) -> CompiledFilter {
        try CompiledFilter(network, in: tenant)
    }

    /// Reachability that a policy says must, or must not, hold, and that does not, or does.
    package func failedTests(
        of tenant: TenantInForce, in networks: [CompiledNetwork]
    ) throws(NetworkErrors) -> [Problem] {
        try PolicyTestFailure.all(in: networks, of: tenant).map { failure in
            Problem(code: "policy-test", at: failure.span, "\(failure)")
        }
    }
}
