internal import TestLab

/// What `swanctl --pretty` prints: values, lists and sections by name, one to a line.
struct VICISection: Sendable {
    private var values: [String: String] = [:]
    private(set) var lists: [String: [String]] = [:]
    /// In their order; names come again.
    private(set) var sections: [(name: String, section: VICISection)] = []

    init(pretty text: String) throws {
        var lines = text.split(separator: "\n").map(\.trimmed)[...]
        try self.init(&lines)
        guard lines.isEmpty else { throw LabError("swanctl: more sections end than began:\n\(text)") }
    }

    /// Up to the end of this section.
    private init(_ lines: inout ArraySlice<String>) throws {
        while let line = lines.popFirst(), line != "}" {
            if let name = line.without(suffix: " {") {
                sections.append((name, try VICISection(&lines)))
            } else if let name = line.without(suffix: " = [") {
                var list: [String] = []
                while let item = lines.popFirst(), item != "]" { list.append(item) }
                lists[name] = list
            } else if let name = line.without(suffix: " {}") {
                sections.append((name, VICISection()))
            } else if let equals = line.firstIndex(of: "=") {
                values[String(line[..<equals]).trimmed] = String(line[line.index(after: equals)...]).trimmed
            } else {
                throw LabError("swanctl: not understood: \(line)")
            }
        }
    }

    private init() {}

    /// A value; empty when there is none of that name.
    subscript(_ name: String) -> String { values[name] ?? "" }

    func sections(_ name: String) -> [VICISection] { sections.filter { $0.name == name }.map(\.section) }
}

extension String {
    fileprivate func without(suffix: String) -> String? {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : nil
    }
}

extension Substring {
    fileprivate var trimmed: String { String(self).trimmed }
}
