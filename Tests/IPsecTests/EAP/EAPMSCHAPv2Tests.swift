import IPsec
import OpenSSL
import Synchronization
import TestRandom
import Testing
import Tunneling

@Suite struct EAPMSCHAPv2Tests {
    static let users = ["User": EAPFixture.text("clientPass"), "zoë": EAPFixture.text("pässwörd €🔑")]

    static func exchange(
        _ user: String, _ password: String, environment: Environment = EAPFixture.environment
    ) throws -> EAPExchange {
        try EAPExchange(
            EAPAuthenticator(EAPSettings([.mschapv2(users: users)]), environment),
            EAPClient(
                identity: "anybody", .mschapv2(user: user, password: EAPFixture.text(password)), environment))
    }

    /// Gives out what it is told to, and then numbers.
    static func scripted(_ bytes: [UInt8]) -> Environment {
        let left = Mutex(bytes[...])
        return Environment(
            random: { out in
                left.withLock {
                    out.copyBytes(from: $0.prefix(out.count))
                    $0 = $0.dropFirst(out.count)
                }
            }, wallTime: { WallTime(seconds: 0, nanoseconds: 0) })
    }

    /// RFC 2759 §9.2, and RFC 3079 §3.5.3 for the key.
    @Test func givesTheVectorsResponses() throws {
        let challenge = bytes(hex: "5B5D7C7D7B3F2F3E3C2C602132262628")
        let peerChallenge = bytes(hex: "21402324255E262A28295F2B3A337C7E")
        // The authenticator draws its first identifier, the challenge, and the method's identifier.
        let authenticator = EAPAuthenticator(
            EAPSettings([.mschapv2(users: Self.users)], name: "gw"), Self.scripted([7] + challenge + [42]))
        let client = EAPClient(
            identity: "x", .mschapv2(user: "User", password: EAPFixture.text("clientPass")),
            Self.scripted(peerChallenge))
        var exchange = try EAPExchange(authenticator, client)
        let (server, peer) = exchange.run()

        let name = Array("User".utf8)
        let value = bytes(hex: "82309ECD8D708B5EA08FAA3981CD83544233114A3D85D6DF")
        #expect(exchange.messages.map(\.method) == [1, 1, 26, 26, 26, 26, nil])
        #expect(exchange.messages[2].data == [1, 42, 0, 23, 16] + challenge + Array("gw".utf8))
        #expect(
            exchange.messages[3].data
                == [2, 42, 0, 58, 49] + peerChallenge + [UInt8](repeating: 0, count: 8) + value + [0] + name)
        #expect(
            exchange.messages[4].data
                == [3, 42, 0, 51] + Array("S=407A5589115FD0D6209F510FE9C04566932CDA56 M=OK".utf8))
        #expect(exchange.messages[5].data == [3])
        #expect(exchange.messages[6].code == .success)

        let key = try #require(server.result?.key)
        #expect(peer.result?.key == key)
        #expect(key.count == 64)
        #expect(Array(key.array[16..<32]) == bytes(hex: "8B7CDC149B993A1BA118CB153F56DCCB"))
        #expect(Array(key.array[32...]) == [UInt8](repeating: 0, count: 32))
    }

    @Test(arguments: [("User", "clientPass"), ("zoë", "pässwörd €🔑")])
    func rightPasswordIsLetIn(_ user: String, _ password: String) throws {
        var exchange = try Self.exchange(user, password)
        let (server, client) = exchange.run()
        let result = try #require(server.result)
        guard case .user(user) = result.peer else {
            Issue.record("another user")
            return
        }
        #expect(client.result?.key == result.key)
    }

    @Test func keysOfTwoExchangesDiffer() throws {
        var keys: [SecretBytes] = []
        for seed: UInt64 in [1, 2] {
            var exchange = try Self.exchange("User", "clientPass", environment: EAPFixture.environment(seed: seed))
            keys.append(try #require(exchange.run().server.result).key)
        }
        #expect(keys[0] != keys[1])
    }

    @Test(arguments: [
        ("User", "clientpass", EAPRefusal.wrongPassword(user: "User")), ("User", "", .wrongPassword(user: "User")),
        ("user", "clientPass", .unknownUser("user")), ("nobody", "", .unknownUser("nobody")),
    ])
    func othersAreNot(_ user: String, _ password: String, _ refusal: EAPRefusal) throws {
        var exchange = try Self.exchange(user, password)
        let (server, client) = exchange.run()
        #expect(server.refusal == refusal)
        // The client is told the same, whatever was wrong.
        #expect(client.refusal == .wrongPassword(user: user))
        let told = String(decoding: exchange.messages[4].data.dropFirst(4), as: UTF8.self)
        #expect(told == "E=691 R=0 C=00000000000000000000000000000000 V=3 M=Authentication failed")
        #expect(exchange.messages.last?.code == .failure)
    }

    @Test func domainBeforeAUserDoesNotCount() throws {
        // Windows sends "DOMAIN\User" and hashes "User".
        var exchange = try Self.exchange("User", "clientPass")
        exchange.change = { index, message in
            guard index == 3 else { return message }
            var message = message
            message.data = Array(message.data.dropLast(4)) + Array("ACME\\User".utf8)
            message.data[3] += 5
            return message
        }
        #expect(exchange.run().server.result != nil)
    }

    @Test func serverThatDoesNotKnowThePasswordIsRefused() throws {
        var exchange = try Self.exchange("User", "clientPass")
        exchange.change = { index, message in
            guard index == 4 else { return message }
            var message = message
            message.data[10] ^= 1
            return message
        }
        #expect(exchange.run().client.refusal == .serverNotAuthentic)
    }

    @Test func successThatCameOfNothingIsRefused() throws {
        for early in [2, 4] {
            var exchange = try Self.exchange("User", "clientPass")
            exchange.change = { index, message in
                index == early ? EAPMessage(.success, identifier: message.identifier) : message
            }
            #expect(exchange.run().client.refusal == .unexpectedMessage)
        }
    }

    @Test func messagesThatDoNotBelongAreRefused() throws {
        for wrong in [
            EAPMessage(.request, identifier: 0, method: 1), EAPMessage(.success, identifier: 0),
            EAPMessage(.response, identifier: 0, method: 26), EAPMessage(.response, identifier: 0),
        ] {
            for index in [1, 3, 5] {
                var exchange = try Self.exchange("User", "clientPass")
                exchange.change = { at, message in
                    var wrong = wrong
                    // The method's own type fits later on.
                    wrong.identifier = message.identifier
                    if wrong.method == 26, at > 1 { wrong.data = [9] }
                    return at == index ? wrong : message
                }
                #expect(exchange.run().server.refusal == .unexpectedMessage)
            }
        }
        var exchange = try Self.exchange("User", "clientPass")
        exchange.change = { at, message in
            var message = message
            if at == 3 { message.identifier &+= 1 }
            return message
        }
        #expect(exchange.run().server.refusal == .unexpectedMessage)
    }

    /// Nobody gets in with anything but what the right client sends, and nothing traps.
    @Test func everyDamageOfAResponseIsSurvived() throws {
        var intact = try Self.exchange("User", "clientPass")
        #expect(intact.run().server.result != nil)
        let response = intact.messages[3].data
        for position in response.indices {
            var exchange = try Self.exchange("User", "clientPass", environment: EAPFixture.environment(seed: 3))
            exchange.change = { at, message in
                var message = message
                if at == 3 { message.data[position] ^= 0x55 }
                return message
            }
            let server = exchange.run().server
            // The identifier of MS-CHAPv2, eight reserved bytes and the flags protect nothing.
            let isFree = position == 1 || 21..<29 ~= position || position == 53
            #expect((server.result != nil) == isFree)
        }
        for count in 0..<response.count {
            var exchange = try Self.exchange("User", "clientPass")
            exchange.change = { at, message in
                var message = message
                if at == 3 { message.data = Array(message.data.prefix(count)) }
                return message
            }
            #expect(exchange.run().server.refusal == .unexpectedMessage)
        }
    }

    @Test func clientSurvivesAnything() throws {
        var random = SeededRandom(11)
        for _ in 0..<2_000 {
            let (at, data) = (
                Int.random(in: 0...4, using: &random), random.bytes(Int.random(in: 0...60, using: &random))
            )
            var exchange = try Self.exchange("User", "clientPass")
            exchange.change = { index, message in
                var message = message
                if index == at { message.data = data }
                return message
            }
            #expect(exchange.run().client.result == nil || at <= 1)
        }
    }
}
