/// Groups of openers and of targets between all of which the same services open, or close.
struct GroupBox: Hashable {
    /// Indices in `JointPartition.openers` and `.targets`, ascending.
    let openers: [Int]
    let targets: [Int32]
    var services: ServiceSet
}

/// Cells put together to boxes: disjoint, and few.
enum DeltaBoxes {
    /// More sets of services are not cut into elementary ones.
    private static let mostSets = 32
    private static let mostElements = 64

    /// Openers that gain the same from the same targets are one box. That is tried with the sets of services as they are,
    /// and with what any of them have in common taken apart, as rules that overlap are then told one by one; the fewer
    /// boxes win.
    static func merge(_ rows: [DeltaCells.Row], _ sets: [ServiceSet]) -> [GroupBox] {
        let used = rows.reduce(into: Set<Int>()) { $0.formUnion($1.targets.keys) }.sorted()
        let whole = boxes(rows, used.map { (sets[$0], [$0]) })
        guard used.count > 1, used.count <= mostSets else { return whole }
        let elements = elements(used.map { sets[$0] })
        guard elements.count <= mostElements else { return whole }
        let apart = boxes(
            rows, elements.map { element in (element, used.filter { element.isSubset(of: sets[$0]) }) })
        return apart.count < whole.count ? apart : whole
    }

    /// - Parameter parts: disjoint services, each with the sets that have them.
    private static func boxes(_ rows: [DeltaCells.Row], _ parts: [(services: ServiceSet, sets: [Int])]) -> [GroupBox] {
        var boxes: [Shape: ServiceSet] = [:]
        for part in parts {
            var openers: [[Int32]: [Int]] = [:]
            for row in rows {
                let lists = part.sets.compactMap { row.targets[$0] }
                guard let first = lists.first else { continue }
                openers[lists.count == 1 ? first : lists.flatMap { $0 }.sorted(), default: []].append(row.opener)
            }
            for (targets, openers) in openers {
                let shape = Shape(openers: openers, targets: targets)
                boxes[shape] = boxes[shape]?.union(part.services) ?? part.services
            }
        }
        return boxes.map { GroupBox(openers: $0.key.openers, targets: $0.key.targets, services: $0.value) }
            .sorted { ($0.openers[0], $0.targets[0]) < ($1.openers[0], $1.targets[0]) }
    }

    private struct Shape: Hashable {
        let openers: [Int]
        let targets: [Int32]
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
