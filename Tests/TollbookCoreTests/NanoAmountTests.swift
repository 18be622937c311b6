import Testing
import TollbookCore

@Suite struct NanoAmountTests {
    @Test func printsNineDecimals() {
        #expect(NanoAmount(nano: -123_456).decimalText == "-0.000123456")
    }
}
