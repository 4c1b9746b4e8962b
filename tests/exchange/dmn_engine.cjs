// Decides a DMN file for many inputs, one JSON object a line, by @hbtgmbh/dmn-eval-js: an engine that shares nothing with Fourfold.
// It reads DMN 1.1 and knows the results of a table by their own names only, so namespaces and `table.result` are adapted here.
const fs = require("fs");
const { decisionTable } = require("@hbtgmbh/dmn-eval-js");
require("loglevel").getLogger("dmn-eval-js").setLevel("error");

const [file, inputs] = process.argv.slice(2);
const several = JSON.parse(process.argv[4] || "[]");
let xml = fs.readFileSync(file, "utf8").replace(/xmlns="[^"]*"/, 'xmlns="http://www.omg.org/spec/DMN/20151101/dmn.xsd"').replace(/<dmndi:DMNDI>[\s\S]*<\/dmndi:DMNDI>/, "").replace(/<annotation[^]*?(?:\/>|<\/annotationEntry>)/g, "");
for (const name of several) xml = xml.replaceAll(`<text>${name}.`, "<text>");

decisionTable.parseDmnXml(xml).then((decisions) => {
  const names = Object.keys(decisions);
  for (const line of fs.readFileSync(inputs, "utf8").trim().split("\n")) {
    const answer = {};
    for (const name of names) answer[name] = decisionTable.evaluateDecision(name, decisions, JSON.parse(line));
    console.log(JSON.stringify(answer));
  }
}).catch((fault) => { console.error(fault); process.exit(1); });
