import Agent
import Foundation
import Testing
import WireFormat

@Suite struct AgentStoreTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "agent-store-\(UUID())")

    private func withStore(_ body: (String) throws -> Void) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.appending(path: "agent.sqlite").path)
    }

    private func sealed(_ payload: String, segments: [UInt8]) -> AgentStore.SealedConfig {
        var envelope = WireEnvelope()
        envelope.payload = Data(payload.utf8)
        var root = WireEnvelope()
        root.payloadType = "root of \(payload)"
        let list = segments.map { (Data(repeating: $0, count: 32), Data([$0])) }
        return AgentStore.SealedConfig(
            envelope: envelope, root: root, segments: Dictionary(list, uniquingKeysWith: { first, _ in first }))
    }

    @Test func emptyStoreHasNothing() throws {
        try withStore { path in
            let store = try AgentStore(path: path)
            #expect(try store.config() == nil)
            #expect(try store.root() == nil)
            #expect(try store.listenPorts().isEmpty)
        }
    }

    @Test func newConfigReplacesTheOldWithItsSegments() throws {
        try withStore { path in
            try AgentStore(path: path).save(sealed("one", segments: [1, 2, 3]))
            try AgentStore(path: path).save(sealed("two", segments: [3, 4]))
            let stored = try #require(try AgentStore(path: path).config())
            #expect(stored.envelope.payload == Data("two".utf8))
            #expect(stored.root.payloadType == "root of two")
            #expect(Set(stored.segments.values) == [Data([3]), Data([4])])
        }
    }

    @Test func startingOverLeavesNothingOfTheOldRoot() throws {
        try withStore { path in
            var root = WireEnvelope()
            root.payloadType = "r"
            try AgentStore(path: path).save(sealed("one", segments: [1]))
            try AgentStore(path: path).startOver(root: root)
            #expect(try AgentStore(path: path).config() == nil)
            #expect(try AgentStore(path: path).root() == root)
        }
    }

    @Test func portsAndRootOutliveTheProcess() throws {
        try withStore { path in
            var root = WireEnvelope()
            root.payloadType = "r"
            try AgentStore(path: path).save(root: root)
            try AgentStore(path: path).save(listenPorts: ["cv-a": 65535, "cv-b": 1])
            try AgentStore(path: path).save(listenPorts: ["cv-a": 65535])
            #expect(try AgentStore(path: path).root() == root)
            #expect(try AgentStore(path: path).listenPorts() == ["cv-a": 65535])
        }
    }
}
