/// Groups of openers and of targets between all of which the same services open, or close.
struct GroupBox: Hashable {
    /// Indices in `JointPartition.openers` and `.targets`, ascending.
    let openers: [Int32]
    let targets: [Int32]
    let services: ServiceSet
}

/// Cells put together to boxes: disjoint, and few.
enum DeltaBoxes {
    /// More sets of services are not cut into elementary ones.
    private static let mostSets = 32
    private static let mostElements = 64

    /// Openers that gain the same from the same targets are one box. That is tried with the sets of services as they are,
    /// and with what any of them have in common taken apart, as rules that overlap are then told one by one; the fewer
    /// boxes win.
    static func merge(_ gains: [DeltaCells.Gain: [Int32]], _ sets: [ServiceSet]) -> [GroupBox] {
        var boxes = whole(gains, sets)
        let used = Set(gains.keys.map(\.services)).sorted()
        if used.count > 1, used.count <= mostSets {
            let elements = elements(used.map { sets[$0] })
            if elements.count <= mostElements {
                let apart = apart(
                    gains,
                    elements.map { element in
                        (element, Set(used.filter { element.isSubset(of: sets[$0]) }))
                    })
                if apart.count < boxes.count { boxes = apart }
            }
        }
        return boxes.map { GroupBox(openers: $0.key.openers, targets: $0.key.targets, services: $0.value) }
            .sorted {
                $0.openers == $1.openers
                    ? $0.targets.lexicographicallyPrecedes($1.targets)
                    : $0.openers.lexicographicallyPrecedes($1.openers)
            }
    }

    private struct Shape: Hashable {
        let openers: [Int32]
        let targets: [Int32]
    }

    private static func whole(_ gains: [DeltaCells.Gain: [Int32]], _ sets: [ServiceSet]) -> [Shape: ServiceSet] {
        gains.reduce(into: [:]) { boxes, gain in
            boxes[Shape(openers: gain.value, targets: gain.key.targets)] = sets[gain.key.services]
        }
    }

    /// - Parameter elements: disjoint services, each with the sets that have them.
    private static func apart(
        _ gains: [DeltaCells.Gain: [Int32]], _ elements: [(services: ServiceSet, sets: Set<Int>)]
    ) -> [Shape: ServiceSet] {
        var boxes: [Shape: ServiceSet] = [:]
        for element in elements {
            var targets: [Int32: [Int32]] = [:]
            for (gain, openers) in gains where element.sets.contains(gain.services) {
                for opener in openers { targets[opener, default: []] += gain.targets }
            }
            var openers: [[Int32]: [Int32]] = [:]
            for (opener, targets) in targets { openers[targets.sorted(), default: []].append(opener) }
            for (targets, openers) in openers {
                let shape = Shape(openers: openers.sorted(), targets: targets)
                boxes[shape] = boxes[shape]?.union(element.services) ?? element.services
            }
        }
        return boxes
    }

    /// The coarsest disjoint sets that all of these are unions of.
    private static func elements(_ sets: [ServiceSet]) -> [ServiceSet] {
        var elements: [ServiceSet] = []
        for set in sets {
            var rest = set
            var next: [ServiceSet] = []
            for element in elements {
                let common = element.intersection(set)
                let outside = element.subtracting(set)
                next += [common, outside].filter { !$0.isEmpty }
                rest = rest.subtracting(element)
            }
            if !rest.isEmpty { next.append(rest) }
            elements = next
            if elements.count > mostElements { return elements }
        }
        return elements
    }
}
