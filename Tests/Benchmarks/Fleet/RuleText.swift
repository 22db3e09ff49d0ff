/// The rules and tests of one network's policy.
enum RuleText {
    static let testCount = 4

    /// The first five are what a network has; those after them open one port each.
    static func rule(_ index: Int, gateway: String?, subnet: String?, lastPort: Int) -> String {
        switch index {
        case 0:
            rule(
                "eng-to-databases", "allow", "{ group: eng }", "{ labels: { app: db } }",
                "tcp/5432, tcp/8000-\(lastPort)")
        case 1:
            rule(
                "ops-by-ssh", "allow", "{ group: ops }", "{ group: eng, except: [{ labels: { app: gateway } }] }",
                "tcp/22")
        case 2:
            rule(
                "ping", "allow", "{ group: eng }, { group: ops }",
                gateway.map { "{ node: \($0) }" } ?? "{ group: ops }", "icmp")
        case 3:
            rule(
                "no-kiosk-to-databases", "deny", "{ labels: { app: kiosk } }", "{ labels: { app: db } }",
                "tcp/1-65535, udp/1-65535")
        case 4:
            rule(
                "ops-to-subnet", "allow", "{ group: ops }", subnet.map { "{ cidr: \($0) }" } ?? "{ group: eng }",
                "tcp/443")
        default:
            rule(
                "service-\(index)", "allow", "{ labels: { team: eng } }", "{ labels: { app: web } }",
                "tcp/\(10_000 + index % 50_000)")
        }
    }

    private static func rule(_ name: String, _ action: String, _ from: String, _ to: String, _ ports: String) -> String
    {
        """
            - name: \(name)
              action: \(action)
              from: [\(from)]
              to: [\(to)]
              ports: [\(ports)]

        """
    }

    static func test(_ index: Int) -> String {
        let (from, to, port, expect) =
            switch index {
            case 0: ("{ group: eng }", "{ labels: { app: db } }", "tcp/5432", "allow")
            case 1: ("{ labels: { app: kiosk } }", "{ labels: { app: db } }", "tcp/5432", "deny")
            case 2: ("{ group: ops }", "{ labels: { team: eng, app: db } }", "tcp/22", "allow")
            default: ("{ labels: { app: kiosk } }", "{ group: ops }", "tcp/22", "deny")
            }
        return "    - { from: \(from), to: \(to), port: \(port), expect: \(expect) }\n"
    }
}
