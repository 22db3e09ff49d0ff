import Authorization
import Manifests
import Plan
import Testing

struct ChangeSetTests {
    let organization = Organization()

    @Test func whatIsOnlyWrittenElsewhereIsNoChange() throws {
        let office = try #require(organization.files["tenants/acme/office.yaml"])
        let printer = try #require(organization.files["tenants/acme/printer.yaml"])
        let changes = organization.changes([
            "tenants/acme/office.yaml": nil, "tenants/acme/printer.yaml": nil,
            "all.yaml": "# both\n" + printer + "---\n" + office,
        ])
        #expect(changes.isEmpty)
    }

    @Test func aChangeHasTheFieldsAndTheLineOfTheFirst() throws {
        let office = try #require(organization.files["tenants/acme/office.yaml"])
        let edits = ["tenants/acme/office.yaml": office.replacing("cidrs", with: "mtu: 1400, topology: hub, cidrs")]
        let change = try #require(organization.changes(edits).tenants["acme"]?.first)
        #expect(change.action == .change)
        #expect(change.fields == ["spec.topology", "spec.mtu"])
        #expect(change.span.description == "tenants/acme/office.yaml:4:30")
        #expect(change.description == "changing `spec.topology`, `spec.mtu` of acme/CVLAN/office")
    }

    @Test func aFieldThatGoesHasThePlaceWhereItWas() throws {
        let tenant = try #require(organization.files["tenants/acme/tenant.yaml"])
        let without = tenant.split(separator: "\n").filter { !$0.contains("rita") }.joined(separator: "\n") + "\n"
        let change = try #require(organization.changes(["tenants/acme/tenant.yaml": without]).tenants["acme"]?.first)
        #expect(change.fields == ["spec.members[rita]"])
        #expect(change.span.line == 8)
    }

    @Test func aResourceThatGoesHasThePlaceWhereItWas() throws {
        let changes = organization.changes(["tenants/acme/printer.yaml": nil])
        let change = try #require(changes.tenants["acme"]?.first)
        #expect(change.action == .delete)
        #expect(change.span.description == "tenants/acme/printer.yaml:3:33")
    }

    /// A second declaration of a resource is an error, with which anybody could hold back its tenant.
    @Test func aSecondDeclarationChangesTheResource() throws {
        let tenant = try #require(organization.files["tenants/acme/tenant.yaml"])
        let before = Organization.load(["a.yaml": tenant])
        let after = Organization.load(["a.yaml": tenant, "z.yaml": tenant])
        let second = ChangeSet(from: before, to: after)
        #expect(second.tenants["acme"]?.map(\.action) == [.change])
        #expect(ChangeSet(from: after, to: before).tenants["acme"]?.map(\.action) == [.change])
    }

    @Test func aResourceThatCannotBeDecodedAnyMoreIsChanged() throws {
        let printer = try #require(organization.files["tenants/acme/printer.yaml"])
        let broken = printer.replacing("networks", with: "network")
        let change = try #require(organization.changes(["tenants/acme/printer.yaml": broken]).tenants["acme"]?.first)
        #expect(change.subject == .resource(ResourceID(kind: .node, tenant: "acme", name: "printer")))
        #expect(change.action == .change)
        #expect(change.span.line == 4)
        let mended = ChangeSet(
            from: Organization.load(["tenants/acme/printer.yaml": broken]),
            to: Organization.load(["tenants/acme/printer.yaml": printer]))
        #expect(mended.tenants["acme"]?.map(\.action) == [.change])
    }

    /// Nobody knows what is in a file that is broken: it concerns those whose documents were in it, and whose folder it is in.
    @Test func aFileThatCannotBeReadConcernsWhoeverWasInIt() throws {
        let nodes = Organization.manifest("Node", "beta", "bench", "networks: []")
        let changes = ChangeSet(
            from: Organization.load(["tenants/acme/mixed.yaml": nodes]),
            to: Organization.load(["tenants/acme/mixed.yaml": "a: [\n"]))
        let file = ChangeSet.Change.Subject.file("tenants/acme/mixed.yaml")
        #expect(changes.tenants["acme"]?.map(\.subject) == [file])
        let bench = ChangeSet.Change.Subject.resource(ResourceID(kind: .node, tenant: "beta", name: "bench"))
        #expect(changes.tenants["beta"]?.map(\.subject) == [bench, file])
        #expect(changes.tenants["beta"]?.map(\.action) == [.delete, .change])
        #expect(changes.repository.isEmpty)
    }

    @Test func aFileThatCannotBeReadAndIsNobodysIsTheRepositorys() throws {
        let changes = organization.changes(["extra.yaml": "a: [\n"])
        #expect(changes.tenants.isEmpty)
        #expect(changes.repository.map(\.subject) == [.file("extra.yaml")])
        let judgement = try organization.judge(["extra.yaml": "a: [\n"], by: organization.alice)
        #expect(judgement.missing == ["": [.superadmin]])
        #expect(judgement.heldBack(in: .enforce).isEmpty)
        #expect(try organization.judge(["extra.yaml": "a: [\n"], by: organization.root).missing.isEmpty)
    }
}
