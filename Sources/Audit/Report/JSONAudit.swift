internal import GitRepository
internal import Manifests
internal import Plan

/// A timeline for programs: one document. Members may come; none goes or changes its meaning while `version` stays.
struct JSONAudit {
    private let timeline: Timeline

    static let version = 1

    init(_ timeline: Timeline) {
        self.timeline = timeline
    }

    var text: String {
        JSONText.object([
            "version": .integer(Self.version),
            "main": Self.tip(timeline.mainBranch, timeline.mainTip),
            "state": Self.tip(timeline.stateBranch, timeline.stateTip),
            "omitted": .integer(timeline.omitted), "remarks": .array(timeline.remarks.map(JSONText.string)),
            "entries": .array(timeline.entries.map(Self.object)),
        ]).document
    }

    private static func tip(_ branch: String, _ commit: ObjectID?) -> JSONText {
        .object(["branch": .string(branch), "commit": commit.map { .string("\($0)") }])
    }

    private static func object(_ entry: AuditEntry) -> JSONText {
        let (time, kind) = (JSONText.string("\(entry.time)"), JSONText.string(entry.kind.rawValue))
        return switch entry {
        case .change(let change): object(change, time, kind)
        case .publication(let publication): object(publication, time, kind)
        case .approval(let approval):
            .object([
                "time": time, "kind": kind, "commit": .string("\(approval.commit)"),
                "adoption": .boolean(approval.isAdoption),
                "replaces": approval.replaces.map { .string("\($0)") }, "approver": .string(approval.approver),
                "key": .string(approval.fingerprint), "isRecorded": .boolean(approval.isRecorded),
            ])
        case .root(let root):
            .object([
                "time": time, "kind": kind, "stateCommit": .string("\(root.state)"),
                "rootVersion": .integer(Int(clamping: root.version)), "expires": .string("\(root.expires)"),
                "threshold": .integer(root.threshold), "authorization": .string(root.mode),
                "changes": .array(root.changes.map(JSONText.string)),
            ])
        }
    }

    private static func object(_ change: ChangeEntry, _ time: JSONText, _ kind: JSONText) -> JSONText {
        let (commit, standing) = (change.commit, change.standing)
        return .object([
            "time": time, "kind": kind, "commit": .string("\(commit.id)"),
            "parents": .array(commit.parents.map { .string("\($0)") }), "subject": .string(commit.subject),
            "author": object(commit.author), "committer": object(commit.committer),
            "proof": .string(standing.proof), "key": standing.fingerprint.map(JSONText.string),
            "people": .array(
                standing.people.map {
                    .object([
                        "name": .string($0.name), "role": .string($0.role), "tenant": $0.tenant.map(JSONText.string),
                    ])
                }),
            "approvedBy": .array(standing.approvers.map(JSONText.string)),
            "isJudged": .boolean(standing.refusals != nil),
            "refusals": .array((standing.refusals ?? []).map(JSONText.string)),
            "isEnrollment": .boolean(standing.isEnrollment), "isAdopted": .boolean(standing.isAdopted),
            "tokens": .array(change.tokens.map(JSONText.string)),
            "highlights": .array(
                change.highlights.map {
                    .object([
                        "kind": .string($0.kind.rawValue), "tenant": .string($0.tenant), "name": .string($0.name),
                    ])
                }),
            "resources": .array(
                change.resources.map { resource in
                    .object(["tenant": .string(resource.id.tenant), "change": JSONPlan.object(resource)])
                }),
            "problems": .array(change.problems.map(JSONText.string)),
            "published": change.published.map {
                .object(["height": .integer(Int(clamping: $0.height)), "stateCommit": .string("\($0.state)")])
            },
        ])
    }

    private static func object(_ identity: Identity) -> JSONText {
        .object([
            "name": .string(identity.name), "email": .string(identity.email),
            "time": .string("\(Timestamp(secondsSince1970: identity.seconds))"),
        ])
    }

    private static func object(_ publication: PublicationEntry, _ time: JSONText, _ kind: JSONText) -> JSONText {
        .object([
            "time": time, "kind": kind, "stateCommit": .string("\(publication.commit.id)"),
            "height": .integer(Int(clamping: publication.height)), "sourceCommit": .string("\(publication.source)"),
            "evaluationTime": .string("\(publication.evaluationTime)"), "proof": .string(publication.proof),
            "tenants": .array(
                publication.tenants.map { tenant in
                    .object([
                        "name": .string(tenant.name), "sourceCommit": tenant.source.map(JSONText.string),
                        "networks": .array(tenant.networks.map(JSONPlan.object)),
                        "nodes": .array(
                            tenant.generations.map {
                                .object([
                                    "node": .string($0.node),
                                    "generation": $0.generation.map { .integer(Int(clamping: $0)) },
                                    "digest": $0.digest.map(JSONText.string),
                                ])
                            }),
                        "problem": tenant.problem.map(JSONText.string),
                    ])
                }),
        ])
    }
}
