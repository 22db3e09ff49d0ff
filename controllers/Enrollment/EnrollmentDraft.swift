internal import Authorization
internal import Foundation
internal import GitRepository
internal import Lint
internal import ManifestSource
internal import Manifests
internal import OverlayNetwork
internal import Reconciling
internal import Trust

/// The commit that is to enrol a batch of nodes, as it grows. A value: it is thrown away and begun again when main has
/// moved meanwhile.
struct EnrollmentDraft {
    /// A node that is to be written.
    struct Addition {
        let node: NodeKey
        let token: String
        let proof: JoinProof
        let path: String
        let text: String
        let isForReview: Bool
    }

    enum Outcome: Sendable, Equatable {
        /// The node is there already, with this key: a retry.
        case present(NodeKey)
        case added(NodeKey)
        case forReview(NodeKey)
    }

    private(set) var tree: SourceTree
    private(set) var ledger: TokenLedger
    private(set) var additions: [Addition] = []
    private let now: Date
    private var manifests: [String: TenantManifests] = [:]

    init(tree: SourceTree, ledger: TokenLedger, now: Date) {
        self.tree = tree
        self.ledger = ledger
        self.now = now
    }

    /// Adds the node that a request asks for, if its token allows it.
    mutating func admit(_ request: EnrollmentRequest) throws(APIError) -> Outcome {
        guard let name = request.token?.claims.tenant, var tenant = tenant(name) else {
            throw APIError(.forbidden, "token-unknown-key", "the join token is of no tenant here")
        }
        guard let (claims, key, proof) = try request.claims(of: tenant.tenant, now: now) else {
            throw APIError.malformed
        }
        let declared = tenant.nodes[key.node]
        if let declared, let known = declared.publicKey {
            guard known == request.publicKey else {
                throw APIError(.conflict, "name-taken", "\(key) is enrolled with another key; choose another name")
            }
            return .present(key)
        }
        if tenant.nodes.values.contains(where: { $0.publicKey == request.publicKey }) {
            throw APIError(.conflict, "key-taken", "another node of the tenant has this public key")
        }
        for cvlan in claims.cvlans where tenant.cvlans[cvlan] == nil {
            throw APIError(.forbidden, "unknown-network", "the tenant has no network \(cvlan) any more")
        }
        guard ledger.uses(of: claims.id) < claims.uses else {
            throw APIError(
                .forbidden, "token-used-up", "the join token has been used \(claims.uses) times, as often as it may")
        }
        let (node, path) = try manifest(of: key, declared, claims, request)
        let isForReview = tenant.tenant.enrollment.approval == .review
        additions.append(
            Addition(
                node: key, token: claims.id, proof: proof, path: path, text: node.yaml, isForReview: isForReview))
        guard !isForReview else { return .forReview(key) }
        ledger.use(claims.id)
        tree = tree.adding(ManifestLoader().load(path: path, bytes: Array(node.yaml.utf8)), at: path)
        tenant.nodes[key.node] = node
        manifests[key.tenant] = tenant
        return .added(key)
    }

    private mutating func tenant(_ name: String) -> TenantManifests? {
        if let known = manifests[name] { return known }
        let found = tree.manifests(of: name).tenants[name]
        manifests[name] = found
        return found
    }

    /// A new Node; or a declared one that waits for its key, completed where it is written.
    private func manifest(
        of key: NodeKey, _ declared: Node?, _ claims: JoinToken, _ request: EnrollmentRequest
    ) throws(APIError) -> (Node, path: String) {
        let path = "tenants/\(key.tenant)/nodes/\(key.node).yaml"
        let node = Node(
            claims, name: key.node, publicKey: request.publicKey, endpoints: request.endpoints.map { Located($0) },
            completing: declared)
        guard let declared else {
            guard tree.files[path] == nil else {
                throw APIError(.conflict, "name-taken", "\(path) is there already, with something else in it")
            }
            return (node, path)
        }
        guard declared.mayTakeKey(from: claims) else {
            throw APIError(.conflict, "name-taken", "\(key) is declared; it enrols with a token that names it")
        }
        let file = declared.metadata.$name.span.file.path
        guard let entry = tree.files[file]?.file, entry.resources.count == 1, entry.undecodable.isEmpty,
            entry.problems.isEmpty, !file.hasSuffix(".json")
        else {
            throw APIError(
                .conflict, "cannot-write",
                "\(file) holds more than this node: give it a YAML file of its own, or its key")
        }
        return (node, file)
    }

    // MARK: Would it hold?

    /// Something that the new manifests would break, or, without a path, that is broken in the tenant without them.
    struct Fault {
        let tenant: String
        let path: String?
        let message: String
    }

    /// A commit with faults would hold its tenant back, which a token must not be able to do.
    func faults(state: (String) -> TenantState?) -> [Fault] {
        let time = Timestamp(secondsSince1970: Int64(now.timeIntervalSince1970))
        let paths = Set(additions.lazy.filter { !$0.isForReview }.map(\.path))
        var faults: [Fault] = []
        func add(_ description: String, at path: String, of tenant: String) {
            faults.append(Fault(tenant: tenant, path: paths.contains(path) ? path : nil, message: description))
        }
        for name in Set(additions.lazy.filter { !$0.isForReview }.map(\.node.tenant)) {
            let set = tree.manifests(of: name)
            let errors = Linter(at: time).findings(in: set).filter { $0.code.holdsBack && $0.tenant == name }
            for error in errors { add(error.description, at: error.span.file.path, of: name) }
            guard errors.isEmpty, let manifests = set.tenants[name], let commit = SourceCommit(tree.commit.description)
            else { continue }
            let input = TenantInput(
                manifests: manifests, sourceCommit: commit, previous: state(name), time: time, height: 1)
            do throws(NetworkErrors) {
                _ = try Reconciler.compile(input)
            } catch {
                for error in error.errors { add(error.description, at: error.span.file.path, of: name) }
            }
        }
        return faults
    }
}
