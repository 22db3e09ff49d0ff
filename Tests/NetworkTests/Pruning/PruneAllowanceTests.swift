import OverlayNetwork
import Testing

struct PruneAllowanceTests {
    @Test(arguments: [
        ("*", PruneAllowance.everything), ("acme", .tenant("acme")),
        ("acme/office", .network(tenant: "acme", cvlan: "office")),
    ])
    func valuesAreReadAndWritten(_ text: String, _ allowance: PruneAllowance) {
        #expect(PruneAllowance(text) == allowance)
        #expect(allowance.description == text)
    }

    @Test(arguments: [
        "", "/", "acme/", "/office", "acme/office/", "acme/office/laptop", "acme office", "acme, globex", "Acme", "*/*",
        "acme/*", "**", "-acme", " acme",
    ])
    func whatIsNoNameIsNotUnderstood(_ text: String) {
        #expect(PruneAllowance(text) == nil)
        let allowances = PruneAllowances(trailerValues: ["acme", text, text])
        #expect(allowances.allowed == [.tenant("acme")])
        #expect(allowances.notUnderstood == [text])
    }

    @Test func theLimitIsAPercentage() {
        #expect(PruneLimit(percent: -1) == nil)
        #expect(PruneLimit(percent: 101) == nil)
        #expect(PruneLimit(percent: 0)?.percent == 0)
        #expect(PruneLimit(percent: 100)?.percent == 100)
        #expect(PruneLimit.standard.percent == 20)
    }
}
