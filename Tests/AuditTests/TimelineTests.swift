import Audit
import Foundation
import GitRepository
import Manifests
import Testing

struct TimelineTests {
    private func timeline(
        _ organization: Organization, _ change: (inout AuditFilter) -> Void = { _ in }
    ) async throws -> Timeline {
        var filter = AuditFilter()
        change(&filter)
        return try await TimelineReader(organization.test.repository).read(filter)
    }

    @Test func everythingIsThereInItsOrder() async throws {
        let organization = try Organization()
        try await organization.live()
        let timeline = try await timeline(organization)
        #expect(
            timeline.entries.map(\.kind) == [
                .change, .root, .publication, .change, .publication, .change, .publication, .change, .publication,
            ])
        guard case .change(let opening) = timeline.entries[3], case .publication(let opened) = timeline.entries[4],
            case .change(let closing) = timeline.entries[7], case .publication(let closed) = timeline.entries[8]
        else {
            Issue.record("not in the order that was just checked")
            return
        }
        #expect(opening.standing.people.map(\.name) == ["bob"])
        #expect(opening.standing.people.map(\.role) == ["member"])
        #expect(opening.standing.people.map(\.tenant) == ["acme"])
        #expect(opening.standing.refusals == [])
        #expect(opening.published?.height == 2)
        #expect(opened.tenants.first?.networks.first?.reach.opened.map(\.description) == ["laptop → db: tcp/5432"])
        #expect(closed.tenants.first?.networks.first?.reach.closed.map(\.description) == ["laptop → db: tcp/5432"])
        #expect(closing.highlights.map(\.kind) == [.nodeRevoked])
        #expect(opened.tenants.first?.generations.map(\.node) == ["db", "laptop"])
    }

    @Test func whatIsRefusedSaysWhy() async throws {
        let organization = try Organization()
        try await organization.live()
        try await organization.commit(
            ["acme/tenant.yaml": Acme.tenant], by: organization.eve, seconds: Organization.start + 20 * Organization.day
        )
        let entries = try await timeline(organization).entries
        guard case .change(let change)? = entries.last else {
            Issue.record("the last entry is no change")
            return
        }
        #expect(change.standing.refusals?.isEmpty == false)
        #expect(change.published == nil)
        #expect(change.highlights.map(\.kind) == [.memberRemoved])
        let text = AuditFormat.text.render(try await timeline(organization))
        #expect(text.contains("REFUSED"))
        #expect(text.contains("needs the role admin of acme"))
    }

    @Test func filtersNarrow() async throws {
        let organization = try Organization()
        try await organization.live()
        let ofPhone = try await timeline(organization) { $0.node = (nil, "phone") }
        #expect(ofPhone.entries.map(\.kind) == [.change, .publication, .change, .publication])
        let byAnn = try await timeline(organization) { $0.person = "ann" }
        #expect(byAnn.entries.map(\.kind) == [.change])
        let inJanuary = try await timeline(organization) {
            $0.since = AuditTime("2026-01-05")?.first
            $0.until = AuditTime("2026-01-08")?.last
        }
        #expect(inJanuary.entries.map(\.kind) == [.change, .publication])
        let last = try await timeline(organization) { $0.limit = 2 }
        #expect(last.entries.map(\.kind) == [.change, .publication])
        #expect(last.omitted == 7)
        let ofNobody = try await timeline(organization) { $0.tenant = "other" }
        #expect(ofNobody.entries.isEmpty)
    }

    @Test(arguments: AuditFormat.allCases) func itIsShownAsItWas(_ format: AuditFormat) async throws {
        let organization = try Organization()
        try await organization.live()
        try await organization.commit(
            ["acme/tenant.yaml": Acme.tenant], by: nil, as: "Eve", "make me admin",
            seconds: Organization.start + 20 * Organization.day)
        let shown = format.render(try await timeline(organization))
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Golden/life.\(format == .text ? "txt" : format.rawValue)")
        if ProcessInfo.processInfo.environment["CVLAN_WRITE_GOLDEN"] != nil {
            try Data(shown.utf8).write(to: file)
        }
        let expected = try String(decoding: Data(contentsOf: file), as: UTF8.self)
        #expect(shown == expected)
    }

    /// Whatever people write, in no format does it become anything else than text.
    @Test func hostileTextStaysText() async throws {
        let organization = try Organization()
        try await organization.live()
        let timeline = try await timeline(organization)
        for format in AuditFormat.allCases {
            let shown = format.render(timeline)
            #expect(!shown.unicodeScalars.contains("\u{1B}"))
            #expect(!shown.unicodeScalars.contains("\u{202E}"))
        }
        let html = AuditFormat.html.render(timeline)
        #expect(!html.contains("<script") && !html.contains("<img"))
        #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
        let csv = AuditFormat.csv.render(timeline)
        #expect(!csv.contains(",=HYPERLINK") && !csv.contains(",\"=HYPERLINK"))
        #expect(csv.contains("'=HYPERLINK"))
    }
}
