internal import CGit2
internal import Synchronization

/// The library itself: started once, and its errors translated.
enum LibGit2 {
    private static let started = Mutex(false)

    /// Largest object that is unpacked from a pack, so that a small blob stored as the delta of a huge one is refused
    /// too.
    static let packedObjectBytes = 256 << 20

    static func start() throws(GitError) {
        let failed: Bool = started.withLock { started in
            if started { return false }
            guard git_libgit2_init() > 0, cvlan_git_set_pack_max_object_size(packedObjectBytes) == 0,
                cvlan_git_set_user_agent("cloudvlan") == 0, BoundedStream.register() == 0
            else { return true }
            started = true
            return false
        }
        if failed { throw lastError(-1, doing: "starting libgit2") }
    }

    /// Throws unless `code` is zero or positive. Must run on the thread of the failed call, right after it.
    static func check(_ code: Int32, doing what: @autoclosure () -> String) throws(GitError) {
        if code < 0 { throw lastError(code, doing: what()) }
    }

    @inline(never)
    static func lastError(_ code: Int32, doing what: String) -> GitError {
        let last = git_error_last()
        let words = last?.pointee.message.map { String(cString: $0) } ?? "error \(code)"
        let area = last.map { git_error_t(rawValue: UInt32(bitPattern: $0.pointee.klass)) } ?? GIT_ERROR_NONE
        git_error_clear()
        return GitError(Self.code(code, area, words), "\(what): \(words)")
    }

    private static func code(_ code: Int32, _ area: git_error_t, _ words: String) -> GitError.Code {
        switch git_error_code(code) {
        case GIT_ENOTFOUND: return .notFound
        case GIT_EEXISTS, GIT_EMODIFIED: return .moved
        case GIT_ENONFASTFORWARD: return .rejected
        case GIT_EAUTH: return .authentication
        case GIT_ECERTIFICATE: return .untrustedServer
        case GIT_EOWNER: return .untrustedOwner
        case GIT_EMISMATCH: return .corrupt
        case GIT_EINVALIDSPEC, GIT_EAMBIGUOUS: return .invalid
        case GIT_EBAREREPO: return .unsupported
        case GIT_ELOCKED: return .storage
        default: break
        }
        switch area {
        case GIT_ERROR_HTTP where words.contains("status code: 404"): return .notFound
        case GIT_ERROR_HTTP where words.contains("status code: 401") || words.contains("status code: 403"):
            return .authentication
        case GIT_ERROR_SSH where words.contains("authenticat"): return .authentication
        case GIT_ERROR_NET, GIT_ERROR_HTTP, GIT_ERROR_SSH, GIT_ERROR_SSL: return .unreachable
        case GIT_ERROR_OS, GIT_ERROR_FILESYSTEM, GIT_ERROR_NOMEMORY: return .storage
        case GIT_ERROR_ODB, GIT_ERROR_OBJECT, GIT_ERROR_ZLIB, GIT_ERROR_INDEXER, GIT_ERROR_TREE, GIT_ERROR_SHA:
            return .corrupt
        default: return .invalid
        }
    }
}

extension ObjectID {
    init(_ id: git_oid) {
        self = withUnsafeBytes(of: id) { bytes in
            ObjectID(
                high: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                middle: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
                low: UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self)))
        }
    }

    /// Without an allocation: there is one for each object that is read.
    var oid: git_oid {
        var id = git_oid()
        withUnsafeMutableBytes(of: &id) { bytes in
            bytes.storeBytes(of: high.bigEndian, toByteOffset: 0, as: UInt64.self)
            bytes.storeBytes(of: middle.bigEndian, toByteOffset: 8, as: UInt64.self)
            bytes.storeBytes(of: low.bigEndian, toByteOffset: 16, as: UInt32.self)
        }
        return id
    }
}
