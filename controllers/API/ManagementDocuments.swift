// What `GET /v1/...` answers, as JSON. The command line decodes the same types.

/// `GET /v1/status`: how the controller stands, and the whole of each tenant.
package struct StatusDocument: Codable, Sendable, Equatable {
    package var version: String
    package var controller: ControllerStatus
    package var nodes: Int
    package var connected: Int
    /// Nodes that nobody vouches for any more, of those that demand it.
    package var stale: Int

    package init(version: String, controller: ControllerStatus, nodes: Int, connected: Int, stale: Int) {
        self.version = version
        self.controller = controller
        self.nodes = nodes
        self.connected = connected
        self.stale = stale
    }
}

/// `GET /v1/nodes`, `?tenant=NAME`: what every node should run, and what it does run.
package struct NodesDocument: Codable, Sendable, Equatable {
    package var nodes: [NodeDocument]

    package init(nodes: [NodeDocument]) {
        self.nodes = nodes
    }
}

package struct NodeDocument: Codable, Sendable, Equatable {
    package struct Network: Codable, Sendable, Equatable {
        package var cvlan: String
        package var addresses: [String]

        package init(cvlan: String, addresses: [String]) {
            self.cvlan = cvlan
            self.addresses = addresses
        }
    }

    package var tenant: String
    package var name: String
    package var role: String
    package var networks: [Network]
    /// Whether the node's key is known.
    package var isEnrolled: Bool
    /// Whether its watch stream is open here; another replica may have it.
    package var isConnected: Bool
    package var desiredGeneration: UInt64
    /// `nil`: it never reported.
    package var observedGeneration: UInt64?
    /// Whether the observed generation is the desired one and its data path matches it.
    package var isConverged: Bool
    package var drift: [String]
    package var errors: [String]
    /// Of the last update that it refused.
    package var refusal: String?
    /// Why it is stale, where it demands to be vouched for, or why it did not take the word that came.
    package var stale: String?
    /// RFC 3339: how long the last word holds that it has taken.
    package var vouchedUntil: String?
    /// RFC 3339.
    package var lastSeen: String?
    /// Where its last report came from.
    package var address: String?
    package var agentVersion: String?
    /// By CVLAN: where it can be reached, as it says.
    package var endpoints: [String: [String]]
}

/// `GET /v1/tenants`
package struct TenantsDocument: Codable, Sendable, Equatable {
    package struct Tenant: Codable, Sendable, Equatable {
        package var name: String
        package var status: ControllerStatus.TenantStatus
    }

    package var tenants: [Tenant]
}

/// `GET /v1/networks`, `?tenant=NAME`
package struct NetworksDocument: Codable, Sendable, Equatable {
    package struct Network: Codable, Sendable, Equatable {
        package var tenant: String
        package var name: String
        package var cidrs: [String]
        package var topology: String
        package var nodes: Int
        package var connected: Int
    }

    package var networks: [Network]
}
