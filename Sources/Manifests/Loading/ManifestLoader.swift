/// Reads manifests from bytes, wherever they come from.
package struct ManifestLoader: Sendable {
    package var limits: ManifestLimits

    package init(limits: ManifestLimits = ManifestLimits()) {
        self.limits = limits
    }

    /// Reads one file. What is wrong with it is in the result, sorted by place.
    ///
    /// - Parameter path: decides the format: JSON with the suffix `.json`, else YAML. A path `tenants/NAME/…` says
    ///   whose fault it is where a document does not.
    package func load(path: String, bytes: [UInt8]) -> ManifestFile {
        guard bytes.count <= limits.fileBytes else { return refused(path: path, byteCount: bytes.count) }
        let source = SourceFile(path: path)
        var file = ManifestFile(source: source)
        file.digest = ManifestFile.digest(of: bytes)
        do throws(ManifestProblem) {
            if source.isJSON {
                var reader = JSONReader(bytes: bytes, source: source, limits: limits)
                read(&reader, into: &file)
            } else {
                let mayIgnore = IgnoreScanner.mayFind(in: bytes)
                var reader = try YAMLComposer(bytes: bytes, source: source, limits: limits, mapsScalars: mayIgnore)
                read(&reader, into: &file)
                if let scalars = reader.scalars {
                    file.ignores = IgnoreScanner.comments(in: bytes, of: source, scalars: scalars)
                }
            }
        } catch {
            file.problems.append(error)
        }
        let owner = Self.tenant(ofPath: path)
        for index in file.problems.indices where file.problems[index].tenant == nil {
            file.problems[index].tenant = owner
        }
        file.remarks += ManifestRemark.secrets(in: bytes, of: source, limits: limits)
        file.hideSecrets(in: bytes)
        file.remarks.sort { ($0.span, $0.message) < ($1.span, $1.message) }
        let author = owner ?? file.resources.first?.metadata.tenant ?? file.undecodable.first?.tenant
        for index in file.ignores.indices { file.ignores[index].tenant = author }
        for index in file.remarks.indices { file.remarks[index].tenant = author }
        file.problems.sort { ($0.span, $0.message) < ($1.span, $1.message) }
        return file
    }

    /// For a file that is too large to be read at all. Ask by size first: `limits.fileBytes`.
    package func refused(path: String, byteCount: Int) -> ManifestFile {
        refused(path: path, .limit, "the file has \(byteCount) bytes, more than \(limits.fileBytes)")
    }

    func refused(path: String, _ kind: ManifestProblem.Kind, _ message: String) -> ManifestFile {
        var file = ManifestFile(source: SourceFile(path: path))
        let span = SourceSpan(startOf: file.source)
        file.problems = [ManifestProblem(kind, at: span, message, tenant: Self.tenant(ofPath: path))]
        return file
    }

    private func read(_ reader: inout some DocumentReader, into file: inout ManifestFile) {
        var count = 0
        do throws(ManifestProblem) {
            var syntaxProblems = 0
            while let document = try reader.nextDocument() {
                count += 1
                guard count <= limits.documentsPerFile else {
                    throw ManifestProblem(
                        .limit, at: document.span, "the file has more than \(limits.documentsPerFile) documents")
                }
                guard !document.isEmpty else { continue }
                var decoder = ResourceDecoder(document, limits: limits)
                decoder.add(reader.problems[syntaxProblems...])
                syntaxProblems = reader.problems.count
                file.add(decoder)
                guard file.problems.count < limits.problemsPerFile else {
                    throw ManifestProblem(.limit, at: document.span, "too many problems: the rest is not looked at")
                }
            }
        } catch {
            file.problems.append(error)
        }
    }

    /// NAME of the first `tenants/NAME/` in a path.
    package static func tenant(ofPath path: String) -> String? {
        var rest = RepositoryPath.unquoted(path)
        while let part = nextPart(of: &rest) {
            guard part.utf8.elementsEqual("tenants".utf8) else { continue }
            guard let name = nextPart(of: &rest), rest.utf8.contains(where: { $0 != slash }), DomainName.isLabel(name)
            else { return nil }
            return String(name)
        }
        return nil
    }

    /// Takes a part that is not empty from the beginning of a path, and what ends it.
    private static func nextPart(of path: inout Substring) -> Substring? {
        path = Substring(path.utf8.drop { $0 == slash })
        guard !path.isEmpty else { return nil }
        let end = path.utf8.firstIndex(of: slash) ?? path.endIndex
        defer { path = path[end...] }
        return path[..<end]
    }

    private static let slash = UInt8(ascii: "/")

    /// Whether a file of a repository holds manifests: its path relative to the repository's root ends in `.yaml`,
    /// `.yml` or `.json`, and no part of it begins with a dot. The path may be in quotes, as git prints some.
    package static func isManifest(path: String) -> Bool {
        let letters = RepositoryPath.unquoted(path).utf8
        guard suffixes.contains(where: { letters.suffix($0.utf8.count).elementsEqual($0.utf8) }) else { return false }
        var beginsPart = true
        for letter in letters {
            if beginsPart, letter == UInt8(ascii: ".") { return false }
            beginsPart = letter == slash
        }
        return true
    }

    private static let suffixes = [".yaml", ".yml", ".json"]
}

extension ManifestFile {
    fileprivate mutating func add(_ decoder: ResourceDecoder) {
        problems += decoder.problems
        remarks += decoder.remarks
        if decoder.problems.isEmpty, let resource = decoder.resource {
            resources.append(resource)
        } else if let id = decoder.id {
            undecodable.append(id)
        }
    }
}

extension ResourceDecoder {
    /// Problems of the document's syntax that did not keep it from being read.
    fileprivate mutating func add(_ syntaxProblems: ArraySlice<ManifestProblem>) {
        problems += syntaxProblems.map { problem in
            var problem = problem
            problem.tenant = tenant
            return problem
        }
    }
}
