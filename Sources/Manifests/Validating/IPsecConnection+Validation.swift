internal import Addressing

extension IPsecConnection {
    func validate(_ problems: inout ProblemCollector) {
        if !Self.ports.contains(port) {
            problems.report(
                .badValue, at: $port.span, "`port` must be from 1 to \(Self.ports.upperBound), not \(port)")
        }
        if address == nil, $port.span.isWritten {
            problems.report(.badValue, at: $port.span, "`port` goes with `address`: a device that calls has any port")
        }
        for (name, selectors) in [("local", localSelectors), ("remote", remoteSelectors)] {
            problems.requireUnique(selectors, \.self, "the selector")
            guard problems.requireAtMost(Self.mostSelectors, selectors, name) else { continue }
            for selector in selectors { problems.requireNetwork(selector, name) }
        }
    }
}
