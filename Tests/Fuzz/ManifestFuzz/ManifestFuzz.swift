import Manifests

/// YAML and JSON as anyone could commit them. Whatever it is, it is read or refused; and a node that was read is read
/// again from how it is written.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let loader = ManifestLoader()
    let files = ["tenants/acme/x.yaml", "x.json"].map { loader.load(path: $0, bytes: bytes) }
    for file in files {
        for problem in file.problems {
            precondition(problem.span.line >= 1 && problem.span.column >= 1 && problem.span.length >= 1)
            precondition(!problem.message.isEmpty && !problem.message.contains("\n"))
        }
        for case .node(let node) in file.resources {
            let again = loader.load(path: "x.yaml", bytes: Array(node.yaml.utf8))
            precondition(again.problems.isEmpty && again.resources == [.node(node)])
        }
    }
    _ = ManifestSet(files: files)
    return 0
}
