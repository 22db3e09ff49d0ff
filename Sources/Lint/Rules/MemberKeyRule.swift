internal import Manifests
internal import SSHSignatures

/// A member's key verifies commits, and is one person's.
struct MemberKeyRule: Rule {
    func check(_ tenant: TenantView, _ report: inout Report) {
        var owners: [[UInt8]: (member: String, span: SourceSpan)] = [:]
        for member in tenant.tenant.members {
            for key in member.keys {
                do throws(SSHKeyRefusal) {
                    _ = try SSHKey(blob: key.value.blob)
                } catch {
                    report.add(
                        .unusableMemberKey, at: key.span,
                        "no commit that `\(member.name)` signs with this key can be verified: \(error)")
                    continue
                }
                guard let owner = owners[key.value.blob] else {
                    owners[key.value.blob] = (member.name, key.span)
                    continue
                }
                guard owner.member != member.name else { continue }
                report.add(
                    .sharedMemberKey, at: key.span, "`\(owner.member)` has this key already: they count as one person",
                    related: [Finding.Related(owner.span, "the key of `\(owner.member)`")])
            }
        }
    }
}
