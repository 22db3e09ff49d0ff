import DiffSync
import TestRandom

/// A record of the tests: something of one of three kinds that may stand on parts of earlier kinds.
struct Part: Record, CustomStringConvertible {
    enum Kind: Int, Comparable, CaseIterable {
        case frame, board, chip
        static func < (a: Kind, b: Kind) -> Bool { a.rawValue < b.rawValue }
    }

    var kind: Kind
    var key: Int
    var color = "red"
    var pins: [Int] = []
    var standsOn: [RecordID<Kind, Int>] = []
    /// Left out of the comparison when `nil`.
    var serial: String?

    var dependencies: [RecordID<Kind, Int>] { standsOn }
    var fields: [Field] {
        [Field("color", color), Field("pins", list: pins), Field("stands-on", list: standsOn)]
            + (serial.map { [Field("serial", $0)] } ?? [])
    }

    var description: String { "\(id)" }
}

/// Holds parts as a database with foreign keys would: nothing stands on what is not there.
struct Shelf {
    private(set) var parts: [RecordID<Part.Kind, Int>: Part]

    init(_ set: RecordSet<Part>) {
        parts = Dictionary(uniqueKeysWithValues: set.records.map { ($0.id, $0) })
    }

    var contents: RecordSet<Part> {
        get throws { try RecordSet(parts.values) }
    }

    mutating func carryOut(_ operation: Operation<Part>) throws {
        switch operation.change {
        case .create(let part):
            guard parts[part.id] == nil else { throw Refusal(reason: "\(part) is there already") }
            try checkGround(of: part)
            parts[part.id] = part
        case .update(let old, let new, _):
            guard parts[old.id] == old else { throw Refusal(reason: "\(old) is not as it was") }
            try checkGround(of: new)
            parts[new.id] = new
        case .delete(let part):
            guard parts[part.id] != nil else { throw Refusal(reason: "\(part) is not there") }
            if let other = parts.values.first(where: { $0.standsOn.contains(part.id) }) {
                throw Refusal(reason: "\(other) stands on \(part)")
            }
            parts[part.id] = nil
        }
    }

    private func checkGround(of part: Part) throws {
        for id in part.standsOn where parts[id] == nil { throw Refusal(reason: "\(part) stands on nothing") }
    }
}

struct Refusal: Error, Equatable, CustomStringConvertible {
    var reason: String
    var description: String { reason }
}

extension RecordSet<Part> {
    /// Up to 24 parts, each standing on parts of the same set.
    static func random(using random: inout SeededRandom) throws -> RecordSet<Part> {
        var parts: [Part] = []
        for kind in Part.Kind.allCases {
            let ground = parts.map(\.id)
            for key in 0..<8 where Bool.random(using: &random) {
                var part = Part(kind: kind, key: key)
                part.color = ["red", "green"].randomElement(using: &random) ?? ""
                part.pins = (0..<3).filter { _ in Bool.random(using: &random) }
                part.standsOn = ground.filter { _ in Int.random(in: 0..<6, using: &random) == 0 }
                parts.append(part)
            }
        }
        return try RecordSet(parts.shuffled(using: &random))
    }
}
