import Controllers
import GitRepository
import Testing

/// Whoever may push stops nobody but, where they may, themselves.
extension AuthorizationTests {
    @Test func aTimeThatCannotBeWrittenStopsNobody() async throws {
        let service = try await started()
        for (port, date) in [(81, (1 << 40) + 1), (82, 1 << 53)] {
            try await git.commit(change([acme], port: "tcp/\(port)"), date: date, signedBy: alice)
            await service.loop.step()
            #expect(service.status.current.trouble == "")
            #expect(phases(service) == ["acme": .inForce, "globex": .inForce])
        }
        #expect(generation("acme", service) == 3)
        let written = try await git.bareGit("log", "-1", "--format=%at", "cvlan-state")
        #expect(written == "\(UInt32.max)")
    }

    /// Somebody who may write for globex writes a file of their own, in which something else cannot be read.
    @Test func aBrokenFileHoldsBackThoseWhoWroteIt() async throws {
        let service = try await started()
        try await git.commit(["shared.yaml": globex.node("n2", nil) + "---\nfoo: bar\n"], signedBy: bob)
        try await git.commit(change([acme], port: "tcp/81"), signedBy: alice)
        await service.loop.step()
        #expect(service.status.current.errors == [])
        #expect(phases(service) == ["acme": .inForce, "globex": .heldBack])
        #expect(generation("acme", service) == 2)
        let errors = service.status.current.tenants["globex"]?.errors ?? []
        #expect(errors.contains { $0.hasPrefix("shared.yaml:") })
        try await git.commit(["shared.yaml": globex.node("n2", nil)], signedBy: bob)
        await service.loop.step()
        #expect(phases(service) == ["acme": .inForce, "globex": .inForce])
    }
}
