/// OpenSSL fails in the calls that use these only when memory runs out or an algorithm is missing altogether: nothing that a
/// peer sends can bring that about, and nothing can go on without.
func required(_ pointer: OpaquePointer?, _ what: String) -> OpaquePointer {
    guard let pointer else { preconditionFailure("this OpenSSL lacks \(what)") }
    return pointer
}

@inline(__always)
func check(_ status: Int32) {
    precondition(status == 1, "an OpenSSL call that cannot fail did")
}
