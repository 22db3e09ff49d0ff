import IPsec
import Testing

@Suite("Registries")
struct RegistryTests {
    @Test("a number without a name shows itself")
    func unknownNumberShowsItself() {
        #expect("\(NotifyType.cookie)" == "COOKIE")
        #expect("\(NotifyType(rawValue: 40_960))" == "40960")
        #expect("\(PayloadType(rawValue: 200))" == "200")
    }

    @Test("notifies below 16384 are errors")
    func errorsAreBelowStatus() {
        #expect(NotifyType(rawValue: 16383).isError)
        #expect(!NotifyType.initialContact.isError)
    }
}
