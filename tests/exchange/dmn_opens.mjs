// Opens a DMN file with dmn-moddle and prints how many elements and warnings there are.
import fs from "fs";
import { DmnModdle } from "dmn-moddle";

const { rootElement, warnings } = await new DmnModdle().fromXML(fs.readFileSync(process.argv[2], "utf8"));
console.log(JSON.stringify({ elements: rootElement.drgElement.length, warnings: warnings.map((warning) => warning.message) }));
