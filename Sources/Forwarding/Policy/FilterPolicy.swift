package import Addressing

/// The rules of one network, as they are written: what a `CompiledPolicy` is made from.
package struct FilterPolicy: Hashable, Sendable {
    package enum Action: Sendable {
        case deny, allow
    }

    package struct AddressSet: Hashable, Sendable {
        package var name: String
        package var prefixes: [IPPrefix]

        package init(name: String, prefixes: [IPPrefix]) {
            self.name = name
            self.prefixes = prefixes
        }
    }

    package struct PortMatch: Hashable, Sendable {
        /// IP protocol number; 1 stands for ICMP and ICMPv6.
        package var protocolNumber: UInt8
        /// Destination ports; `nil`: all, and the only choice for protocols without ports.
        package var ports: ClosedRange<UInt16>?

        package init(protocolNumber: UInt8, ports: ClosedRange<UInt16>? = nil) {
            self.protocolNumber = protocolNumber
            self.ports = ports
        }
    }

    package struct Rule: Hashable, Sendable {
        package var name: String
        package var action: Action
        /// Names of sets; the flow's opener is in one of them.
        package var from: [String]
        /// Names of sets; the flow's target is in one of them.
        package var to: [String]
        /// Empty: everything.
        package var ports: [PortMatch]

        package init(name: String, action: Action, from: [String], to: [String], ports: [PortMatch] = []) {
            self.name = name
            self.action = action
            self.from = from
            self.to = to
            self.ports = ports
        }
    }

    package var defaultAction: Action
    package var sets: [AddressSet]
    package var rules: [Rule]

    package init(defaultAction: Action, sets: [AddressSet] = [], rules: [Rule] = []) {
        self.defaultAction = defaultAction
        self.sets = sets
        self.rules = rules
    }
}

/// Why a policy cannot be compiled.
package enum FilterPolicyError: Error, Hashable, CustomStringConvertible {
    case duplicateSet(String)
    case unknownSet(String, rule: String)
    case tooLarge(String)

    package var description: String {
        switch self {
        case .duplicateSet(let name): "address set \(name) is there twice"
        case .unknownSet(let name, let rule): "rule \(rule) names the address set \(name), which is not there"
        case .tooLarge(let what): "the filter has too many \(what)"
        }
    }
}
