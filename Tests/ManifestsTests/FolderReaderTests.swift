import Foundation
import Manifests
import Testing

struct FolderReaderTests {
    /// A folder that is gone when the test is over.
    private final class Folder {
        let path = NSTemporaryDirectory() + "folder-\(UUID().uuidString)"

        init(_ files: [String]) throws {
            for file in files {
                let url = URL(fileURLWithPath: "\(path)/\(file)")
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(Sample.node.utf8).write(to: url)
            }
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    @Test func readsManifestsInOrderAndNothingElse() throws {
        let folder = try Folder([
            "b.yaml", "a/z.yml", "a/y.json", "README.md", ".hidden.yaml", ".git/x.yaml", "a/.b/x.yaml", "c.yaml.orig",
        ])
        let files = try FolderReader().read(folder.path + "/")
        #expect(files.map { $0.source.path.dropFirst(folder.path.count) } == ["/a/y.json", "/a/z.yml", "/b.yaml"])
    }

    @Test func symbolicLinksAreNotFollowed() throws {
        let folder = try Folder(["tree/a.yaml", "outside/secret.yaml"])
        let manager = FileManager.default
        try manager.createSymbolicLink(
            atPath: folder.path + "/tree/file.yaml", withDestinationPath: "../outside/secret.yaml")
        try manager.createSymbolicLink(atPath: folder.path + "/tree/folder", withDestinationPath: "../outside")
        try manager.createSymbolicLink(atPath: folder.path + "/tree/loop", withDestinationPath: ".")
        #expect(try FolderReader().read(folder.path + "/tree").map(\.source.path) == [folder.path + "/tree/a.yaml"])
    }

    @Test func aFileIsReadWhateverItsName() throws {
        let folder = try Folder([".hidden"])
        #expect(try FolderReader().read(folder.path + "/.hidden").flatMap(\.resources).count == 1)
    }

    @Test func whatIsNotThereIsAFailure() {
        #expect(throws: FolderReader.Failure.self) { try FolderReader().read("/no/such/path") }
        #expect(throws: FolderReader.Failure.self) { try FolderReader().read("/dev/null") }
    }

    @Test func aNameInAnotherEncodingIsSaidToBeOne() throws {
        let folder = try Folder(["a.yaml"])
        let name = Array("\(folder.path)/b".utf8) + [0xE9] + Array(".yaml".utf8)
        let file = try #require(fopen((name + [0]).map(CChar.init(bitPattern:)), "w"))
        fclose(file)
        let problems = try FolderReader().read(folder.path).flatMap(\.problems)
        #expect(problems.map(\.kind) == [.unreadable] && problems.first?.message.contains("not UTF-8") == true)
    }

    @Test func foldersInsideEachOtherHaveALimit() throws {
        let folder = try Folder(["a/b/c/d.yaml"])
        var limits = ManifestLimits()
        limits.folderDepth = 2
        let files = try FolderReader(loader: ManifestLoader(limits: limits)).read(folder.path)
        #expect(files.flatMap(\.problems).map(\.kind) == [.limit])
    }
}
