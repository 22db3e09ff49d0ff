internal import CPKCS11
internal import Sodium

/// A session with a token in which one key is found. Not to be used by two threads at once (PKCS #11 §6.7.6).
final class PKCS11Session {
    private let module: PKCS11Module
    private let handle: UInt
    private let privateKey: UInt
    let publicKey: Ed25519.PublicKey

    init(_ uri: PKCS11URI, module: PKCS11Module, pin: SecretBytes) throws(PKCS11Error) {
        self.module = module
        let functions = module.functions
        var handle: UInt = 0
        let slot = try module.slot(of: uri)
        try check("C_OpenSession", functions.C_OpenSession(slot, CKF_SERIAL_SESSION, nil, nil, &handle))
        self.handle = handle
        do throws(PKCS11Error) {
            try module.logIn(handle, slot: slot, pin: pin, of: uri)
            let objects = PKCS11Objects(functions: functions, session: handle)
            let privateKey = try objects.only(CKO_PRIVATE_KEY, label: uri.label, id: uri.id, of: uri)
            // The public half has the same id; where keys have none, the same label.
            let id = try objects.bytes(CKA_ID, of: privateKey)
            let isNamed = !id.isEmpty
            let other = try objects.only(
                CKO_PUBLIC_KEY, label: isNamed ? nil : uri.label, id: isNamed ? id : nil, of: uri)
            publicKey = try Self.publicKey(try objects.bytes(CKA_EC_POINT, of: other), uri)
            self.privateKey = privateKey
        } catch {
            _ = functions.C_CloseSession(handle)
            throw error
        }
    }

    deinit {
        _ = module.functions.C_CloseSession(handle)
    }

    func sign(_ message: [UInt8]) throws(PKCS11Error) -> [UInt8] {
        var mechanism = ck_mechanism(mechanism: UInt(CKM_EDDSA), parameter: nil, parameter_len: 0)
        try check("C_SignInit", module.functions.C_SignInit(handle, &mechanism, privateKey))
        var signature = [UInt8](repeating: 0, count: Ed25519.signatureCount)
        var count = UInt(signature.count)
        var message = message
        try check("C_Sign", module.functions.C_Sign(handle, &message, UInt(message.count), &signature, &count))
        return Array(signature.prefix(Int(min(count, UInt(signature.count)))))
    }

    /// CKA_EC_POINT: the point in a DER OCTET STRING, or as some tokens have it, alone.
    private static func publicKey(_ point: [UInt8], _ uri: PKCS11URI) throws(PKCS11Error) -> Ed25519.PublicKey {
        let wrapped: [UInt8] = [0x04, UInt8(Ed25519.publicKeyCount)]
        let isWrapped = point.starts(with: wrapped) && point.count > Ed25519.publicKeyCount
        guard let key = Ed25519.PublicKey(isWrapped ? point.dropFirst(2) : point[...]) else {
            throw PKCS11Error(.noSuchKey, "the key of \(uri) is not Ed25519")
        }
        return key
    }
}

/// The objects of a token, as one session sees them.
private struct PKCS11Objects {
    let functions: ck_function_list
    let session: UInt

    /// The one Edwards key that fits.
    func only(_ kind: UInt, label: [UInt8]?, id: [UInt8]?, of uri: PKCS11URI) throws(PKCS11Error) -> UInt {
        var template = [(CKA_CLASS, Self.bytes(kind)), (CKA_KEY_TYPE, Self.bytes(UInt(CKK_EC_EDWARDS)))]
        if let label { template.append((CKA_LABEL, label)) }
        if let id { template.append((CKA_ID, id)) }
        let found = try find(template)
        let half = kind == CKO_PRIVATE_KEY ? "private" : "public"
        guard let object = found.first else {
            throw PKCS11Error(.noSuchKey, "no \(half) Ed25519 key (CKK_EC_EDWARDS) fits \(uri)")
        }
        guard found.count == 1 else {
            throw PKCS11Error(.ambiguous, "several \(half) keys fit \(uri): name its `id`")
        }
        return object
    }

    private func find(_ template: [(UInt, [UInt8])]) throws(PKCS11Error) -> [UInt] {
        // One block of memory for all values: the attributes point into it.
        var storage = template.flatMap(\.1)
        let status = storage.withUnsafeMutableBytes { storage in
            var offset = 0
            var attributes = template.map { type, value in
                defer { offset += value.count }
                return ck_attribute(
                    type: type, value: storage.baseAddress?.advanced(by: offset), value_len: UInt(value.count))
            }
            return functions.C_FindObjectsInit(session, &attributes, UInt(attributes.count))
        }
        try check("C_FindObjectsInit", status)
        defer { _ = functions.C_FindObjectsFinal(session) }
        var objects = [UInt](repeating: 0, count: 2)
        var count: UInt = 0
        try check("C_FindObjects", functions.C_FindObjects(session, &objects, UInt(objects.count), &count))
        return Array(objects.prefix(Int(min(count, 2))))
    }

    func bytes(_ attribute: UInt, of object: UInt) throws(PKCS11Error) -> [UInt8] {
        var value = [UInt8](repeating: 0, count: 512)
        var count = 0
        let status = value.withUnsafeMutableBytes { value in
            var attributes = ck_attribute(type: attribute, value: value.baseAddress, value_len: UInt(value.count))
            let status = functions.C_GetAttributeValue(session, object, &attributes, 1)
            count = Int(clamping: attributes.value_len)
            return status
        }
        try check("C_GetAttributeValue", status)
        return Array(value.prefix(count))
    }

    private static func bytes(_ number: UInt) -> [UInt8] { withUnsafeBytes(of: number) { Array($0) } }
}
