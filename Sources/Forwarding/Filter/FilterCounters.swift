/// What a filter has done since it was made. Packets, but for `flowsOpened`.
package struct FilterCounters: Hashable, Sendable {
    package internal(set) var passed: UInt64 = 0
    package internal(set) var flowsOpened: UInt64 = 0
    package internal(set) var malformed: UInt64 = 0
    package internal(set) var deniedByRule: UInt64 = 0
    package internal(set) var deniedByDefault: UInt64 = 0
    package internal(set) var flowTableFull: UInt64 = 0
    package internal(set) var unrelatedError: UInt64 = 0
    package internal(set) var unknownFragment: UInt64 = 0

    /// All drops but those of malformed packets.
    package var droppedByPolicy: UInt64 {
        deniedByRule + deniedByDefault + flowTableFull + unrelatedError + unknownFragment
    }

    mutating func count(_ verdict: Verdict) {
        switch verdict {
        case .pass: passed += 1
        case .drop(.fault): malformed += 1
        case .drop(.deniedByRule): deniedByRule += 1
        case .drop(.deniedByDefault): deniedByDefault += 1
        case .drop(.flowTableFull): flowTableFull += 1
        case .drop(.unrelatedError): unrelatedError += 1
        case .drop(.unknownFragment): unknownFragment += 1
        }
    }
}

/// What one rule has done since it came, under whatever policy held it by this name.
package struct RuleCounters: Hashable, Sendable {
    /// Packets that it denied, or that belonged to flows that it allows.
    package internal(set) var packets: UInt64 = 0
    /// Flows that it let in.
    package internal(set) var flows: UInt64 = 0
}
