internal import CPKCS11
internal import Glibc
internal import Sodium
internal import Synchronization

/// A PKCS #11 module: a library that a maker of tokens gives. Loaded and initialized once in a process, and never unloaded,
/// as its threads and handlers may outlive every use.
final class PKCS11Module: @unchecked Sendable {
    // Invariant for `@unchecked Sendable`: the list is constant once the module is initialized, which is told that threads
    // call it at the same time (CKF_OS_LOCKING_OK).
    let functions: ck_function_list

    /// PINs that tokens did not take, by slot. A token locks after a few, and whoever signs tries again and again.
    private let refused = Mutex<Set<RefusedPIN>>([])

    private static let loaded = Mutex<[String: PKCS11Module]>([:])

    static func load(_ path: String) throws(PKCS11Error) -> PKCS11Module {
        let result = loaded.withLock { loaded -> Result<PKCS11Module, PKCS11Error> in
            if let module = loaded[path] { return .success(module) }
            do throws(PKCS11Error) {
                let module = try PKCS11Module(path)
                loaded[path] = module
                return .success(module)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private init(_ path: String) throws(PKCS11Error) {
        guard let library = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            throw PKCS11Error(.noModule, "\(path): cannot load the module: \(Self.loaderError)")
        }
        typealias List = UnsafeMutablePointer<ck_function_list>
        typealias GetFunctionList = @convention(c) (UnsafeMutablePointer<List?>?) -> UInt
        guard let symbol = dlsym(library, "C_GetFunctionList") else {
            throw PKCS11Error(.noModule, "\(path): not a PKCS #11 module: \(Self.loaderError)")
        }
        var list: List?
        let status = unsafeBitCast(symbol, to: GetFunctionList.self)(&list)
        guard status == CKR_OK, let list else { throw PKCS11Error("C_GetFunctionList", returned: status) }
        functions = list.pointee
        var arguments = ck_c_initialize_args()
        arguments.flags = CKF_OS_LOCKING_OK
        let started = functions.C_Initialize(&arguments)
        guard started == CKR_OK || started == CKR_CRYPTOKI_ALREADY_INITIALIZED else {
            throw PKCS11Error("C_Initialize", returned: started)
        }
    }

    /// Logs in, with each wrong PIN once in the life of this process.
    func logIn(_ session: UInt, slot: UInt, pin: SecretBytes, of uri: PKCS11URI) throws(PKCS11Error) {
        let attempt = RefusedPIN(slot: slot, digest: pin.withUnsafeBytes { SHA256Digest.of($0) })
        // Under the lock: keys of one token are not tried with the same PIN side by side.
        let status = refused.withLock { refused -> UInt? in
            guard !refused.contains(attempt) else { return nil }
            let status = pin.withUnsafeBytes { pin in
                var copy = Array(pin)
                defer { copy.withUnsafeMutableBytes { Sodium.wipe($0) } }
                return functions.C_Login(session, CKU_USER, &copy, UInt(copy.count))
            }
            let isRefused = [CKR_PIN_INCORRECT, CKR_PIN_INVALID, CKR_PIN_LEN_RANGE].contains(status)
            if isRefused, refused.count < Self.maximumRefused { refused.insert(attempt) }
            return status
        }
        guard let status else {
            throw PKCS11Error(
                .wrongPIN,
                "\(uri): the token did not take this PIN before, and is not asked again, as it locks after a few: correct the PIN, or start again if it is right now"
            )
        }
        // The login is the application's, with all its sessions.
        if status != CKR_USER_ALREADY_LOGGED_IN { try check("C_Login", status) }
    }

    /// More than any token bears.
    private static let maximumRefused = 1024

    private struct RefusedPIN: Hashable {
        let slot: UInt
        let digest: [UInt8]
    }

    /// The slot of the one token that fits.
    func slot(of uri: PKCS11URI) throws(PKCS11Error) -> UInt {
        var count: UInt = 0
        try check("C_GetSlotList", functions.C_GetSlotList(1, nil, &count))
        // One more may have come meanwhile.
        count = min(count + 8, 4096)
        var slots = [UInt](repeating: 0, count: Int(count))
        try check("C_GetSlotList", functions.C_GetSlotList(1, &slots, &count))
        var fitting: [UInt] = []
        for slot in slots.prefix(Int(count)) {
            var info = ck_token_info()
            guard functions.C_GetTokenInfo(slot, &info) == CKR_OK else { continue }
            if uri.token.allSatisfy({ name, value in info.bytes(of: name) == value }) { fitting.append(slot) }
        }
        guard let slot = fitting.first else {
            throw PKCS11Error(.noSuchToken, "no token fits \(uri): is it plugged in?")
        }
        guard fitting.count == 1 else {
            throw PKCS11Error(.ambiguous, "\(fitting.count) tokens fit \(uri): name its `serial` too")
        }
        return slot
    }

    private static var loaderError: String { dlerror().map { String(cString: $0) } ?? "no reason given" }
}

func check(_ function: String, _ status: UInt) throws(PKCS11Error) {
    guard status == CKR_OK else { throw PKCS11Error(function, returned: status) }
}

extension ck_token_info {
    /// Without the blanks that fill it up.
    fileprivate func bytes(of attribute: PKCS11URI.TokenAttribute) -> [UInt8] {
        switch attribute {
        case .token: Self.trimmed(label)
        case .manufacturer: Self.trimmed(manufacturer_id)
        case .model: Self.trimmed(model)
        case .serial: Self.trimmed(serial_number)
        }
    }

    private static func trimmed<T>(_ field: T) -> [UInt8] {
        let bytes = withUnsafeBytes(of: field) { Array($0) }
        guard let last = bytes.lastIndex(where: { $0 != UInt8(ascii: " ") && $0 != 0 }) else { return [] }
        return Array(bytes[...last])
    }
}
