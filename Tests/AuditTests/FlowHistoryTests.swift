import Audit
import GitRepository
import Manifests
import TestRepository
import Testing

struct FlowHistoryTests {
    private func could(
        _ organization: Organization, _ source: String, _ destination: String, _ date: String
    ) async throws -> FlowHistory.Finding {
        try await FlowHistory(organization.test.repository, stateBranch: TestPublisher.branch).could(
            from: source, to: destination, tenant: nil, at: try #require(AuditTime(date)?.first))
    }

    @Test(
        arguments: [
            ("2026-01-02", false), ("2026-01-07T23:59:59Z", false), ("2026-01-08", true), ("2026-01-12", true),
            ("2026-01-14T23:59:59Z", true), ("2026-01-15", false), ("2030-01-01", false),
        ]) func theStateInForceThenDecides(_ date: String, _ isOpen: Bool) async throws
    {
        let organization = try Organization()
        try await organization.live()
        let finding = try await could(organization, "laptop", "db:5432/tcp", date)
        #expect(finding.moment.isOpen == isOpen)
        let byAddress = try await could(organization, "10.100.0.2", "10.100.0.1:5432/tcp", date)
        #expect(byAddress.moment.isOpen == isOpen)
        #expect(try await could(organization, "db", "laptop:5432/tcp", date).moment.isOpen == false)
    }

    @Test func whoOpenedAndWhoClosedIt() async throws {
        let organization = try Organization()
        try await organization.live()
        let finding = try await could(organization, "acme/laptop", "db:5432/tcp", "2026-01-12")
        #expect(finding.since.height == 2)
        #expect(finding.since.commits.map(\.subject) == ["open the database"])
        #expect(finding.until?.height == 4)
        #expect(finding.until?.commits.map(\.subject) == ["close it, revoke the phone"])
        let text = FlowReport(finding).text
        #expect(text.contains("acme/access.yaml:6:15: "))
        #expect(text.contains("rule access/sql allows tcp/5432"))
    }

    @Test func beforeAndAfterANodeItIsClosed() async throws {
        let organization = try Organization()
        try await organization.live()
        let finding = try await could(organization, "phone", "db:5432/tcp", "2026-01-02")
        #expect(!finding.moment.isOpen)
        #expect(finding.moment.problem?.contains("no node phone") == true)
        await #expect(throws: AuditError.self) { try await could(organization, "laptop", "db:1/tcp", "2025-01-01") }
        await #expect(throws: (any Error).self) { try await could(organization, "nobody", "db:1/tcp", "2026-01-12") }
    }

    @Test func aFlowIsFollowed() async throws {
        let organization = try Organization()
        try await organization.live()
        let history = FlowHistory(organization.test.repository, stateBranch: TestPublisher.branch)
        let changes = try await history.changes(from: "laptop", to: "db:5432/tcp", tenant: nil)
        #expect(changes.tenant == "acme")
        let timeline = try await TimelineReader(organization.test.repository).read(
            AuditFilter(), onlyStates: changes.states)
        let heights = timeline.entries.compactMap { entry in
            if case .publication(let publication) = entry { publication.height } else { nil }
        }
        #expect(heights == [2, 4])
        #expect(timeline.entries.count { $0.kind == .change } == 2)
    }
}
