import Foundation
import Lint
import Manifests
import Testing

/// Rules of policies that do nothing, or other than they say.
struct PolicyRulesTests {
    private let ssh = "action: allow, from: [{ labels: { team: eng } }], to: [{ node: db }], ports: [tcp/22]"

    @Test func rulesThatDoSomethingAreNotSpokenOf() {
        #expect(
            Trial.findings(
                ssh, "action: allow, from: [{ node: printer }], to: [{ labels: { app: db } }]",
                "action: deny, from: [{ node: eng-1 }], to: [{ node: db }], ports: [tcp/22]") == [])
    }

    @Test func theExampleIsClean() throws {
        let folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        let files = try FolderReader().read(folder.appending(path: "../../../examples/quickstart/repo").path)
        #expect(files.count == 5)
        #expect(LintRun.findings(in: ManifestSet(files: files), at: now) == [])
    }

    // MARK: - CV119

    @Test func aRuleWithoutAnyoneToMatch() {
        #expect(
            Trial.findings("action: allow, from: [{ labels: { team: engg } }], to: [{ node: db }]") == [
                "CV119 the rule can never match: `from` selects nothing: `labels:team=engg`: did you mean `eng`?"
            ])
        #expect(
            Trial.findings("action: deny, from: [{ any: true }], to: [{ node: robot }]") == [
                "CV119 the rule can never match: `to` selects nothing: `node:robot`"
            ])
        #expect(
            Trial.findings("action: allow, from: [{ node: eng-1 }], to: [{ cidr: 192.168.0.0/16 }]") == [
                "CV119 the rule can never match: `to` selects nothing: `cidr:192.168.0.0/16`"
            ])
        #expect(
            Trial.findings("action: allow, from: [{ node: eng-1 }], to: [{ node: robot }]", cvlan: nil) == [
                "CV119 the rule can never match: `node:eng-1` and `node:robot` share no network"
            ])
        #expect(
            Trial.findings("action: allow, from: [{ node: db }], to: [{ node: db }]") == [
                "CV119 the rule can never match: `from` and `to` are the same node, which does not reach itself through "
                    + "the network"
            ])
        #expect(
            Trial.findings("action: allow, from: [{ cidr: 10.0.0.0/24 }], to: [{ cidr: \"fd00::/64\" }]") == [
                "CV119 the rule can never match: one of `cidr:10.0.0.0/24` and `cidr:fd00::/64` has IPv4 addresses only, "
                    + "the other IPv6"
            ])
    }

    @Test func nodesThatMayStillComeAreWaitedFor() {
        let tokens = "enrollment: { tokenKeys: [k4.public.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8] }"
        let sales = "action: allow, from: [{ labels: { team: sales } }], to: [{ node: db }]"
        #expect(Trial.findings(sales, tenant: tokens) == [])
        #expect(Trial.findings(sales).map { $0.prefix(5) } == ["CV119"])
        // A slip stays a slip.
        let slip = "action: allow, from: [{ labels: { taem: eng } }], to: [{ node: db }]"
        #expect(Trial.findings(slip, tenant: tokens).map { $0.hasSuffix("did you mean `team`?") } == [true])
        // One of a kind today.
        #expect(
            Trial.findings("action: allow, from: [{ labels: { app: db } }], to: [{ labels: { app: db } }]") == [])
    }

    @Test func aNetworkWithoutNodesIsNotSpokenOf() {
        #expect(
            run([
                network("x", "cidrs: [10.0.0.0/24]"),
                policy("p", "rules: [{ \(ssh.replacing("node: db", with: "any: true")) }]"),
            ])
                == [])
    }

    @Test func anExpiredNodeMatchesNothing() {
        let gone = Trial.labelled("gone", "office", "a: b", "expires: 2020-01-01T00:00:00Z")
        #expect(
            Trial.findings("action: allow, from: [{ node: gone }], to: [{ node: db }]", also: [gone]).map {
                $0.prefix(5)
            } == ["CV112", "CV119"])
    }

    // MARK: - CV120

    @Test func anAllowThatDeniesSwallow() {
        #expect(
            Trial.findings(ssh, "action: deny, from: [{ any: true }], to: [{ node: db }]") == [
                "CV120 the rule allows nothing: `p/b` denies all of it"
            ])
        #expect(
            Trial.findings(
                ssh, "action: deny, from: [{ node: eng-1 }], to: [{ node: db }]",
                "action: deny, from: [{ node: eng-2 }], to: [{ any: true }], ports: [tcp/1-100]") == [
                    "CV120 the rule allows nothing: `p/b`, `p/c` deny all of it"
                ])
        // One node, or one family, is left.
        #expect(
            !Trial.findings(ssh, "action: deny, from: [{ node: eng-1 }], to: [{ node: db }]").contains {
                $0.hasPrefix("CV120")
            })
        #expect(
            !Trial.findings(ssh, "action: deny, from: [{ cidr: 10.0.0.0/24 }], to: [{ node: db }]").contains {
                $0.hasPrefix("CV120")
            })
    }

    @Test func aRuleForAllNetworksIsJudgedByAll() {
        let both = "action: allow, from: [{ any: true }], to: [{ any: true }], ports: [tcp/22]"
        let office = policy("q", "cvlan: office, rules: [{ action: deny, from: [{ any: true }], to: [{ any: true }] }]")
        let lab = office.replacing("office", with: "lab").replacing("name: q", with: "name: r")
        #expect(!Trial.findings(both, cvlan: nil, also: [office]).contains { $0.hasPrefix("CV120") })
        #expect(
            Trial.findings(both, cvlan: nil, also: [office, lab]) == [
                "CV120 the rule allows nothing: `q/1`, `r/1` deny all of it"
            ])
    }

    // MARK: - CV121

    @Test func aRuleThatOthersCover() {
        #expect(
            Trial.findings(ssh, "action: allow, from: [{ node: eng-1 }], to: [{ node: db }], ports: [tcp/22]") == [
                "CV121 the rule adds nothing: `p/a` allows all of it already"
            ])
        #expect(
            Trial.findings(
                "action: allow, from: [{ node: eng-1 }], to: [{ node: db }], ports: [tcp/1-50]",
                "action: allow, from: [{ node: eng-1 }], to: [{ node: db }], ports: [tcp/51-99]",
                "action: allow, from: [{ node: eng-1 }], to: [{ node: db }], ports: [tcp/40-60]") == [
                    "CV121 the rule adds nothing: `p/a`, `p/b` allow all of it already"
                ])
        #expect(
            Trial.findings(
                "action: deny, from: [{ any: true }], to: [{ node: db }]",
                "action: deny, from: [{ node: printer }], to: [{ node: db }], ports: [udp/53]"
            ) == ["CV121 the rule adds nothing: `p/a` denies all of it already"])
    }

    @Test func ofTwoThatSayTheSameOneIsLeft() {
        #expect(
            Trial.findings(ssh, ssh, ssh) == [
                "CV121 the rule adds nothing: `p/a` allows all of it already",
                "CV121 the rule adds nothing: `p/a` allows all of it already",
            ])
    }

    @Test func whatCoversByChanceOnlyIsNotSpokenOf() {
        // The only Linux machine is an engineer's, today.
        #expect(
            Trial.findings(ssh, "action: allow, from: [{ labels: { os: linux } }], to: [{ node: db }], ports: [tcp/22]")
                == [])
        #expect(
            Trial.findings(
                ssh, "action: allow, from: [{ labels: { os: linux, team: eng } }], to: [{ node: db }], ports: [tcp/22]"
            ).map { $0.prefix(5) } == ["CV121"])
    }

    @Test func whereEverythingIsOpenAnAllowIsNotSpokenOf() {
        #expect(Trial.findings(ssh, ssh, tenant: "defaults: { action: allow }") == [])
        #expect(
            Trial.findings(
                ssh, "action: deny, from: [{ any: true }], to: [{ node: db }]", tenant: "defaults: { action: allow }"
            ).map { $0.prefix(5) } == ["CV120"])
    }

    // MARK: - CV122

    @Test func anAllowThatIsVoidBetweenSomeNodes() {
        let found = Trial.findings(
            "action: allow, from: [{ labels: { team: eng } }], to: [{ any: true }], ports: [tcp/22]",
            "action: deny, from: [{ any: true }], to: [{ node: db }], ports: [tcp/22]")
        #expect(
            found == [
                "CV122 between some nodes `p/b` denies all that the rule allows, as tcp/22 from eng-1 to db in `office`: "
                    + "the deny wins"
            ])
    }

    @Test func anExceptionToAnAllowIsNotSpokenOf() {
        let wide = "action: allow, from: [{ any: true }], to: [{ node: db }]"
        #expect(Trial.findings(wide, "action: deny, from: [{ node: printer }], to: [{ node: db }]") == [])
        #expect(Trial.findings(wide, "action: deny, from: [{ any: true }], to: [{ any: true }], ports: [tcp/22]") == [])
    }

    // MARK: - CV123

    private let gateway = Trial.labelled(
        "gw", "office", "a: gw", "role: gateway, routes: [{ prefix: 10.9.0.0/24 }, { prefix: \"fd09::/64\" }]")

    @Test func anyOpensRoutedSubnets() {
        #expect(
            Trial.findings(
                "action: allow, from: [{ node: eng-1 }], to: [{ any: true }], ports: [tcp/22]", also: [gateway]) == [
                    "CV123 `any` is also 10.9.0.0/24 behind `gw`, fd09::/64 behind `gw`: name it with `cidr` if that is "
                        + "meant, or else write `{ any: true, except: [{ cidr: 10.9.0.0/24 }, { cidr: \"fd09::/64\" }] }`"
                ])
        #expect(
            Trial.findings(
                "action: allow, from: [{ any: true, except: [{ cidr: \"fd09::/64\" }] }], to: [{ node: db }]",
                also: [gateway]
            ).map { $0.contains("10.9.0.0/24") && !$0.contains("fd09") } == [true])
    }

    @Test func whatIsNamedOrShutIsNotSpokenOf() {
        let named = "to: [{ any: true }, { cidr: 10.9.0.0/24 }, { cidr: \"fd09::/64\" }]"
        #expect(Trial.findings("action: allow, from: [{ node: eng-1 }], \(named)", also: [gateway]) == [])
        #expect(Trial.findings("action: deny, from: [{ node: eng-1 }], to: [{ any: true }]", also: [gateway]) == [])
        #expect(Trial.findings("action: allow, from: [{ node: eng-1 }], to: [{ any: true }]") == [])
        #expect(
            Trial.findings(
                "action: allow, from: [{ node: eng-1 }], to: [{ any: true }]", also: [gateway],
                tenant: "defaults: { action: allow }") == [])
    }

    // MARK: - CV118 and CV129

    @Test func aFailedTestNamesTheRuleThatDecides() {
        let rules = Trial.rules(
            [ssh, "action: deny, from: [{ node: eng-1 }], to: [{ node: db }], ports: [tcp/22]"],
            more: ", tests: [{ from: { node: eng-1 }, to: { node: db }, port: tcp/22, expect: allow }]")
        let found = run(Trial.documents + [rules]).filter { $0.code == .policyTestFails }
        #expect(found.count == 1)
        #expect(
            found.first?.message.contains("from eng-1 (10.0.0.2) to db (10.0.0.1) in `office` is denied by rule `p/b`")
                == true)
        #expect(found.first?.related.map(\.message) == ["the rule that decides"])
    }

    @Test func aTestThatCannotFail() {
        let rules = Trial.rules(
            [ssh], more: ", tests: [{ from: { node: robot }, to: { node: db }, port: tcp/22, expect: deny }]")
        #expect(
            run(Trial.documents + [rules]).map(\.message) == [
                "the test cannot fail: `from` selects nothing: `node:robot`"
            ])
    }
}
