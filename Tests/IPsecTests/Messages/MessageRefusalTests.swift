import IPsec
import Testing

@Suite("What is refused in a message")
struct MessageRefusalTests {
    /// A message of these payload bytes, whose header has their length.
    private func message(_ first: PayloadType, _ payloads: [UInt8]) -> [UInt8] {
        let count = UInt32(IKEHeader.byteCount + payloads.count)
        return bytes("0102030405060708 0000000000000000") + [first.rawValue, 0x20, 34, 8, 0, 0, 0, 0]
            + withUnsafeBytes(of: count.bigEndian) { Array($0) } + payloads
    }

    private func refusal(_ first: PayloadType, _ payloads: [UInt8]) -> MessageError? {
        do throws(MessageError) {
            _ = try IKEMessage.decode(message(first, payloads))
            return nil
        } catch { return error }
    }

    private func refusal(ofContent payloads: [Payload]) -> MessageError? {
        do throws(MessageError) {
            _ = try MessageContent(payloads)
            return nil
        } catch { return error }
    }

    @Test("an unknown payload is passed over, a critical one refused with its type")
    func criticalPayload() throws {
        let type = PayloadType(rawValue: 200)
        let decoded = try IKEMessage.decode(message(type, bytes("00 00 0006 abcd")))
        #expect(decoded.payloads == [.unknown(type, [0xAB, 0xCD])])
        let error = try #require(
            refusal(.nonce, bytes("c8 00 0014") + .init(repeating: 1, count: 16) + bytes("00 80 0004")))
        #expect(error.reason == .unsupportedCriticalPayload(type))
        #expect(error.offset == 48)
        #expect(error.answer == Notify(.unsupportedCriticalPayload, data: [200]))
        // The bit says nothing of a payload that is known (RFC 7296 §3.2).
        #expect(refusal(.nonce, bytes("00 80 0014") + .init(repeating: 1, count: 16)) == nil)
    }

    @Test("other major versions: a higher one is told ours, IKEv1 nothing")
    func majorVersion() throws {
        var datagram = message(.none, [])
        datagram[17] = 0x30
        #expect(throws: MessageError.self) { try IKEMessage.decode(datagram) }
        do throws(MessageError) { _ = try IKEHeader.decode(datagram) } catch {
            #expect(error.answer == Notify(.invalidMajorVersion))
        }
        datagram[17] = 0x10
        do throws(MessageError) { _ = try IKEHeader.decode(datagram) } catch {
            #expect(error.reason == .unsupportedMajorVersion(1))
            #expect(error.answer == nil)
        }
        // Minor versions are not looked at (RFC 7296 §2.5).
        datagram[17] = 0x21
        #expect(try IKEHeader.decode(datagram).initiatorSPI == 0x0102_0304_0506_0708)
    }

    @Test("a header that is not of this datagram deserves no answer")
    func header() {
        var datagram = message(.none, [])
        datagram[27] += 1
        #expect(throws: MessageError.self) { try IKEHeader.decode(datagram) }
        datagram[27] -= 1
        datagram.replaceSubrange(0..<8, with: [UInt8](repeating: 0, count: 8))
        do throws(MessageError) {
            _ = try IKEHeader.decode(datagram)
            Issue.record("no SPI, and taken")
        } catch { #expect(error.answer == nil) }
    }

    @Test("a payload shorter than its header is malformed")
    func shortPayload() {
        #expect(refusal(.nonce, bytes("00 00 0003"))?.reason == .malformed(.payloadHeader))
    }

    @Test("an encrypted payload inside an encrypted payload is refused")
    func nestedEncryption() {
        #expect(throws: MessageError.self) { try PayloadChain.decode(.encrypted, bytes("00 00 0005 00")) }
        #expect(throws: MessageError.self) {
            try PayloadChain.decode(.encryptedFragment, bytes("00 00 0009 0001 0001 00"))
        }
    }

    @Test("nothing comes after an encrypted payload")
    func payloadAfterEncrypted() {
        #expect(refusal(.encrypted, bytes("29 00 0005 00 00 00 0008 00 00 4000"))?.reason == .leftOver(8))
    }

    @Test("fragment numbers run from 1 to the total")
    func fragmentNumbers() {
        #expect(refusal(.encryptedFragment, bytes("23 00 0009 0000 0002 00")) != nil)
        #expect(refusal(.encryptedFragment, bytes("23 00 0009 0003 0002 00")) != nil)
        #expect(refusal(.encryptedFragment, bytes("23 00 0009 0002 0002 00")) == nil)
    }

    @Test("too many payloads, proposals, transforms, certificates, attributes and SPIs")
    func limits() {
        func chain(_ payload: Payload, _ count: Int) -> MessageError.Reason? {
            let (first, bytes) = PayloadChain.encode(.init(repeating: payload, count: count))
            return refusal(first, bytes)?.reason
        }
        #expect(chain(.vendorID([1]), 128) == nil)
        #expect(chain(.vendorID([1]), 129) == .tooMany(.payloads))
        #expect(chain(.certificate(CertificatePayload(.x509Signature, [1])), 16) == nil)
        #expect(chain(.certificate(CertificatePayload(.x509Signature, [1])), 17) == .tooMany(.certificates))
        let transform = Transform(.encryption, 12, keyLength: 128)
        func proposals(_ count: Int, transforms: Int) -> Payload {
            let proposal = Proposal(number: 1, proto: .ike, transforms: .init(repeating: transform, count: transforms))
            return .securityAssociation(.init(repeating: proposal, count: count))
        }
        #expect(chain(proposals(64, transforms: 1), 1) == nil)
        #expect(chain(proposals(65, transforms: 1), 1) == .tooMany(.proposals))
        #expect(chain(proposals(1, transforms: 128), 1) == nil)
        #expect(chain(proposals(1, transforms: 129), 1) == .tooMany(.transforms))
        let attributes = [Configuration.Attribute](repeating: .init(.internalIPv4DNS), count: 257)
        #expect(chain(.configuration(Configuration(.request, attributes)), 1) == .tooMany(.configurationAttributes))
        #expect(chain(.delete(.esp(.init(repeating: 300, count: 1025))), 1) == .tooMany(.spis))
    }

    @Test("what there may be one of comes once, and has its length")
    func content() throws {
        let nonce = Payload.nonce(.init(repeating: 1, count: 32))
        #expect(refusal(ofContent: [nonce, nonce])?.reason == .repeated(.nonce))
        #expect(refusal(ofContent: [.nonce(.init(repeating: 1, count: 15))])?.reason == .malformed(.payload(.nonce)))
        #expect(refusal(ofContent: [.nonce(.init(repeating: 1, count: 257))]) != nil)
        let short = KeyExchangePayload(.curve25519, .init(repeating: 1, count: 31))
        #expect(refusal(ofContent: [.keyExchange(short)])?.answer == Notify(.invalidSyntax))
        // Of a group that the product does not have, any length may be right.
        #expect(refusal(ofContent: [.keyExchange(KeyExchangePayload(group: 2, publicValue: [1]))]) == nil)
        let content = try MessageContent([nonce])
        do throws(MessageError) {
            try content.require(.nonce, .keyExchange)
            Issue.record("nothing missed")
        } catch { #expect(error.reason == .missing(.keyExchange)) }
    }

    @Test(
        "notifies whose data is not of their form",
        arguments: [
            Notify(.cookie), Notify(.cookie, data: .init(repeating: 1, count: 65)),
            Notify(.invalidKEPayload, data: [0, 19, 0]), Notify(.rekeySA, proto: .esp, spi: [1, 2, 3]),
            Notify(.rekeySA, proto: .ike, spi: [1, 2, 3, 4]), Notify(.signatureHashAlgorithms, data: [0]),
            Notify(.signatureHashAlgorithms), Notify(.natDetectionSourceIP, data: .init(repeating: 1, count: 19)),
            Notify(.cookie2, data: [1]), Notify(.additionalIPv4Address, data: [1, 2, 3]),
            Notify(.redirect, data: [1, 4, 1, 2, 3]), Notify(.redirect, data: [3, 1, 10]),
            Notify(.redirectedFrom, data: [1, 4, 1, 2, 3, 4, 5]),
        ])
    func malformedNotify(_ notify: Notify) {
        #expect(refusal(ofContent: [.notify(notify)])?.reason == .malformed(.notify(notify.type)))
    }
}
