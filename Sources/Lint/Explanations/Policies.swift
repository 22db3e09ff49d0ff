// Rules of policies, and their tests.

extension Explanation {
    static let policyTestFails = Explanation(
        summary: "A test of a policy does not hold",
        meaning: """
            A test says which flow must or must not be open, and the manifests decide otherwise. It holds for every node
            that `from` and `to` select, in every network of the policy, over IPv4 and IPv6; the message names one flow
            that does not, and what decided it. Rules of all policies count, and denies win over allows.
            """,
        remedy: """
            Ask first whether the test or the rules are right: the test is what somebody once relied on. Then mend the
            rule that is named, add the one that is missing, or change the test in the same commit, in view of the
            reviewer.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Policy
            metadata: { tenant: acme, name: database }
            spec:
              rules:
                - { action: allow, from: [{ node: laptop }], to: [{ node: db }], ports: [tcp/5433] }
              tests:
                - { from: { node: laptop }, to: { node: db }, port: tcp/5432, expect: allow }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Policy
            metadata: { tenant: acme, name: database }
            spec:
              rules:
                - { action: allow, from: [{ node: laptop }], to: [{ node: db }], ports: [tcp/5432] }
              tests:
                - { from: { node: laptop }, to: { node: db }, port: tcp/5432, expect: allow }
            """,
        notes: ["`cvlan why SRC DST:PORT/PROTO` shows all that decides a flow, with files and lines."])

    static let ruleNeverMatches = Explanation(
        summary: "A rule can never match",
        meaning: """
            `from` or `to` of the rule selects nothing, or nothing that shares a network with the other side, so no flow
            is ever decided by it. Whoever wrote it believes that something is open, or shut, that is not.
            """,
        remedy: """
            Check labels for their spelling, and `cvlan` of the policy: rules hold inside one network, and what joins
            two is a gateway's route. If the nodes are gone, so can be the rule.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Policy
            metadata: { tenant: acme, name: database }
            spec:
              rules:
                - { action: allow, from: [{ labels: { team: engg } }], to: [{ node: db }], ports: [tcp/5432] }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Policy
            metadata: { tenant: acme, name: database }
            spec:
              rules:
                - { action: allow, from: [{ labels: { team: eng } }], to: [{ node: db }], ports: [tcp/5432] }
            """,
        notes: [
            """
            Where nodes enrol (`tokenKeys` of the Tenant), labels and groups that nobody has yet are not told of, unless
            they look like a slip: the first node may be on its way.
            """
        ])

    static let allowNeverTakesEffect = Explanation(
        summary: "Denies take all that an allow gives",
        meaning: """
            Every flow that the rule allows is denied by other rules, which the message names. A matching deny wins over
            every allow, wherever it is written and however narrow the allow is: there is no order and no "more
            specific".
            """,
        remedy: """
            Make the exception in the deny, with `except` or narrower ports. If the deny is right as it is, take the
            allow out: it gives nothing.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Policy
            metadata: { tenant: acme, name: database }
            spec:
              rules:
                - { action: deny, from: [{ any: true }], to: [{ node: db }] }
                - { action: allow, from: [{ node: laptop }], to: [{ node: db }], ports: [tcp/5432] }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Policy
            metadata: { tenant: acme, name: database }
            spec:
              rules:
                - { action: allow, from: [{ node: laptop }], to: [{ node: db }], ports: [tcp/5432] }
            """,
        notes: [
            """
            The deny above is not needed at all: what no rule allows is denied, as long as the tenant's
            `defaults.action` is deny.
            """
        ])

    static let ruleAlreadyCovered = Explanation(
        summary: "Other rules say all that a rule says",
        meaning: """
            Every flow of the rule is allowed (or denied) by other rules already, which the message names. Without it
            nothing changes. That is harmless until somebody deletes it to shut an access, and the access stays open.
            """,
        remedy: "Take the rule out, or narrow the wider one if it was not meant to go that far.",
        bad: """
            apiVersion: cvlan.io/v1
            kind: Policy
            metadata: { tenant: acme, name: database }
            spec:
              rules:
                - { action: allow, from: [{ labels: { team: eng } }], to: [{ node: db }], ports: [tcp/5432] }
                - { action: allow, from: [{ node: laptop }], to: [{ node: db }], ports: [tcp/5432] }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Policy
            metadata: { tenant: acme, name: database }
            spec:
              rules:
                - { action: allow, from: [{ labels: { team: eng } }], to: [{ node: db }], ports: [tcp/5432] }
            """)

    static let allowAndDenyOverlap = Explanation(
        summary: "An allow and a deny speak of the same flows",
        meaning: """
            Between some of the nodes that the rule speaks of, a deny takes all that it allows. A deny wins over every
            allow, wherever it is written. That may well be meant, and is told because the allow reads as if it held for
            all of them.
            """,
        remedy: """
            Nothing, if the deny is meant as an exception. An `except` in the allow says the same in one place, and
            needs no deny where the tenant denies by default.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Policy
            metadata: { tenant: acme, name: ssh }
            spec:
              rules:
                - { action: allow, from: [{ any: true }], to: [{ any: true }], ports: [tcp/22] }
                - { action: deny, from: [{ node: laptop }], to: [{ node: db }] }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Policy
            metadata: { tenant: acme, name: ssh }
            spec:
              rules:
                - action: allow
                  from: [{ any: true }]
                  to: [{ any: true, except: [{ node: db }] }]
                  ports: [tcp/22]
            """)

    static let opensRoutedSubnet = Explanation(
        summary: "A rule opens a subnet that it does not name",
        meaning: """
            `any` means every address that the network leads to: its nodes, and all hosts behind the routes of its
            gateways. An allow to or from `any` in a network with a routed subnet opens that subnet as well, and each
            subnet that is routed later.
            """,
        remedy: """
            Name what is meant: `cidr` with the network's prefix for the nodes alone, `cidr` with the subnet's for hosts
            behind the gateway, or `except` it from `any`.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: gw-1 }
            spec: { role: gateway, networks: [{ cvlan: office }], routes: [{ prefix: 10.1.0.0/24 }] }
            ---
            apiVersion: cvlan.io/v1
            kind: Policy
            metadata: { tenant: acme, name: ssh }
            spec:
              rules:
                - { action: allow, from: [{ node: laptop }], to: [{ any: true }], ports: [tcp/22] }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: gw-1 }
            spec: { role: gateway, networks: [{ cvlan: office }], routes: [{ prefix: 10.1.0.0/24 }] }
            ---
            apiVersion: cvlan.io/v1
            kind: Policy
            metadata: { tenant: acme, name: ssh }
            spec:
              rules:
                - { action: allow, from: [{ node: laptop }], to: [{ cidr: 10.100.0.0/24 }], ports: [tcp/22] }
            """)

    static let vacuousTest = Explanation(
        summary: "A test of a policy tests nothing",
        meaning: """
            The test expects a deny where nothing can be allowed: one side selects nothing, or the two share no network.
            It holds under any rules, so it guards nothing, and looks as if it did.
            """,
        remedy: """
            Check labels for their spelling, and `cvlan` of the policy. If the nodes are gone, the test can go as well.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Policy
            metadata: { tenant: acme, name: database }
            spec:
              tests:
                - { from: { labels: { team: sale } }, to: { node: db }, port: tcp/5432, expect: deny }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Policy
            metadata: { tenant: acme, name: database }
            spec:
              tests:
                - { from: { labels: { team: eng } }, to: { node: db }, port: tcp/5432, expect: deny }
            """)
}
