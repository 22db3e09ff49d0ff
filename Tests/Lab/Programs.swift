internal import Glibc

/// Where this package is.
package func checkout() -> String {
    // This file is Tests/Lab/Programs.swift.
    #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
}

/// Where the programs under test are: the directory in CVLAN_BIN, or else this package's `.build/release`.
package func program(_ name: String) throws -> String {
    let directory: String
    if let chosen = getenv("CVLAN_BIN") {
        directory = String(cString: chosen)
    } else {
        directory = checkout() + "/.build/release"
    }
    let path = directory + "/" + name
    guard access(path, X_OK) == 0 else {
        throw LabError("no program at \(path): build it first, or say in CVLAN_BIN where it is")
    }
    return path
}
