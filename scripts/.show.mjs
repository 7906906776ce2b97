import ts from 'typescript'
const cfg = ts.parseJsonConfigFileContent(ts.readConfigFile('tsconfig.test.json', ts.sys.readFile).config, ts.sys, '.')
const f = '__test__/types/scratch.ts'
const prog = ts.createProgram([f], {...cfg.options, noEmit: true})
for (const d of ts.getPreEmitDiagnostics(prog)) {
  const {line} = d.file.getLineAndCharacterOfPosition(d.start)
  console.log(`${d.file.fileName}:${line+1}: ${ts.flattenDiagnosticMessageText(d.messageText, '\n').slice(0, 1200)}`)
}
const sf = prog.getSourceFile(f), ch = prog.getTypeChecker()
for (const s of ch.getExportsOfModule(ch.getSymbolAtLocation(sf))) {
  const t = s.flags & ts.SymbolFlags.TypeAlias ? ch.getDeclaredTypeOfSymbol(s) : ch.getTypeOfSymbol(s)
  console.log(s.name, '=', ch.typeToString(t, undefined, ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.InTypeAlias))
}
