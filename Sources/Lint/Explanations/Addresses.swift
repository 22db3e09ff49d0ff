// Addresses of nodes, prefixes of networks, and routes.

extension Explanation {
    static let duplicateAddress = Explanation(
        summary: "Two nodes have the same fixed address",
        meaning: """
            A fixed address belongs to one node of its network. With two, peers would send to one and half of the
            answers would come from the other. The later of the two by name is reported; the first keeps the address.
            """,
        remedy: """
            Give one of them another address, or leave `addresses` out: the controller then gives it one that is free
            and keeps it for the node's life.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: printer }
            spec: { networks: [{ cvlan: office, addresses: [10.100.0.9] }] }
            ---
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: scanner }
            spec: { networks: [{ cvlan: office, addresses: [10.100.0.9] }] }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: printer }
            spec: { networks: [{ cvlan: office, addresses: [10.100.0.9] }] }
            ---
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: scanner }
            spec: { networks: [{ cvlan: office }] }
            """,
        notes: ["A node that has expired holds no address."])

    static let addressOutsideNetwork = Explanation(
        summary: "A fixed address is outside its network",
        meaning: """
            The node is to have an address in a network whose `cidrs` do not hold it. No peer would route to it there.
            """,
        remedy: """
            Take an address of the network, which the message lists, or move the address to the membership whose network
            holds it.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: printer }
            spec: { networks: [{ cvlan: office, addresses: [10.101.0.9] }] }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: printer }
            spec: { networks: [{ cvlan: office, addresses: [10.100.0.9] }] }
            """,
        notes: [
            "Addresses of machines behind the node are not its own: they go to `routes`.",
            """
            In a network with `auto` the prefix is not known before the controller has cut it, so this is checked there.
            """,
        ])

    static let unusableAddress = Explanation(
        summary: "A fixed address has another meaning in its network",
        meaning: """
            The first address of an IPv4 network names the network and the last is everyone (RFC 922); the first of an
            IPv6 network is any router (RFC 4291). What is sent there reaches no machine, or all.
            """,
        remedy: "Take an address between them. Networks of two addresses (/31, /127) can use both.",
        bad: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: printer }
            spec: { networks: [{ cvlan: office, addresses: [10.100.0.255] }] }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: printer }
            spec: { networks: [{ cvlan: office, addresses: [10.100.0.254] }] }
            """)

    static let reservedAddress = Explanation(
        summary: "A fixed address is in a reserved range",
        meaning: """
            The network keeps the range from being allocated, and a node has one of its addresses fixed. Both are
            carried out: `reserved` only binds allocation. Often that is the plan (a range kept for fixed addresses),
            now and then the range was kept for something that is no node, as a virtual address of a cluster.
            """,
        remedy: """
            If the address is the node's by intent, say so in an ignore comment. Else take one outside the range, or
            leave `addresses` out.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: CVLAN
            metadata: { tenant: acme, name: office }
            spec: { cidrs: [10.100.0.0/24], reserved: [10.100.0.2-10.100.0.9] }
            ---
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: printer }
            spec: { networks: [{ cvlan: office, addresses: [10.100.0.9] }] }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: CVLAN
            metadata: { tenant: acme, name: office }
            spec: { cidrs: [10.100.0.0/24], reserved: [10.100.0.2-10.100.0.9] }
            ---
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: printer }
            spec: { networks: [{ cvlan: office, addresses: [10.100.0.10] }] }
            """)

    static let overlappingNetworks = Explanation(
        summary: "Two networks of the tenant overlap",
        meaning: """
            An address of a tenant belongs to one of its networks. A node in both would have two ways to the same
            address, and a gateway between them could not tell where a packet is to go.
            """,
        remedy: """
            Give one of them another prefix; or let it be cut from the tenant's pools with `auto`, which never overlaps.
            Networks of different tenants may overlap, as they never meet.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: CVLAN
            metadata: { tenant: acme, name: lab }
            spec: { cidrs: [10.100.0.128/25] } # office is 10.100.0.0/24
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: CVLAN
            metadata: { tenant: acme, name: lab }
            spec: { cidrs: [10.100.1.0/25] }
            """,
        notes: ["To change the prefix of a network with nodes gives all of them new addresses, at once."])

    static let unplaceableNetwork = Explanation(
        summary: "The tenant's pools have no room for an auto network",
        meaning: """
            A CVLAN with `auto` is cut from the tenant's `addressPools`, and these have no block of the wanted size
            left, or none of that family. Networks with `cidrs` inside a pool take room there, too.
            """,
        remedy: """
            Add a pool to the Tenant, or ask for a smaller network: a larger number is a smaller network. Pools are
            never used up by networks that are gone.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Tenant
            metadata: { name: acme }
            spec: { addressPools: [10.64.0.0/24] }
            ---
            apiVersion: cvlan.io/v1
            kind: CVLAN
            metadata: { tenant: acme, name: lab }
            spec: { auto: { v4: 23 } }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Tenant
            metadata: { name: acme }
            spec: { addressPools: [10.64.0.0/24, 10.65.0.0/16] }
            ---
            apiVersion: cvlan.io/v1
            kind: CVLAN
            metadata: { tenant: acme, name: lab }
            spec: { auto: { v4: 23 } }
            """)

    static let networkNearlyFull = Explanation(
        summary: "A network is nearly full",
        meaning: """
            More than nine of ten addresses that the network can give are in use: of its `cidrs` without the fixed ends
            and what is reserved. Once none is left, the next node is refused (CV117), at the worst time: when somebody
            enrols it.
            """,
        remedy: """
            Add a second prefix to `cidrs`: nodes keep what they have, new ones are given addresses of either. Or remove
            nodes that are gone, or shorten `reserved`.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: CVLAN
            metadata: { tenant: acme, name: office }
            spec: { cidrs: [10.100.0.0/28], reserved: [10.100.0.9-10.100.0.14] } # and two nodes more
            ---
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: cluster }
            spec:
              networks:
                - cvlan: office
                  addresses: [10.100.0.1, 10.100.0.2, 10.100.0.3, 10.100.0.4, 10.100.0.5, 10.100.0.6]
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: CVLAN
            metadata: { tenant: acme, name: office }
            spec: { cidrs: [10.100.0.0/28, 10.100.1.0/24], reserved: [10.100.0.9-10.100.0.14] }
            ---
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: cluster }
            spec:
              networks:
                - cvlan: office
                  addresses: [10.100.0.1, 10.100.0.2, 10.100.0.3, 10.100.0.4, 10.100.0.5, 10.100.0.6]
            """,
        notes: [
            "Networks with fewer than 8 addresses are not looked at: they are made for machines known beforehand."
        ])

    static let routeInsideNetwork = Explanation(
        summary: "A route takes addresses of its node's own network",
        meaning: """
            The node says that it forwards to a prefix that lies inside a network that it is a member of. The addresses
            there are nodes', which are reached through their own tunnels; the route would take them away from these.
            """,
        remedy: """
            Name the subnet behind the node. If that really has the same addresses, renumber one of the two. A wider
            route that holds the network (`10.0.0.0/8`) is fine: the longest prefix wins.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: gw-1 }
            spec:
              role: gateway
              networks: [{ cvlan: office }]
              routes: [{ prefix: 10.100.0.0/25 }]
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: gw-1 }
            spec:
              role: gateway
              networks: [{ cvlan: office }]
              routes: [{ prefix: 10.1.0.0/24 }]
            """)

    static let routeWithoutPriority = Explanation(
        summary: "Gateways advertise a prefix, and none is preferred",
        meaning: """
            Several nodes of a network have a route for the same prefix, and at least one does not say its `priority`.
            Among equals the first by name carries the traffic, which nobody has decided: a new gateway whose name comes
            first takes it over.
            """,
        remedy: """
            Write a `priority` at each; the lowest wins, the others stand by. The same number at all says that any of
            them is right.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: gw-1 }
            spec: { role: gateway, networks: [{ cvlan: office }], routes: [{ prefix: 10.1.0.0/24 }] }
            ---
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: gw-2 }
            spec: { role: gateway, networks: [{ cvlan: office }], routes: [{ prefix: 10.1.0.0/24 }] }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: gw-1 }
            spec:
              role: gateway
              networks: [{ cvlan: office }]
              routes: [{ prefix: 10.1.0.0/24, priority: 10 }]
            ---
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: gw-2 }
            spec:
              role: gateway
              networks: [{ cvlan: office }]
              routes: [{ prefix: 10.1.0.0/24, priority: 20 }]
            """)
}
