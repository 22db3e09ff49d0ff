import Glibc
import TestLab
import Testing

/// Runs `body` in a new network namespace, which ends with it: sockets and devices that are made there live in that
/// namespace. Needs root.
func inNewNetworkNamespace<R>(_ body: () throws -> R) throws -> R {
    try comingBack {
        // glibc shows `unshare` to _GNU_SOURCE only.
        typealias Unshare = @convention(c) (Int32) -> Int32
        let unshare = unsafeBitCast(try #require(dlsym(nil, "unshare")), to: Unshare.self)
        try #require(unshare(newNetwork) == 0)
        return try body()
    }
}

/// Runs `body` in a lab's namespace; sockets that it makes and returns stay there.
func inNamespace<R>(_ namespace: Namespace, _ body: () throws -> R) throws -> R {
    try comingBack {
        let descriptor = open("/var/run/netns/" + namespace.name, O_RDONLY | O_CLOEXEC)
        defer { close(descriptor) }
        try enter(descriptor)
        return try body()
    }
}

/// Namespaces are a thread's: the calling one goes, and is back in its own afterwards. It is not done on a thread apart,
/// where nothing tells to which test a failed expectation belongs.
private func comingBack<R>(_ body: () throws -> R) throws -> R {
    let home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
    try #require(home >= 0)
    defer {
        do { try enter(home) } catch { preconditionFailure("a thread is lost in a test's namespace: \(error)") }
        close(home)
    }
    return try body()
}

private func enter(_ descriptor: Int32) throws {
    typealias EnterNamespace = @convention(c) (Int32, Int32) -> Int32
    let enter = unsafeBitCast(try #require(dlsym(nil, "setns")), to: EnterNamespace.self)
    try #require(enter(descriptor, newNetwork) == 0)
}

/// CLONE_NEWNET
private let newNetwork: Int32 = 0x4000_0000
