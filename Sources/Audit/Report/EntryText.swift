internal import GitRepository
internal import Manifests
internal import OverlayNetwork
internal import Plan

/// An entry in words, before it takes the form of a format: nothing is escaped yet.
struct EntryText {
    struct Fact {
        let label: String
        let value: String
    }

    struct Line {
        /// `+`, `-`, `~`, `!`.
        let sign: String
        let tenant: String
        /// What it is of: `Node laptop`, `office`, `db-1`.
        let subject: String
        let field: String
        let old: String
        let new: String
        /// `FILE:LINE:COLUMN`, or empty.
        var place = ""

        /// `subject field: old → new`
        var text: String {
            let value = [old, new].filter { !$0.isEmpty }.joined(separator: " → ")
            let what = [subject, field].filter { !$0.isEmpty }.joined(separator: " ")
            return value.isEmpty ? what : "\(what): \(value)"
        }
    }

    struct Section {
        let heading: String
        let lines: [Line]
    }

    let kind: AuditEntry.Kind
    let time: Timestamp
    let commit: String
    let title: String
    let facts: [Fact]
    let highlights: [String]
    let sections: [Section]
    /// Who is proven to have made it, where anybody is.
    let person: String
    let isRefused: Bool

    /// Names that are told one by one of many.
    private static let mostNames = 20

    init(_ entry: AuditEntry) {
        kind = entry.kind
        time = entry.time
        switch entry {
        case .change(let change):
            commit = "\(change.commit.id)"
            title = change.commit.subject
            person = Self.people(change.standing)
            facts = Self.facts(change)
            let isRefused = !(change.standing.refusals ?? []).isEmpty
            self.isRefused = isRefused
            // What is refused may be accepted later, or never.
            highlights = change.highlights.map { "\(isRefused ? "refused: " : "")\($0)" }
            sections = Self.sections(change)
        case .publication(let publication):
            commit = "\(publication.commit.id)"
            title = "height \(publication.height) published"
            person = ""
            facts = [
                Fact(label: "state commit", value: publication.proof),
                Fact(label: "made from", value: "\(publication.source)"),
                Fact(label: "expiries compared with", value: "\(publication.evaluationTime)"),
            ]
            highlights = []
            isRefused = false
            sections = Self.sections(publication)
        case .approval(let approval):
            commit = "\(approval.commit)"
            title = approval.isAdoption ? "adopted by \(approval.approver)" : "approved by \(approval.approver)"
            person = approval.approver
            facts =
                [Fact(label: "signed by", value: approval.fingerprint)]
                + (approval.replaces.map { [Fact(label: "in place of", value: "\($0)")] } ?? [])
                + [Fact(label: "kept in", value: approval.isRecorded ? "the state branch" : "the notes alone")]
            highlights = []
            isRefused = false
            sections = []
        case .root(let root):
            commit = "\(root.state)"
            title = "root document \(root.version)"
            person = ""
            facts = [
                Fact(label: "expires", value: "\(root.expires)"), Fact(label: "threshold", value: "\(root.threshold)"),
                Fact(label: "authorization", value: root.mode),
            ]
            highlights = []
            isRefused = false
            sections = [
                Section(
                    heading: "Keys and people",
                    lines: root.changes.map {
                        Line(
                            sign: String($0.prefix(1)), tenant: "", subject: String($0.dropFirst(2)), field: "",
                            old: "", new: "")
                    })
            ]
        }
    }

    // MARK: A commit of main

    private static func people(_ standing: CommitStanding) -> String {
        var names: [String] = []
        for person in standing.people where !names.contains(person.name) { names.append(person.name) }
        return names.joined(separator: ", ")
    }

    private static func facts(_ change: ChangeEntry) -> [Fact] {
        let (commit, standing) = (change.commit, change.standing)
        func identity(_ identity: Identity) -> String { "\(identity.name) <\(identity.email)>" }
        var facts = [Fact(label: "author, unproven", value: identity(commit.author))]
        if commit.committer.name != commit.author.name || commit.committer.email != commit.author.email {
            facts.append(Fact(label: "committer, unproven", value: identity(commit.committer)))
        }
        facts.append(Fact(label: "signature", value: standing.proof))
        for person in standing.people {
            facts.append(
                Fact(label: "role", value: "\(person.name): \(person.role) of \(person.tenant ?? "the repository")"))
        }
        if !standing.approvers.isEmpty {
            facts.append(Fact(label: "approved by", value: standing.approvers.joined(separator: ", ")))
        }
        if standing.isEnrollment { facts.append(Fact(label: "enrolment", value: "signed by a controller")) }
        if standing.isAdopted { facts.append(Fact(label: "adopted", value: "everything begins with its tree")) }
        if let refusals = standing.refusals {
            facts.append(Fact(label: "verdict", value: refusals.isEmpty ? "accepted" : "refused"))
        }
        if !change.tokens.isEmpty {
            facts.append(Fact(label: "join tokens used", value: change.tokens.joined(separator: ", ")))
        }
        facts.append(
            Fact(
                label: "published",
                value: change.published.map { "with height \($0.height), \($0.state.short)" } ?? "not yet"))
        return facts
    }

    private static func sections(_ change: ChangeEntry) -> [Section] {
        var refused: [Line] = (change.standing.refusals ?? []).map {
            Line(sign: "!", tenant: "", subject: $0, field: "", old: "", new: "")
        }
        refused += change.problems.map {
            Line(sign: "!", tenant: "", subject: $0, field: "", old: "", new: "")
        }
        let resources = change.resources.flatMap { resource -> [Line] in
            let subject = "\(resource.id.kind.rawValue) \(resource.id.name)"
            let head = Line(
                sign: resource.action == .create ? "+" : resource.action == .delete ? "-" : "~",
                tenant: resource.id.tenant, subject: subject, field: resource.action.rawValue, old: "", new: "",
                place: "\(resource.span)")
            return [head]
                + resource.fields.map { field in
                    Line(
                        sign: field.sign, tenant: resource.id.tenant, subject: subject, field: field.path,
                        old: field.old.map { "\($0)" } ?? "", new: field.new.map { "\($0)" } ?? "",
                        place: (field.newSpan ?? field.oldSpan).map { "\($0)" } ?? "")
                }
        }
        return [Section(heading: "Refused", lines: refused), Section(heading: "Changes", lines: resources)]
            .filter { !$0.lines.isEmpty }
    }

    // MARK: A publication

    private static func sections(_ publication: PublicationEntry) -> [Section] {
        [
            Section(heading: "Flows that open and close", lines: publication.tenants.flatMap(flows)),
            Section(heading: "Addresses", lines: publication.tenants.flatMap(addresses)),
            Section(heading: "Configurations", lines: publication.tenants.flatMap(configurations)),
        ].filter { !$0.lines.isEmpty }
    }

    private static func flows(_ tenant: TenantPublication) -> [Line] {
        let unknown = tenant.problem.map {
            [Line(sign: "!", tenant: tenant.name, subject: "not known", field: "", old: "", new: $0)]
        }
        return (unknown ?? [])
            + tenant.networks.flatMap { network in
                network.reach.opened.map { line($0, "+", "opens", tenant.name, network.name) }
                    + network.reach.closed.map { line($0, "-", "closes", tenant.name, network.name) }
            }
    }

    private static func line(
        _ box: FlowBox, _ sign: String, _ verb: String, _ tenant: String, _ network: String
    ) -> Line {
        let causes = box.causes.prefix(mostNames).map(PlanWords.cause)
        return Line(
            sign: sign, tenant: tenant, subject: network, field: verb, old: "",
            new: PlanWords.flow(box, atMost: mostNames), place: causes.joined(separator: "; "))
    }

    private static func addresses(_ tenant: TenantPublication) -> [Line] {
        tenant.networks.flatMap { network -> [Line] in
            let (old, new) = (network.old?.prefixes ?? [], network.new?.prefixes ?? [])
            let ranges =
                old == new
                ? []
                : [
                    Line(
                        sign: old.isEmpty ? "+" : new.isEmpty ? "-" : "~", tenant: tenant.name,
                        subject: "network \(network.name)", field: "", old: old.joined(separator: ", "),
                        new: new.joined(separator: ", "))
                ]
            return ranges
                + network.addresses.map { change in
                    Line(
                        sign: change.old.isEmpty ? "+" : change.new.isEmpty ? "-" : "~", tenant: tenant.name,
                        subject: "\(network.name) \(change.node)", field: change.isAllocated ? "allocated" : "",
                        old: change.old.joined(separator: ", "), new: change.new.joined(separator: ", "))
                }
        }
    }

    private static func configurations(_ tenant: TenantPublication) -> [Line] {
        let why = tenant.networks.flatMap { network in
            network.configs.changed.map { group in
                Line(
                    sign: "~", tenant: tenant.name, subject: network.name, field: PlanWords.delta(group.delta), old: "",
                    new: PlanWords.list(group.nodes, atMost: mostNames))
            }
        }
        return why
            + tenant.generations.map { change in
                Line(
                    sign: change.generation == nil ? "-" : "~", tenant: tenant.name, subject: change.node,
                    field: change.generation == nil ? "removed" : "generation", old: "",
                    new: change.generation.map { "\($0), \(change.digest?.prefix(16) ?? "")" } ?? "")
            }
    }
}
