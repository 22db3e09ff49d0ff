internal import Addressing
internal import Manifests

extension PublishedState {
    /// The most that one file may hold, in bytes: about 250,000 nodes.
    package static let largestFile = 64 << 20

    /// Reads all files of the state branch, given with their paths in any order; none at all is `PublishedState.none`.
    /// Only what the controller writes is taken, byte for byte.
    package init(files: some Sequence<(path: String, bytes: [UInt8])>) throws(StateFileError) {
        self = .none
        var contents: [StateFile: [UInt8]] = [:]
        for (path, bytes) in files {
            guard let file = StateFile(path: path) else {
                throw StateFileError(code: .unexpectedFile, path: path, detail: "not a file of the state")
            }
            contents[file] = bytes
        }
        guard !contents.isEmpty else { return }
        try readRoot(contents[.root])
        for (file, bytes) in contents { evidence.take(file, bytes) }
        for case (.tenant(let name), let bytes) in contents {
            let reader = try StateFileReader(.tenant(name), bytes)
            let members = try reader.members(of: reader.json, ["sourceCommit"])
            tenants[name] = TenantState(sourceCommit: try reader.value("sourceCommit", in: members))
        }
        for case (.cvlan(let tenant, let name), let bytes) in contents {
            let state = try CVLANState(StateFileReader(.cvlan(tenant: tenant, name: name), bytes))
            guard tenants[tenant] != nil else {
                throw StateFileError(
                    code: .missingFile, path: StateFile.tenant(tenant).path, detail: "the tenant's own file is missing")
            }
            tenants[tenant]?.cvlans[name] = state
        }
        for (file, bytes) in contents where encoded(file) != bytes {
            throw StateFileError(
                code: .notCanonical, path: file.path, detail: "not in the form that the controller writes")
        }
    }

    private mutating func readRoot(_ bytes: [UInt8]?) throws(StateFileError) {
        guard let bytes else {
            throw StateFileError(code: .missingFile, path: StateFile.root.path, detail: "the file is missing")
        }
        let reader = try StateFileReader(.root, bytes)
        let members = try reader.members(
            of: reader.json, ["apiVersion", "height", "sourceCommit", "evaluationTime"])
        let version = try reader.string(members["apiVersion"], "apiVersion")
        guard version == Self.apiVersion else {
            throw StateFileError(
                code: .unsupportedVersion, path: StateFile.root.path, detail: "apiVersion \(version) is not known here")
        }
        height = try reader.integer(members["height"], "height")
        guard height > 0 else { throw reader.badField("height", "1 or more") }
        sourceCommit = try reader.value("sourceCommit", in: members)
        evaluationTime = try reader.value("evaluationTime", in: members)
    }
}

extension CVLANState {
    fileprivate init(_ reader: StateFileReader) throws(StateFileError) {
        let members = try reader.members(of: reader.json, ["cidrs", "nodes"])
        cidrs = try reader.list(members["cidrs"], "cidrs")
        nodes = [:]
        guard case .object(let entries)? = members["nodes"] else { throw reader.badField("nodes", "an object") }
        for (name, value) in entries {
            guard DomainName.isLabel(name) else { throw reader.badField("nodes", "named by DNS labels") }
            let members = try reader.members(of: value, ["addresses", "generation", "sourceCommit", "digest"])
            nodes[name] = NodeState(
                addresses: try reader.list(members["addresses"], "addresses"),
                generation: try reader.integer(members["generation"], "generation"),
                sourceCommit: try reader.value("sourceCommit", in: members),
                digest: try reader.value("digest", in: members))
        }
    }
}

/// One parsed file; knows its path for what it has to say.
private struct StateFileReader {
    let path: String
    let json: JSONValue

    init(_ file: StateFile, _ bytes: [UInt8]) throws(StateFileError) {
        path = file.path
        guard bytes.count <= PublishedState.largestFile else {
            throw StateFileError(code: .tooLarge, path: path, detail: "more than \(PublishedState.largestFile) bytes")
        }
        do throws(JSONParser.Failure) {
            json = try JSONParser.parse(bytes)
        } catch {
            throw StateFileError(code: .malformed, path: path, detail: "at byte \(error.offset): \(error.reason)")
        }
    }

    /// The members of an object that has exactly these.
    func members(of value: JSONValue, _ names: Set<String>) throws(StateFileError) -> [String: JSONValue] {
        guard case .object(let members) = value, Set(members.keys) == names else {
            throw badField("an object", "with exactly \(names.sorted().joined(separator: ", "))")
        }
        return members
    }

    func string(_ value: JSONValue?, _ name: String) throws(StateFileError) -> String {
        guard case .string(let text)? = value else { throw badField(name, "a string") }
        return text
    }

    func integer(_ value: JSONValue?, _ name: String) throws(StateFileError) -> UInt64 {
        guard case .integer(let number)? = value else { throw badField(name, "a whole number") }
        return number
    }

    func value<T: LosslessStringConvertible>(
        _ name: String, in members: [String: JSONValue]
    ) throws(StateFileError) -> T {
        try parse(try string(members[name], name), name)
    }

    func list<T: LosslessStringConvertible>(_ value: JSONValue?, _ name: String) throws(StateFileError) -> [T] {
        guard case .array(let items)? = value else { throw badField(name, "a list") }
        var result: [T] = []
        for item in items { result.append(try parse(try string(item, name), name)) }
        return result
    }

    func badField(_ name: String, _ expected: String) -> StateFileError {
        StateFileError(code: .badField, path: path, detail: "\(name) must be \(expected)")
    }

    private func parse<T: LosslessStringConvertible>(_ text: String, _ name: String) throws(StateFileError) -> T {
        guard let value = T(text) else { throw badField(name, "a valid \(T.self)") }
        return value
    }
}
