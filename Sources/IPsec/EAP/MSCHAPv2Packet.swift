/// What an EAP message of type 26 carries (draft-kamath-pppext-eap-mschapv2-02 §2): code 1 │ identifier 1 │ length 2 │ data.
struct MSCHAPv2Packet: Hashable {
    enum Code: UInt8 {
        case challenge = 1
        case response = 2
        case success = 3
        case failure = 4
    }

    let code: Code
    /// `nil` in what a peer acknowledges with, which is the code alone.
    let identifier: UInt8?
    let data: [UInt8]

    init(_ code: Code, identifier: UInt8?, _ data: [UInt8] = []) {
        self.code = code
        self.identifier = identifier
        self.data = data
    }

    /// `nil` for another code, or a length that is not what came.
    init?(_ bytes: [UInt8]) {
        guard let code = bytes.first.flatMap(Code.init) else { return nil }
        guard bytes.count > 1 else {
            self.init(code, identifier: nil)
            return
        }
        guard bytes.count >= 4, Int(bytes[2]) << 8 | Int(bytes[3]) == bytes.count else { return nil }
        self.init(code, identifier: bytes[1], Array(bytes[4...]))
    }

    var bytes: [UInt8] {
        guard let identifier else { return [code.rawValue] }
        let count = data.count + 4
        return [code.rawValue, identifier, UInt8(truncatingIfNeeded: count >> 8), UInt8(truncatingIfNeeded: count)]
            + data
    }
}

extension MSCHAPv2Packet {
    static let challengeCount = 16

    /// A challenge's data: its length 1 │ challenge 16 │ name.
    static func challenge(identifier: UInt8, _ challenge: [UInt8], name: [UInt8]) -> MSCHAPv2Packet {
        MSCHAPv2Packet(.challenge, identifier: identifier, [UInt8(challengeCount)] + challenge + name)
    }

    /// Of a challenge; `nil` for anything else.
    var challenge: [UInt8]? {
        guard code == .challenge, data.first == UInt8(Self.challengeCount), data.count > Self.challengeCount else {
            return nil
        }
        return Array(data[1..<1 + Self.challengeCount])
    }

    /// A response's data: length of the value 1 │ peer's challenge 16 │ zero 8 │ NT-Response 24 │ flags 1 │ name.
    struct Response: Hashable {
        let peerChallenge: [UInt8]
        let value: [UInt8]
        let name: [UInt8]

        static let valueCount = 49
    }

    static func response(identifier: UInt8, _ response: Response) -> MSCHAPv2Packet {
        let value = response.peerChallenge + [UInt8](repeating: 0, count: 8) + response.value + [0]
        return MSCHAPv2Packet(.response, identifier: identifier, [UInt8(Response.valueCount)] + value + response.name)
    }

    /// Of a response whose name has 1 to 256 bytes; `nil` for anything else.
    var response: Response? {
        let start = 1 + Response.valueCount
        guard code == .response, data.first == UInt8(Response.valueCount), start + 1...start + 256 ~= data.count else {
            return nil
        }
        return Response(
            peerChallenge: Array(data[1..<17]), value: Array(data[25..<49]), name: Array(data[start...]))
    }
}
