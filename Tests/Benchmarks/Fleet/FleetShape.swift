internal import ArgumentParser

/// How large a fleet is, and what is in it.
struct FleetShape: ParsableArguments {
    @Option(help: "Nodes in all.")
    var nodes = 1000

    @Option(help: "Nodes in a network.")
    var networkSize = 10

    @Option(help: "Networks of a tenant.")
    var networksPerTenant = 10

    @Option(help: "Of the nodes of a network, how many are gateways.")
    var gateways = 1

    @Option(help: "Subnets that a gateway has behind it.")
    var routes = 1

    @Option(help: "Rules of a network's policy.")
    var rules = 5

    @Option(help: "Tests of a network's policy.")
    var tests = 4

    @Option(help: "mesh or hub.")
    var topology = Topology.mesh

    @Option(
        help: "What is in one file: node (each resource), network (a network and all that belongs to it) or tenant.")
    var layout = Layout.node

    @Option(help: "The same seed gives the same fleet.")
    var seed: UInt64 = 1

    enum Topology: String, ExpressibleByArgument, CaseIterable {
        case mesh, hub
    }

    enum Layout: String, ExpressibleByArgument, CaseIterable {
        case node, network, tenant
    }

    var networks: Int { (nodes + networkSize - 1) / networkSize }
    var tenants: Int { (networks + networksPerTenant - 1) / networksPerTenant }

    func validate() throws {
        guard (1...10_000_000).contains(nodes), (1...50_000).contains(networkSize) else {
            throw ValidationError("--nodes is from 1 to 10000000, --network-size from 1 to 50000")
        }
        guard networksPerTenant >= 1, networksPerTenant << hostBits <= 1 << 24 else {
            throw ValidationError("so many networks of this size do not fit into 10.0.0.0/8")
        }
        guard (0...networkSize).contains(gateways), routes >= 0, gateways * routes <= 4096 else {
            throw ValidationError("--gateways is at most --network-size, and a network has at most 4096 routes")
        }
        guard rules >= 0, (0...RuleText.testCount).contains(tests) else {
            throw ValidationError("--tests is from 0 to \(RuleText.testCount)")
        }
    }

    /// Of a network's IPv4 prefix: room for half as many nodes again, a /24 at least.
    var hostBits: Int {
        var bits = 8
        while (1 << bits) * 2 / 3 < networkSize + 3 { bits += 1 }
        return bits
    }
}
