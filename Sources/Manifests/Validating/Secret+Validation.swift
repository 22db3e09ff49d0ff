extension Secret {
    private static let mostNodes = 1024

    func validate(_ problems: inout ProblemCollector) {
        guard problems.requireAtMost(Self.mostNodes, sealed.map(\.$node), "sealed") else { return }
        problems.requireUnique(sealed, \.$node, "the node")
        for value in sealed where value.publicKey.isZero {
            problems.report(.badKey, at: value.$publicKey.span, "`publicKey` must not be all zero")
        }
    }
}
