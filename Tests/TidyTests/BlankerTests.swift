import Testing

/// The rules stand on this: what it takes for code is what they see.
struct BlankerTests {
    @Test(arguments: [
        ("let a = 1  // try", "let a = 1        "),
        ("/* a /* b */ c */ d", "                  d"),
        (#"let s = "try! \(x!) \" y" + z"#, #"let s = "     \(x!)     " + z"#),
        (##"let s = #"a " b \(c) \#(d)"# + e"##, ##"let s = #"           \#(d)"# + e"##),
        ("let s = \"\"\"\n  try!\n  \"\"\" + f", "let s = \"\"\"\n      \n  \"\"\" + f"),
        (#"f("a\("b)" + c)d") + g"#, #"f(" \("  " + c) ") + g"#),
    ])
    func blanksCommentsAndStringsOnly(text: String, expected: String) {
        var blanker = Blanker(text)
        #expect(blanker.blanked() == expected)
    }

    @Test func keepsTheLines() {
        for file in SourceTree.sources {
            #expect(file.code.count == file.lines.count, "\(file.path)")
        }
    }
}
