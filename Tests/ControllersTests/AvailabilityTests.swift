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

    /// No protection of branches covers the notes.
    @Test func notesThatCannotBeReadCostOnlyThemselves() async throws {
        let controller = try controller()
        let service = try controller.service()
        await service.loop.step()
        let bad = try await git.commit(change([acme], port: "tcp/81"))
        try await git.approve(bad, as: "alice", alice)
        await service.loop.step()
        try #require(generation("acme", service) == 2)
        let blob = try await git.bareGit("rev-parse", "main:tenants/acme/tenant.yaml")
        _ = try await git.bareGit("update-ref", "refs/notes/cvlan-approvals", blob)
        try await git.commit(change([globex], port: "tcp/82"), signedBy: bob)
        for service in [service, try controller.service()] {
            await service.loop.step()
            #expect(service.status.current.trouble == "")
            #expect(phases(service) == ["acme": .inForce, "globex": .inForce])
            #expect(generation("globex", service) == 3)
            #expect(service.status.current.warnings.contains { $0.hasPrefix("the notes of approvals cannot be read:") })
        }
    }

    @Test func whoeverIsUnknownIsToldOfTogether() async throws {
        let service = try await started()
        let strangers = (0..<1000).map { Fleet("x\($0)").node("n", nil) + "---\n" + Fleet("x\($0)").tenantManifest }
        try await git.commit(["x.yaml": strangers.joined(separator: "\n---\n")])
        await service.loop.step()
        let status = service.status.current
        #expect(status.tenants.count == 2 + 20)
        #expect(status.tenants["acme"]?.phase == .inForce && status.tenants["globex"]?.phase == .inForce)
        #expect(status.phase == .heldBack)
        #expect(status.warnings.contains { $0.contains("980 more tenants") })
        #expect(status.warnings.count <= 102)
    }
}
