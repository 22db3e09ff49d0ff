import Addressing
import Forwarding

/// A policy of so many rules between pairs of 10,000 sets of one node each, with a set that is everybody: the time to compile it, its
/// memory, and what a new flow's decision costs.
func measureRules(_ count: Int) {
    var policy = FilterPolicy(defaultAction: .deny)
    let sets = 10_000
    policy.sets = (0..<sets).map { .init(name: "set\($0)", prefixes: [IPPrefix(host: address($0))]) }
    policy.sets.append(.init(name: "all", prefixes: policy.sets.flatMap(\.prefixes)))
    policy.rules = (0..<count).map { number in
        .init(
            name: "rule\(number)", action: number % 10 == 0 ? .deny : .allow, from: ["set\(number % sets)"],
            to: [number % 7 == 0 ? "all" : "set\(number * 31 % sets)"],
            ports: [.init(protocolNumber: 6, ports: UInt16(truncatingIfNeeded: number)...UInt16.max)])
    }
    let before = residentBytes()
    let start = computedNanoseconds()
    guard let compiled = try? CompiledPolicy(policy) else { return print("the policy is refused") }
    let done = computedNanoseconds()
    print(
        "\(count) rules: \((done - start) / 1_000_000) ms to compile, \((residentBytes() - before) / 1024) kB beside the policy"
    )
    let decisions = 1_000_000
    var allowed = 0
    let first = address(0).value
    let begun = computedNanoseconds()
    for number in 0..<decisions {
        let opener = first + UInt128(number * 7919 % sets)
        let target = first + UInt128(number * 104_729 % sets)
        if compiled.decide(.v4, opener: opener, target: target, protocolNumber: 6, port: 443).allows { allowed += 1 }
    }
    let nanoseconds = Double(computedNanoseconds() - begun) / Double(decisions)
    print("\(nanoseconds) ns a decision; \(allowed) of \(decisions) allowed")
}
