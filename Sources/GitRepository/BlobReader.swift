internal import CGit2
internal import Dispatch
internal import Synchronization

/// A blob's content, or its size where that is beyond the limit it was asked for with.
package enum BlobContent: Sendable, Equatable {
    case bytes([UInt8])
    case tooLarge(Int)
}

/// Reads blobs from any thread, and many of them on all cores. Safe beside everything else that uses the repository:
/// objects never change.
package final class BlobReader: Sendable {
    /// libgit2's handles are not for two threads at once: whoever reads takes one out of `idle` for the while.
    private struct Lent: @unchecked Sendable {
        let handle: RepositoryHandle
    }

    private let directory: String
    private let idle = Mutex<[Lent]>([])

    /// What one thread reads before it asks for more.
    private static let chunk = 64

    package init(_ repository: Repository) {
        directory = repository.directory
    }

    package func read(_ id: ObjectID, limit: Int) throws(GitError) -> BlobContent {
        try lend { (handle) throws(GitError) in try handle.blob(id, limit: limit) }
    }

    /// Reads every blob, and makes something of its content at once and on the same thread. The results are in the order
    /// of `ids`; blocks until all are there.
    ///
    /// - Parameter body: gets the position in `ids`; called on several threads.
    package func map<Value: Sendable>(
        _ ids: [ObjectID], limit: Int, _ body: @Sendable (Int, BlobContent) -> Value
    ) throws(GitError) -> [Value] {
        let starts = Array(stride(from: 0, to: ids.count, by: Self.chunk))
        let results = Mutex([Result<[Value], GitError>?](repeating: nil, count: starts.count))
        DispatchQueue.concurrentPerform(iterations: starts.count) { index in
            let range = starts[index]..<min(ids.count, starts[index] + Self.chunk)
            let result: Result<[Value], GitError>
            do throws(GitError) {
                result = .success(
                    try lend { (handle) throws(GitError) in
                        var values: [Value] = []
                        values.reserveCapacity(range.count)
                        for position in range {
                            values.append(body(position, try handle.blob(ids[position], limit: limit)))
                        }
                        return values
                    })
            } catch {
                result = .failure(error)
            }
            results.withLock { $0[index] = result }
        }
        var values: [Value] = []
        values.reserveCapacity(ids.count)
        for result in results.withLock({ $0 }) { values += try result?.get() ?? [] }
        return values
    }

    private func lend<Value>(_ body: (RepositoryHandle) throws(GitError) -> Value) throws(GitError) -> Value {
        let lent =
            if let lent = idle.withLock({ $0.popLast() }) {
                lent
            } else {
                Lent(handle: try RepositoryHandle(opening: directory))
            }
        defer { idle.withLock { $0.append(lent) } }
        return try body(lent.handle)
    }
}

extension RepositoryHandle {
    fileprivate func blob(_ id: ObjectID, limit: Int) throws(GitError) -> BlobContent {
        let size = try header(id, expecting: GIT_OBJECT_BLOB).size
        return size > limit ? .tooLarge(size) : .bytes(try content(id))
    }
}

extension ObjectID {
    /// What git calls a blob with this content.
    package init?(ofBlob bytes: [UInt8]) {
        var oid = git_oid()
        guard bytes.withUnsafeBytes({ git_odb_hash(&oid, $0.baseAddress, $0.count, GIT_OBJECT_BLOB) }) == 0 else {
            git_error_clear()
            return nil
        }
        self.init(oid)
    }
}
