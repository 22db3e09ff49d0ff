import GitRepository
import TestPrograms
import Testing

@Suite struct LocationTests {
    @Test(arguments: [
        ("https://git.example.org/team/net.git", "https://git.example.org/team/net.git"),
        ("HTTPS://bob@git.example.org:8443/net", "https://bob@git.example.org:8443/net"),
        ("ssh://git@git.example.org/net.git", "ssh://git@git.example.org/net.git"),
        ("ssh://git@[2001:db8::1]:2222/net.git", "ssh://git@[2001:db8::1]:2222/net.git"),
        ("git@github.com:team/net.git", "git@github.com:team/net.git"),
        ("git.example.org:/srv/net.git", "ssh://git.example.org/srv/net.git"),
        ("[::1]:net.git", "git@[::1]:net.git"),
        ("file:///srv/a%20b.git", "/srv/a b.git"),
        ("/srv/net.git", "/srv/net.git"),
        ("./a:b", "./a:b"),
        ("net.git", "net.git"),
    ])
    func addressesAreUnderstood(text: String, meaning: String) throws {
        #expect(try Location(text).description == meaning)
    }

    @Test(arguments: [
        "", "http://git.example.org/x", "git://git.example.org/x", "ext::sh -c id", "https://", "https://host",
        "https://host/", "https://bob:secret@host/x", "ssh://-oProxyCommand=id/x", "ssh://host:99999/x",
        "ssh://-l@host/x", "file://host/x", "file:///%zz", "host:", "https://ho st/x", "ssh://host;id/x",
    ])
    func otherAddressesAreRefused(text: String) {
        #expect(throws: GitError.self) { try Location(text) }
    }

    @Test func passwordsInURLsAreNotRepeated() {
        let error = #expect(throws: GitError.self) { try Location("https://bob:hunter2@host/x") }
        #expect(error?.message.contains("hunter2") == false)
    }

    @Test func objectIdsAreFortyDigits() throws {
        let text = "0123456789abcdef0123456789abcdef01234567"
        let id = try #require(ObjectID(text))
        #expect(id.description == text)
        #expect(ObjectID(text.uppercased()) == id)
        #expect(ObjectID(bytes: id.bytes) == id)
        #expect(id.short == "0123456789ab")
        for bad in ["", String(text.dropLast()), text + "0", "g" + text.dropFirst(), " " + text.dropFirst()] {
            #expect(ObjectID(bad) == nil)
        }
        #expect(try ObjectID(required: "00" + text.dropFirst(2)) < id)
    }
}
