import FoundationEssentials
import Testing
import Trust
import WireFormat

/// Who the root document names to change anything, and what it says becomes of commits that may not.
struct SuperadminTests {
    typealias Person = RootDocument.Superadmin

    private let fixtures: Fixtures
    private static let alice = Person(name: "alice", keys: ["ssh-ed25519 AAAA alice@laptop", "ssh-rsa BBBB"])
    private static let bob = Person(name: "Bob B. Builder", keys: ["sk-ssh-ed25519@openssh.com CCCC bob's token"])

    init() throws {
        fixtures = try Fixtures()
    }

    @Test(arguments: RootDocument.AuthorizationMode.allCases)
    func peopleAndModeSurviveTheEncoding(mode: RootDocument.AuthorizationMode) throws {
        let document = document([Self.alice, Self.bob], mode)
        let read = try RootDocument(payload: document.payload())
        #expect(read == document)
        #expect(read.superadmins == [Self.alice, Self.bob])
        #expect(read.authorization == mode)
    }

    @Test func everyRoleSurvivesTheEncoding() throws {
        var document = fixtures.document()
        document.keys[0].roles = Set(RootDocument.Role.allCases)
        #expect(try RootDocument(payload: document.payload()) == document)
        for role in RootDocument.Role.allCases {
            #expect(document.publicKeys(for: role).contains(document.keys[0].publicKey))
        }
    }

    @Test func nobodyIsEnforcedWithoutASuperadmin() throws {
        #expect(refusal(document([], .enforce))?.contains("without a superadmin") == true)
        #expect(refusal(document([], .warn)) == nil)
        #expect(refusal(document([Self.alice], .enforce)) == nil)
    }

    @Test func aModeHasToBeSaidAndKnown() throws {
        var wire = try WireRoot(serializedBytes: document([Self.alice], .enforce).payload())
        for mode in [WireAuthorizationMode.unspecified, .UNRECOGNIZED(99)] {
            wire.authorization = mode
            let payload: Data = try wire.serializedBytes()
            #expect(throws: RootError.self) { try RootDocument(payload: payload) }
        }
    }

    @Test(arguments: [
        ([Person(name: "", keys: ["a b"])], "name"), ([Person(name: " ", keys: ["a b"])], "name"),
        ([Person(name: "a\nb", keys: ["a b"])], "name"), ([Person(name: "a\u{85}", keys: ["a b"])], "name"),
        ([Person(name: String(repeating: "a", count: 129), keys: ["a b"])], "name"),
        ([Person(name: "a", keys: [])], "0 keys"),
        ([Person(name: "a", keys: (0...16).map { "k \($0)" })], "17 keys"),
        ([Person(name: "a", keys: ["alone"])], "authorized_keys"), ([Person(name: "a", keys: [""])], "authorized_keys"),
        ([Person(name: "a", keys: ["a b\nc d"])], "authorized_keys"),
        ([Person(name: "a", keys: ["a " + String(repeating: "b", count: 16 << 10)])], "authorized_keys"),
        ([Person(name: "a", keys: ["a b"]), Person(name: "a", keys: ["a c"])], "'a' twice"),
        // A second comment makes no second key, and no second person.
        ([Person(name: "a", keys: ["k b one"]), Person(name: "z", keys: ["k b two"])], "'a' and 'z'"),
        ((0...64).map { Person(name: "p\($0)", keys: ["k \($0)"]) }, "65 superadmins"),
    ])
    func peopleWhoCannotBeToldApartAreRefused(people: [Person], reason: String) throws {
        #expect(refusal(document(people, .enforce))?.contains(reason) == true)
        var wire = try WireRoot(serializedBytes: document([Self.alice], .enforce).payload())
        wire.superadmins = people.map { person in
            .with {
                $0.name = person.name
                $0.keys = person.keys
            }
        }
        let payload: Data = try wire.serializedBytes()
        #expect { try RootDocument(payload: payload) } throws: { "\($0)".contains(reason) }
    }

    private func document(_ people: [Person], _ mode: RootDocument.AuthorizationMode) -> RootDocument {
        var document = fixtures.document()
        document.superadmins = people
        document.authorization = mode
        return document
    }

    private func refusal(_ document: RootDocument) -> String? {
        do {
            _ = try document.payload()
            return nil
        } catch {
            return "\(error)"
        }
    }
}
